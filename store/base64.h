/* Base64 that has one text for each value: RFC 4648 section 4, nothing else. */
#ifndef HF_STORE_BASE64_H
#define HF_STORE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* Decodes into at most `size` bytes: padded, the bits behind the last byte zero, no white space.
 * HF_EFORMAT. */
HF_CHECKED enum hf_error base64_decode(const char *text, size_t length, uint8_t *out_bytes,
                                       size_t size, size_t *out_length);

#endif
