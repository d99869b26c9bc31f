/* The user's identity: an X25519 key pair whose private half is wrapped under Argon2id of the login
 * password. */
#ifndef HF_STORE_IDENTITY_H
#define HF_STORE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "common/secret.h"
#include "store/slot.h"

#define IDENTITY_VERSION       1
#define IDENTITY_SALT_BYTES    16
#define IDENTITY_NONCE_BYTES   24
#define IDENTITY_WRAPPED_BYTES 48 /* the private key and Poly1305's tag */

/* Argon2id's cost: what we write, and what we accept, checked before it runs. Memory in KiB. RFC
   9106 section 4 names the second choice, 64 MiB and 3 passes; 19 MiB is OWASP's floor. */
#define IDENTITY_MEMORY_KIB 65536u
#define IDENTITY_PASSES     3u
#define IDENTITY_MEMORY_MIN 19456u
#define IDENTITY_MEMORY_MAX 262144u
#define IDENTITY_PASSES_MIN 1u
#define IDENTITY_PASSES_MAX 8u

/* A wire type: fixed size, no pointers, so that it crosses a socket as it is. */
struct identity {
    uint8_t public_key[KEY_BYTES];
    uint32_t memory_kib, passes;
    uint8_t salt[IDENTITY_SALT_BYTES];
    uint8_t nonce[IDENTITY_NONCE_BYTES];
    uint8_t wrapped[IDENTITY_WRAPPED_BYTES];
};

/* Wraps a pair's private key under a password (1 to PASSWORD_MAX bytes) with a fresh salt at our
   own cost. HF_EPASSWORD (empty or too long), HF_ENOMEM (also when Argon2id gets no memory). */
HF_CHECKED enum hf_error identity_wrap(const char *user, const struct key_pair *pair,
                                       const struct secret *password,
                                       struct identity *out_identity);

/* Unwraps it. HF_ECOST before anything runs; HF_EPASSWORD when it does not open (or was altered:
   these cannot be told apart); HF_EALTERED when the private key is not the public one's; HF_ENOMEM.
 */
HF_CHECKED enum hf_error identity_unwrap(const char *user, const struct identity *identity,
                                         const struct secret *password, struct key_pair *out_pair);

/* The file's text and back; it must be `user`'s. Text is malloc'd, the caller's. What json_parse
   gives, HF_EUSER, HF_EVERSION, HF_EFORMAT, HF_ECOST, HF_ENOMEM. */
HF_CHECKED enum hf_error identity_parse(const char *bytes, size_t length, const char *user,
                                        struct identity *out_identity);
HF_CHECKED enum hf_error identity_print(const char *user, const struct identity *identity,
                                        char **out_text, size_t *out_length);

#endif
