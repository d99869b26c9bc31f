/* Builds the bytes that are authenticated beside a sealed thing, where each field's length is fixed
 * or written. */
#ifndef HF_STORE_PACK_H
#define HF_STORE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

/* A label, a user name and a token name with their lengths, and the widest fixed fields (a token's)
 * fit. */
#define PACK_MAX 512

/* Holds no secret. Begin with {0}. */
struct pack {
    uint8_t bytes[PACK_MAX];
    size_t length;
    bool overflowed;
};

/* Each appends; what does not fit is remembered for pack_check. Numbers are little-endian. */
void pack_label(struct pack *pack, const char *label); /* with its zero byte */
void pack_text(struct pack *pack, const char *text);   /* its length as 16 bits, then its bytes */
void pack_bytes(struct pack *pack, const uint8_t *bytes, size_t length);
void pack_u32(struct pack *pack, uint32_t number);
void pack_u64(struct pack *pack, uint64_t number);

/* HF_ENAME when a name was too long for the whole. */
HF_CHECKED enum hf_error pack_check(const struct pack *pack);

#endif
