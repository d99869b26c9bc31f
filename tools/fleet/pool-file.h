/* A pool as the administrator has it: pools/NAME.pool in the fleet's folder, with its keys sealed
 * to the fleet's identity and the names of its hosts. */
#ifndef HF_FLEET_POOL_FILE_H
#define HF_FLEET_POOL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/pool.h"
#include "tools/fleet/names.h"

struct fleet;

/* Keys of one pool: the present one, and those that are still in published documents; each once per
   identity while that is being replaced. */
#define POOL_SECRETS_MAX 16

struct pool_secret {
    uint8_t public_key[KEY_BYTES];
    uint8_t identity[KEY_BYTES]; /* public key to which the private one is sealed */
    uint8_t sealed[POOL_SEALED_BYTES];
};

struct pool_file {
    char name[POOL_NAME_MAX + 1];
    struct pool_secret secrets[POOL_SECRETS_MAX]; /* those of the present key first */
    size_t secret_count;                          /* at least 1 */
    struct names hosts;                           /* sorted */
    struct names retired; /* sorted: its keys before, as base64; nothing has them any more */
};
void pool_file_clear(struct pool_file *pool);
static inline void pool_file_scope_end(struct pool_file *held)
{
    pool_file_clear(held);
}

/* The present public key; borrowed. */
const uint8_t *pool_file_key(const struct pool_file *pool);

/* The text and back: lines "key PUBLIC IDENTITY SEALED", "host NAME" and "old PUBLIC". HF_EFORMAT,
   HF_EFULL, HF_ENOMEM. */
HF_CHECKED enum hf_error pool_file_parse(const char *name, const char *text,
                                         struct pool_file *out_pool);
HF_CHECKED enum hf_error pool_file_write(const struct fleet *fleet, const struct pool_file *pool);
HF_CHECKED enum hf_error pool_file_read(const struct fleet *fleet, const char *name,
                                        struct pool_file *out_pool);

/* Makes a fresh pair the present one; the one before stays behind it. HF_EFULL, HF_ENOMEM. */
HF_CHECKED enum hf_error pool_file_renew(const struct fleet *fleet, struct pool_file *pool);

/* The pair of one of its public keys, with the fleet's identity. HF_ENOSLOT, HF_EALTERED. */
HF_CHECKED enum hf_error pool_file_open(const struct fleet *fleet, const struct pool_file *pool,
                                        const uint8_t public_key[static KEY_BYTES],
                                        struct key_pair *out_pair);

/* Seals each key that the fleet's identity opens to another identity as well. */
HF_CHECKED enum hf_error pool_file_share(const struct fleet *fleet, struct pool_file *pool,
                                         const uint8_t identity[static KEY_BYTES]);

/* Drops what is sealed to others than this identity. */
void pool_file_keep(struct pool_file *pool, const uint8_t identity[static KEY_BYTES]);

/* Drops all keys but the present one, and notes that they were. HF_ENOMEM. */
HF_CHECKED enum hf_error pool_file_retire(struct pool_file *pool);
bool pool_file_had(const struct pool_file *pool, const uint8_t public_key[static KEY_BYTES]);

/* How many different keys it has: more than 1 while documents with an old one are published. */
size_t pool_file_keys(const struct pool_file *pool);

#endif
