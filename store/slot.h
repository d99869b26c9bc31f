/* A slot: a token's key, sealed to one recipient's X25519 public key and bound to user, token and
 * recipient. */
#ifndef HF_STORE_SLOT_H
#define HF_STORE_SLOT_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/secret.h"

#define KEY_BYTES 32 /* a token's key, an X25519 key, an Argon2id output: all are 256 bits */
#define SLOT_SEALED_BYTES                                                                          \
    112 /* crypto_box_seal of key and context hash: 32 + 32 + crypto_box_SEALBYTES (48) */

/* Kinds of recipients; slot_kind_name gives the word in the document. */
enum slot_kind { SLOT_HOST, SLOT_POOL, SLOT_USER, SLOT_KIND_COUNT };

struct slot {
    enum slot_kind kind;
    uint8_t recipient[KEY_BYTES]; /* public key */
    uint8_t sealed[SLOT_SEALED_BYTES];
};

/* What the sealed slot is bound to. All borrowed. */
struct slot_context {
    const char *user, *name;
    const uint8_t *id;        /* TOKEN_ID_BYTES */
    const uint8_t *recipient; /* KEY_BYTES, public key */
};

/* An X25519 key pair; the private part is a secret of KEY_BYTES that the struct owns. */
struct key_pair {
    uint8_t public_key[KEY_BYTES];
    struct secret *private_key;
};
void key_pair_clear(struct key_pair *pair);
static inline void key_pair_scope_end(struct key_pair *held)
{
    key_pair_clear(held);
}

/* A fresh random key. HF_ENOMEM. */
HF_CHECKED enum hf_error key_new(struct secret **out_key);

/* A fresh pair; the pair of a private key, which is moved in, and freed on failure. HF_ENOMEM;
   HF_EFORMAT for a key of another length, or of zeros alone, as a file that a crash left behind has
   them. */
HF_CHECKED enum hf_error key_pair_new(struct key_pair *out_pair);
HF_CHECKED enum hf_error key_pair_from(struct secret *private_key, struct key_pair *out_pair);

/* Static string, and its reverse (HF_EFORMAT). */
const char *slot_kind_name(enum slot_kind kind);
HF_CHECKED enum hf_error slot_kind_parse(const char *name, enum slot_kind *out_kind);

/* Seals a token's key (KEY_BYTES) into `out_sealed`. HF_EFORMAT for a public key of low order,
 * HF_ENOMEM. */
HF_CHECKED enum hf_error slot_seal(const struct slot_context *context,
                                   const struct secret *token_key,
                                   uint8_t out_sealed[static SLOT_SEALED_BYTES]);

/* Opens it with the recipient's pair and compares the context. HF_EALTERED when it does not open or
   is bound to something else; HF_ENOMEM. */
HF_CHECKED enum hf_error slot_open(const struct slot_context *context, const struct key_pair *pair,
                                   const uint8_t sealed[static SLOT_SEALED_BYTES],
                                   struct secret **out_token_key);

#endif
