/* A user's sealed document: names, dates and slots in clear, tokens sealed. hf-token-store(5) is
 * its format. */
#ifndef HF_STORE_DOCUMENT_H
#define HF_STORE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "common/scope.h"
#include "store/about.h"
#include "store/slot.h"

#define DOCUMENT_VERSION  1
#define TOKEN_ID_BYTES    16
#define TOKEN_NONCE_BYTES 24 /* XChaCha20-Poly1305's */
#define COMMITMENT_BYTES  32
#define TOKEN_MARK_BYTES  16
#define SLOTS_MAX         8 /* recipients of one token */

struct sealed_token {
    char name[TOKEN_NAME_MAX + 1];
    uint8_t id[TOKEN_ID_BYTES];
    uint64_t created, expires; /* seconds since the epoch; expires 0: never */
    uint8_t commitment[COMMITMENT_BYTES];
    uint8_t nonce[TOKEN_NONCE_BYTES];
    uint8_t *sealed; /* owned, malloc'd */
    size_t sealed_length;
    struct slot slots[SLOTS_MAX];
    size_t slot_count;
    /* Whether a grant is sealed with it that is of use. In clear, so that it is known where the
       token is locked, and not authenticated: a change of it hides the grant, and gives nobody one.
     */
    bool has_grant;
    struct token_about about; /* `checked` is 0 where the Hub was not asked */
    bool has_mark;            /* what the admin who published it knows it by, store/fleet.h */
    uint8_t mark[TOKEN_MARK_BYTES];
};

struct document {
    char user[USER_NAME_MAX + 1];
    uint64_t generation;                   /* rises with each change */
    uint64_t issued, until;                /* of a published one, seconds since the epoch; else 0 */
    char default_name[TOKEN_NAME_MAX + 1]; /* empty when there is no token */
    struct sealed_token tokens[TOKENS_MAX];
    size_t token_count;
};

/* An empty document of a user, generation 0. HF_ENOMEM, HF_ENAME. */
HF_CHECKED enum hf_error document_new(const char *user, struct document **out_document);
void document_free(struct document *document);
DEFINE_SCOPED(document, struct document *, document_free, NULL);

/* Parses a document that must be `user`'s. Every member is checked; the default must name a token;
   two tokens of one name are HF_EDUPLICATE. HF_EUSER, HF_EVERSION, HF_EFORMAT, what json_parse
   gives, HF_ENOMEM. */
HF_CHECKED enum hf_error document_parse(const char *bytes, size_t length, const char *user,
                                        struct document **out_document);

/* The document's text; malloc'd, the caller's. HF_ETOOBIG over DOCUMENT_MAX, HF_ENOMEM. */
HF_CHECKED enum hf_error document_print(const struct document *document, char **out_text,
                                        size_t *out_length);

/* Borrowed from the document; NULL when it has none of that name. */
struct sealed_token *document_find(struct document *document, const char *name);

/* Puts a token in, replacing one of its name; moves what `token` owns into the document and leaves
   it empty. The first token becomes the default. HF_EFULL. */
HF_CHECKED enum hf_error document_put(struct document *document, struct sealed_token *token);

/* Removes a token. Where it was the default, the first left becomes it. HF_ENOTFOUND. */
HF_CHECKED enum hf_error document_remove(struct document *document, const char *name);

/* Makes a token the default. HF_ENOTFOUND. */
HF_CHECKED enum hf_error document_set_default(struct document *document, const char *name);

/* Frees what a token owns and wipes the struct. */
void sealed_token_clear(struct sealed_token *token);

#endif
