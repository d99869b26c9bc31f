/* The pools that this machine is in: what the engines say of them, and what root keeps. */
#ifndef HF_TOOLS_REFRESH_POOLS_H
#define HF_TOOLS_REFRESH_POOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/pool.h"

/* Bytes of one pool as a source gives it: tools/source/modes.h. */
#define POOL_RECORD_BYTES (KEY_BYTES + POOL_SEALED_BYTES)

struct pools {
    struct pool_key keys[POOLS_MAX];
    size_t count;
    bool partial; /* not all engines have answered: what root has besides stays */
    bool unknown; /* one that has answered never had anything for this machine's public key */
    bool named;   /* one has; where none has, what root has stays, too */
};

/* Adds what a source gave, `length` bytes. HF_EPROTOCOL, HF_EFULL. */
HF_CHECKED enum hf_error pools_add(struct pools *pools, const uint8_t *records, size_t length);

/* What to do where a pool's key does not open. */
#define POOLS_NEXT_REPLACE                                                                         \
    "On the administrator's machine: hf-tokenctl key host replace NAME FILE, where FILE is this "  \
    "machine's " HF_KEY_FOLDER "/host.pub; then here: hf-tokenctl refresh"
#define POOLS_NEXT_HOST "hf-tokenctl doctor"

/* Whether this machine's key opens each pool's key that root has; *out_count of them were found.
   HF_EPOOL: not each; what hostkey_load gives; HF_EIO. */
HF_CHECKED enum hf_error pools_check_kept(size_t *out_count);

/* Keeps these where root has others, once this machine's key has opened each that is new. Gives 0
   or the exit code, and it has been said. */
int pools_keep(struct pools *pools);

#endif
