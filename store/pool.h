/* A pool: machines that share a key pair. Its private half is sealed to each of them, and to the
 * admin. */
#ifndef HF_STORE_POOL_H
#define HF_STORE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/slot.h"

/* A pool's and a host's name, on the admin's side: token_name_valid's form. */
#define POOL_NAME_MAX 64
#define POOLS_MAX     16 /* of one host; one twice while it gets a new key */

/* A pool's private key for one host: crypto_box_seal of key and context hash, as a slot. */
#define POOL_SEALED_BYTES SLOT_SEALED_BYTES
struct pool_key {
    char pool[POOL_NAME_MAX + 1];
    uint8_t public_key[KEY_BYTES];
    uint8_t sealed[POOL_SEALED_BYTES];
};

/* Seals to a host, and opens with a host's pair; the context binds pool and host. pool_open also
   checks that the private key is the public one's. HF_EFORMAT (sealing, to a key of low order),
   HF_EPOOL (opening: sealed to another key of this host, to another host or for another pool, or
   altered), HF_ENOMEM. */
HF_CHECKED enum hf_error pool_seal(const struct key_pair *pool,
                                   const uint8_t host[static KEY_BYTES],
                                   uint8_t out_sealed[static POOL_SEALED_BYTES]);
HF_CHECKED enum hf_error pool_open(const uint8_t public_key[static KEY_BYTES],
                                   const struct key_pair *host,
                                   const uint8_t sealed[static POOL_SEALED_BYTES],
                                   struct key_pair *out_pool);

/* On the host the unsealer finds them in files of fixed size, root's, 0600:
   HF_POOLS_FOLDER/HEX(public key).sealed, POOL_SEALED_BYTES each. HF_ENOTFOUND: this host is not in
   that pool. HF_EFORMAT for another size, what file_read gives. */
HF_CHECKED enum hf_error pool_read(const uint8_t public_key[static KEY_BYTES],
                                   uint8_t out_sealed[static POOL_SEALED_BYTES]);

/* Keeps exactly these, which the caller has opened; writes what changed alone. On failure some may
   be replaced, and none of these is gone. HF_EDEADLINE (another one at it), HF_EIO. */
HF_CHECKED enum hf_error pools_replace(const struct pool_key *pools, size_t count);

#endif
