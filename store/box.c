#include "store/box.h"

#include <sodium.h>
#include <string.h>

#include "store/pack.h"

#define CONTEXT_BYTES 32
#define MESSAGE_BYTES (KEY_BYTES + CONTEXT_BYTES)

_Static_assert(SLOT_SEALED_BYTES == MESSAGE_BYTES + crypto_box_SEALBYTES, "crypto_box_seal(3)");

static enum hf_error hash(const struct pack *context, uint8_t out_hash[static CONTEXT_BYTES])
{
    TRY(pack_check(context));
    if (crypto_generichash(out_hash, CONTEXT_BYTES, context->bytes, context->length, NULL, 0) != 0)
        return HF_ENOMEM;
    return HF_OK;
}

enum hf_error box_seal(const struct pack *context, const struct secret *key,
                       const uint8_t recipient[static KEY_BYTES],
                       uint8_t out_sealed[static SLOT_SEALED_BYTES])
{
    SCOPED(secret) struct secret *message = NULL;
    uint8_t hashed[CONTEXT_BYTES], sealed[SLOT_SEALED_BYTES];
    if (secret_length(key) != KEY_BYTES)
        return HF_EFORMAT;
    TRY(hash(context, hashed));
    TRY(secret_new(MESSAGE_BYTES, &message));
    memcpy(secret_bytes(message), secret_view(key), KEY_BYTES);
    memcpy(secret_bytes(message) + KEY_BYTES, hashed, CONTEXT_BYTES);
    secret_set_length(message, MESSAGE_BYTES);
    if (crypto_box_seal(sealed, secret_view(message), MESSAGE_BYTES, recipient) != 0)
        return HF_EFORMAT;
    memcpy(out_sealed, sealed, sizeof sealed);
    return HF_OK;
}

enum hf_error box_open(const struct pack *context, const struct key_pair *pair,
                       const uint8_t sealed[static SLOT_SEALED_BYTES], struct secret **out_key)
{
    SCOPED(secret) struct secret *message = NULL;
    uint8_t hashed[CONTEXT_BYTES];
    TRY(hash(context, hashed));
    TRY(secret_new(MESSAGE_BYTES, &message));
    if (crypto_box_seal_open(secret_bytes(message), sealed, SLOT_SEALED_BYTES, pair->public_key,
                             secret_view(pair->private_key)) != 0)
        return HF_EALTERED;
    /* The sender of a crypto_box_seal is anyone. This says for whom the key's owner sealed it. */
    if (sodium_memcmp(secret_view(message) + KEY_BYTES, hashed, CONTEXT_BYTES) != 0)
        return HF_EALTERED;
    return secret_copy(secret_view(message), KEY_BYTES, out_key);
}
