/* The one type that holds a secret: locked, not dumped, gone in forked children, wiped when freed.
 */
#ifndef HF_COMMON_SECRET_H
#define HF_COMMON_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"

struct secret;

/* Makes a secret of length 0 with room for `capacity` bytes (at least 1); it never grows. The pages
   are locked where RLIMIT_MEMLOCK allows (best effort) and left out of core files. HF_ENOMEM. */
HF_CHECKED enum hf_error secret_new(size_t capacity, struct secret **out_secret);

/* A secret with a copy of `bytes`; the caller still owns and wipes those. */
HF_CHECKED enum hf_error secret_copy(const void *bytes, size_t length, struct secret **out_secret);

/* Wipes and releases; NULL is fine. */
void secret_free(struct secret *secret);
DEFINE_SCOPED(secret, struct secret *, secret_free, NULL);

/* Borrowed until secret_free. There is always a zero byte behind the last one of the capacity. */
uint8_t *secret_bytes(struct secret *secret);
const uint8_t *secret_view(const struct secret *secret);

/* Whether both hold the same bytes; how long that takes tells of them. */
bool secret_equals(const struct secret *one, const struct secret *other);

size_t secret_length(const struct secret *secret);
size_t secret_capacity(const struct secret *secret);

/* Sets how many bytes are in use, at most the capacity (more is cut to it), and wipes those behind.
 */
void secret_set_length(struct secret *secret, size_t length);

#endif
