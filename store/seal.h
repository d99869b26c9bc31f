/* Sealing a token under its own key, and opening it again. */
#ifndef HF_STORE_SEAL_H
#define HF_STORE_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/secret.h"
#include "store/document.h"

/* A sealed token is padded to a multiple of this, so that its length tells little. */
#define TOKEN_PADDING 256
/* Poly1305's tag behind it. */
#define TOKEN_TAG_BYTES 16
/* Two lengths, token, grant and at least one byte of padding, filled up; and the tag. */
#define TOKEN_SEALED_MAX                                                                           \
    (((2 + TOKEN_MAX + 2 + GRANT_MAX) / TOKEN_PADDING + 1) * TOKEN_PADDING + TOKEN_TAG_BYTES)

struct recipient {
    enum slot_kind kind;
    uint8_t public_key[KEY_BYTES];
};

/* Starts libsodium; call once before anything of store/. HF_EIO. */
HF_CHECKED enum hf_error store_start(void);

/* Seals a token (and, where not NULL, the grant that refreshes it, of which nothing but grant_valid
   is asked here) to 1 to SLOTS_MAX recipients under a fresh key. `name`, `created` and `expires`
   are authenticated with it; `has_grant` and `about`, which the caller may fill in, are not. On
   success *out_token owns memory: document_put it, or sealed_token_clear. HF_ETOKEN, HF_ENAME,
   HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error token_seal(const char *user, const char *name, uint64_t created,
                                    uint64_t expires, const struct secret *token,
                                    const struct secret *grant, const struct recipient *recipients,
                                    size_t recipient_count, struct sealed_token *out_token);

/* The same under an id that the caller has drawn at random; NULL: draws one. */
HF_CHECKED enum hf_error token_seal_as(const uint8_t *id, const char *user, const char *name,
                                       uint64_t created, uint64_t expires,
                                       const struct secret *token, const struct secret *grant,
                                       const struct recipient *recipients, size_t recipient_count,
                                       struct sealed_token *out_token);

/* Whether a sealed token can have this many bytes: padded, with a tag, and not too long. */
bool token_sealed_length_valid(size_t length);

/* Opens a token with its key. *out_grant becomes NULL where there is none; out_grant may itself
   be NULL. HF_EALTERED, HF_ENOMEM. */
HF_CHECKED enum hf_error token_open(const char *user, const struct sealed_token *token,
                                    const struct secret *token_key, struct secret **out_token,
                                    struct secret **out_grant);

#endif
