/* Base64 as etcd's gateway has it: RFC 4648 section 4. The engines have no libsodium. */
#ifndef HF_ENGINE_BASE64_H
#define HF_ENGINE_BASE64_H

#include <stddef.h>

#include "common/error.h"

/* Bytes of the text for `length` bytes, its zero byte included. */
#define BASE64_SIZE(length) (((size_t)(length) + 2) / 3 * 4 + 1)

/* Writes the text and a zero byte; gives where that is. */
char *base64_write(const void *bytes, size_t length, char *out_text);

/* Reads a text whole, with padding, into at most `size` bytes. HF_EFORMAT, HF_ETOOBIG. */
HF_CHECKED enum hf_error base64_read(const char *text, size_t length, void *out_bytes, size_t size,
                                     size_t *out_length);

#endif
