/* An environment with the token in it, each variable once. */
#ifndef HF_TOKEN_ENVIRONMENT_H
#define HF_TOKEN_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct secret;

/* Variables that one command can set. */
#define ENVIRONMENT_NAMES_MAX 32

/* Whether a name can be a variable's: environ(7) and every shell know only letters, digits and _.
 */
bool environment_name_valid(const char *name);

/* A copy of `environment` without any entry of the 1 to ENVIRONMENT_NAMES_MAX names, and behind it
   one for each of them with the token. *out_environment is malloc'd, the caller's to free; its new
   entries lie in *out_entries, the caller's too, which must outlive it. HF_ENOMEM. */
HF_CHECKED enum hf_error environment_build(char *const *environment, const char *const *names,
                                           size_t count, const struct secret *token,
                                           struct secret **out_entries, char ***out_environment);

#endif
