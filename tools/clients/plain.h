/* Tokens in clear, by the looks of them. */
#ifndef HF_CLIENTS_PLAIN_H
#define HF_CLIENTS_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "tools/clients/finds.h"

/* Whether a value, taken out of its quotes, is an access token of the Hub: hf_... or api_org_...,
   of any length. */
bool plain_is_token(const struct text *text, struct span value);

/* The first thing within `in` that has a token's form, whatever stands around it: long enough to be
   none of the many names that begin with hf_. Refresh tokens count, too. */
bool plain_form(const struct text *text, struct span in, struct span *out_token);

/* Adds a find for each of them: as `like` is, with the token in it. Those that are no access tokens
   have nothing to cut. HF_ENOMEM. */
HF_CHECKED enum hf_error plain_forms(const struct text *text, struct span in,
                                     const struct find *like, struct finds *finds);

/* The variables that the Hub's clients read a token from; NULL ends them. */
extern const char *const plain_variables[];
bool plain_is_variable(const struct text *text, struct span name);

#endif
