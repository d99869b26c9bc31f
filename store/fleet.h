/* What an admin publishes besides users' documents: the head, which says that something changed,
 * and each host's pool keys. And the admin's own keys. */
#ifndef HF_STORE_FLEET_H
#define HF_STORE_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/document.h"
#include "store/signed.h"
#include "store/slot.h"

/* A pool's and a host's name, on the admin's side: token_name_valid's form. */
#define POOL_NAME_MAX 64
#define POOLS_MAX     8 /* of one host */

/* Paths of objects in an engine: "head", "users/USER" and "hosts/HEX", where all of USER but A-Z
   a-z 0-9 . _ - is percent-encoded and HEX is the host's public key. */
#define OBJECT_HEAD     "head"
#define OBJECT_USERS    "users/"
#define OBJECT_HOSTS    "hosts/"
#define OBJECT_SEEN     "seen/"
#define OBJECT_PATH_MAX (8 + 3 * USER_NAME_MAX)
struct object_path {
    char text[OBJECT_PATH_MAX + 1];
};
HF_CHECKED enum hf_error object_path_user(const char *user, struct object_path *out_path);
HF_CHECKED enum hf_error object_path_host(const char *folder, const uint8_t host[static KEY_BYTES],
                                          struct object_path *out_path);
/* The user of such a path. HF_EFORMAT. */
HF_CHECKED enum hf_error object_path_parse_user(const char *path, char out_user[USER_NAME_MAX + 1]);

/* The head: its generation rises with each publication. */
struct head {
    uint64_t generation, issued, until;
    bool open; /* a publication is under way, or was broken off: ask for each document */
};
HF_CHECKED enum hf_error head_parse(const char *bytes, size_t length, struct head *out_head);
HF_CHECKED enum hf_error head_print(const struct head *head, char **out_text, size_t *out_length);

/* A pool's private key for one host: crypto_box_seal of key and context hash, as a slot. */
#define POOL_SEALED_BYTES SLOT_SEALED_BYTES
struct pool_key {
    char pool[POOL_NAME_MAX + 1];
    uint8_t public_key[KEY_BYTES];
    uint8_t sealed[POOL_SEALED_BYTES];
};

/* Seals to a host, and opens with a host's pair; the context binds pool and host. pool_open also
   checks that the private key is the public one's. HF_EALTERED, HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error pool_seal(const struct key_pair *pool,
                                   const uint8_t host[static KEY_BYTES],
                                   uint8_t out_sealed[static POOL_SEALED_BYTES]);
HF_CHECKED enum hf_error pool_open(const uint8_t public_key[static KEY_BYTES],
                                   const struct key_pair *host,
                                   const uint8_t sealed[static POOL_SEALED_BYTES],
                                   struct key_pair *out_pool);

/* One host's object: all its pools. */
struct host_keys {
    uint8_t host[KEY_BYTES];
    uint64_t generation, issued, until;
    struct pool_key pools[POOLS_MAX];
    size_t pool_count;
};
HF_CHECKED enum hf_error host_keys_parse(const char *bytes, size_t length,
                                         const uint8_t host[static KEY_BYTES],
                                         struct host_keys *out_keys);
HF_CHECKED enum hf_error host_keys_print(const struct host_keys *keys, char **out_text,
                                         size_t *out_length);

/* On the host the unsealer finds them in files of fixed size, root's, 0600:
   HF_POOLS_FOLDER/HEX(public key).sealed, POOL_SEALED_BYTES each. pools_replace keeps exactly
   these, the caller having opened each. HF_ENOTFOUND: this host is not in that pool. */
HF_CHECKED enum hf_error pool_read(const uint8_t public_key[static KEY_BYTES],
                                   uint8_t out_sealed[static POOL_SEALED_BYTES]);
HF_CHECKED enum hf_error pools_replace(const struct pool_key *pools, size_t count);

/* Verifies, parses and dates a published document: issued and until must be there; HF_EOUTDATED
   when `until` is past. The rest as signed_open and document_parse. */
HF_CHECKED enum hf_error document_open_signed(const char *text, size_t length, const char *user,
                                              const struct signers *signers, uint64_t now,
                                              struct document **out_document);
HF_CHECKED enum hf_error document_sign(const struct document *document,
                                       const struct signing_key *key, char **out_text,
                                       size_t *out_length);

/* The admin's keys all come from one identity, store/identity.h, whose user is FLEET_IDENTITY: the
   signing key and the key of marks by crypto_kdf; the pools' private keys are pool_seal'ed to it.
 */
#define FLEET_IDENTITY ":fleet"
HF_CHECKED enum hf_error fleet_signing_key(const struct key_pair *identity,
                                           struct signing_key *out_key);

/* A mark says to the admin alone whether a token is the one that was sealed before, to the same
   recipients in the same order, so that nothing is sealed and published in vain. */
HF_CHECKED enum hf_error fleet_mark(const struct key_pair *identity, const char *user,
                                    const char *name, uint64_t expires, const struct secret *token,
                                    const uint8_t (*recipients)[KEY_BYTES], size_t count,
                                    uint8_t out_mark[static TOKEN_MARK_BYTES]);

#endif
