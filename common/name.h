/* Which names are usable, and the sizes that bound everything that comes from outside. */
#ifndef HF_COMMON_NAME_H
#define HF_COMMON_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* Longest user name without its zero byte: LOGIN_NAME_MAX of Linux is 256 with it, limits.h(0p). */
#define USER_NAME_MAX 255
/* Longest token name without its zero byte. */
#define TOKEN_NAME_MAX 64
/* Longest token, and longest refresh token, in bytes: the Hub's OAuth tokens are several KiB. */
#define TOKEN_MAX 8192
/* Longest grant: a refresh token, an address and a client id with two spaces, hub/grant.h. */
#define GRANT_MAX (TOKEN_MAX + 512)
/* Tokens in one document. */
#define TOKENS_MAX 16
/* Bytes of a document or an identity file. */
#define DOCUMENT_MAX 65536
/* Longest login password: libxcrypt's CRYPT_MAX_PASSPHRASE_SIZE is 512 with its zero byte,
 * crypt(3). */
#define PASSWORD_MAX 511

/* 1 to 64 of A-Z a-z 0-9 . _ - and the first one no dot or dash. */
bool token_name_valid(const char *name);

/* A user name that can stand in a path and in a log line: 1 to 255 bytes, no slash, no control
   character, no dot at the start. */
bool user_name_valid(const char *name);

/* A source's name: 1 to 31 of a-z 0-9 - and the first one a letter. */
bool source_name_valid(const char *name);
#define SOURCE_NAME_MAX 31
/* Longest reason of a source that gives no document, or one out of its cache: one line. */
#define SOURCE_REASON_MAX 447

/* What can be a token at all: 1 to TOKEN_MAX printable ASCII characters without space. */
bool token_valid(const char *bytes, size_t length);

/* What can be a grant at all: 1 to GRANT_MAX printable ASCII characters, spaces among them. */
bool grant_valid(const char *bytes, size_t length);

#endif
