/* What the Hub says of a token, as it is kept beside it and as it names it here. */
#ifndef HF_HUB_ABOUT_H
#define HF_HUB_ABOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/name.h"
#include "store/document.h"

struct endpoint;
struct hub_account;
struct secret;

/* What is kept of an answer that came at `now`. */
void about_fill(const struct endpoint *endpoint, const struct hub_account *account, uint64_t now,
                struct token_about *out_about);

/* Whether both say the same, whenever they were asked for; what nobody asked for equals nothing. */
bool about_same(const struct token_about *one, const struct token_about *other);

/* A token's name from its display name at the Hub: what names do not have becomes '-', '.' and '-'
   at its start are dropped, and 64 characters are kept. "main" where nothing is left, or what looks
   like a token. */
void about_name(const char *display_name, char out_name[static TOKEN_NAME_MAX + 1]);

/* A token as it is shown: its beginning and the last four characters of a long one. Gives the
   buffer. */
#define MASKED_SIZE 32
const char *about_masked(const struct secret *token, char masked[static MASKED_SIZE]);

/* The role as people say it: "fine-grained" for fineGrained. Borrowed from what is given. */
const char *about_role(const char *role);

#endif
