/* Builds the body of a request, whose parts may be secrets. */
#ifndef HF_HUB_FORM_H
#define HF_HUB_FORM_H

#include <stddef.h>

#include "common/error.h"

struct secret;

#define FORM_TYPE "application/x-www-form-urlencoded"

/* Each adds at the end. HF_ETOOBIG: the secret has no room for it. */
HF_CHECKED enum hf_error form_add(struct secret *body, const char *text);
HF_CHECKED enum hf_error form_add_secret(struct secret *body, const struct secret *value);
/* All but RFC 3986's unreserved characters become %XX. */
HF_CHECKED enum hf_error form_add_encoded(struct secret *body, const void *bytes, size_t length);

/* NAME=VALUE, with '&' before it unless it is the first. */
HF_CHECKED enum hf_error form_field(struct secret *body, const char *name, const char *value);
HF_CHECKED enum hf_error form_secret(struct secret *body, const char *name,
                                     const struct secret *value);

#endif
