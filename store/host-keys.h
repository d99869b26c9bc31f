/* What an admin publishes for one machine: the keys of its pools. */
#ifndef HF_STORE_HOST_KEYS_H
#define HF_STORE_HOST_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/pool.h"

#define HOST_KEYS_VERSION 1

struct host_keys {
    uint8_t host[KEY_BYTES];
    uint64_t generation, issued, until; /* as the head's */
    struct pool_key pools[POOLS_MAX];
    size_t pool_count; /* 0: it is in no pool any more */
};

/* Parses the object of the host with this public key; that of another is HF_EUSER. One key
   twice is HF_EDUPLICATE. What json_parse gives, HF_EVERSION, HF_EFORMAT. */
HF_CHECKED enum hf_error host_keys_parse(const char *bytes, size_t length,
                                         const uint8_t host[static KEY_BYTES],
                                         struct host_keys *out_keys);

/* The text is malloc'd, the caller's. HF_EFORMAT for what host_keys_parse would refuse, HF_ENOMEM.
 */
HF_CHECKED enum hf_error host_keys_print(const struct host_keys *keys, char **out_text,
                                         size_t *out_length);

#endif
