#include "store/slot.h"

#include <sodium.h>
#include <string.h>

#include "store/document.h"
#include "store/pack.h"

#define CONTEXT_BYTES 32
#define MESSAGE_BYTES (KEY_BYTES + CONTEXT_BYTES)

_Static_assert(SLOT_SEALED_BYTES == MESSAGE_BYTES + crypto_box_SEALBYTES, "crypto_box_seal(3)");
_Static_assert(KEY_BYTES == crypto_box_PUBLICKEYBYTES, "X25519");
_Static_assert(KEY_BYTES == crypto_box_SECRETKEYBYTES, "X25519");

static const char *const kind_names[SLOT_KIND_COUNT] = {
    [SLOT_HOST] = "host",
    [SLOT_POOL] = "pool",
    [SLOT_USER] = "user",
};

const char *slot_kind_name(enum slot_kind kind)
{
    return (unsigned)kind < SLOT_KIND_COUNT ? kind_names[kind] : "unknown";
}

enum hf_error slot_kind_parse(const char *name, enum slot_kind *out_kind)
{
    for (unsigned kind = 0; kind < SLOT_KIND_COUNT; kind++)
        if (strcmp(name, kind_names[kind]) == 0) {
            *out_kind = (enum slot_kind)kind;
            return HF_OK;
        }
    return HF_EFORMAT;
}

void key_pair_clear(struct key_pair *pair)
{
    secret_free(pair->private_key);
    *pair = (struct key_pair){0};
}

enum hf_error key_pair_from(struct secret *private_key, struct key_pair *out_pair)
{
    SCOPED(key_pair) struct key_pair pair = {.private_key = private_key};
    if (secret_length(private_key) != KEY_BYTES ||
        sodium_is_zero(secret_view(private_key), KEY_BYTES) ||
        crypto_scalarmult_base(pair.public_key, secret_view(private_key)) != 0)
        return HF_EFORMAT;
    *out_pair = pair;
    pair.private_key = NULL;
    return HF_OK;
}

enum hf_error key_new(struct secret **out_key)
{
    struct secret *key = NULL;
    TRY(secret_new(KEY_BYTES, &key));
    secret_set_length(key, KEY_BYTES);
    randombytes_buf(secret_bytes(key), KEY_BYTES);
    *out_key = key;
    return HF_OK;
}

enum hf_error key_pair_new(struct key_pair *out_pair)
{
    struct secret *key = NULL;
    TRY(key_new(&key));
    return key_pair_from(key, out_pair);
}

static enum hf_error hash_context(const struct slot_context *context,
                                  uint8_t out_hash[static CONTEXT_BYTES])
{
    struct pack pack = {0};
    pack_label(&pack, "hf-token/1 slot");
    pack_text(&pack, context->user);
    pack_text(&pack, context->name);
    pack_bytes(&pack, context->id, TOKEN_ID_BYTES);
    pack_bytes(&pack, context->recipient, KEY_BYTES);
    TRY(pack_check(&pack));
    if (crypto_generichash(out_hash, CONTEXT_BYTES, pack.bytes, pack.length, NULL, 0) != 0)
        return HF_ENOMEM;
    return HF_OK;
}

enum hf_error slot_seal(const struct slot_context *context, const struct secret *token_key,
                        uint8_t out_sealed[static SLOT_SEALED_BYTES])
{
    SCOPED(secret) struct secret *message = NULL;
    uint8_t hash[CONTEXT_BYTES], sealed[SLOT_SEALED_BYTES];
    if (secret_length(token_key) != KEY_BYTES)
        return HF_EFORMAT;
    TRY(hash_context(context, hash));
    TRY(secret_new(MESSAGE_BYTES, &message));
    memcpy(secret_bytes(message), secret_view(token_key), KEY_BYTES);
    memcpy(secret_bytes(message) + KEY_BYTES, hash, CONTEXT_BYTES);
    secret_set_length(message, MESSAGE_BYTES);
    if (crypto_box_seal(sealed, secret_view(message), MESSAGE_BYTES, context->recipient) != 0)
        return HF_EFORMAT;
    memcpy(out_sealed, sealed, sizeof sealed);
    return HF_OK;
}

enum hf_error slot_open(const struct slot_context *context, const struct key_pair *pair,
                        const uint8_t sealed[static SLOT_SEALED_BYTES],
                        struct secret **out_token_key)
{
    SCOPED(secret) struct secret *message = NULL;
    uint8_t hash[CONTEXT_BYTES];
    TRY(hash_context(context, hash));
    TRY(secret_new(MESSAGE_BYTES, &message));
    if (crypto_box_seal_open(secret_bytes(message), sealed, SLOT_SEALED_BYTES, pair->public_key,
                             secret_view(pair->private_key)) != 0)
        return HF_EALTERED;
    /* The sender of a crypto_box_seal is anyone. This says for whom the key's owner sealed it. */
    if (sodium_memcmp(secret_view(message) + KEY_BYTES, hash, CONTEXT_BYTES) != 0)
        return HF_EALTERED;
    return secret_copy(secret_view(message), KEY_BYTES, out_token_key);
}
