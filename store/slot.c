#include "store/slot.h"

#include <sodium.h>
#include <string.h>

#include "store/box.h"
#include "store/document.h"
#include "store/pack.h"

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

/* The token's key is bound to user, token and recipient. */
static struct pack pack_context(const struct slot_context *context)
{
    struct pack pack = {0};
    pack_label(&pack, "hf-token/1 slot");
    pack_text(&pack, context->user);
    pack_text(&pack, context->name);
    pack_bytes(&pack, context->id, TOKEN_ID_BYTES);
    pack_bytes(&pack, context->recipient, KEY_BYTES);
    return pack;
}

enum hf_error slot_seal(const struct slot_context *context, const struct secret *token_key,
                        uint8_t out_sealed[static SLOT_SEALED_BYTES])
{
    const struct pack pack = pack_context(context);
    return box_seal(&pack, token_key, context->recipient, out_sealed);
}

enum hf_error slot_open(const struct slot_context *context, const struct key_pair *pair,
                        const uint8_t sealed[static SLOT_SEALED_BYTES],
                        struct secret **out_token_key)
{
    const struct pack pack = pack_context(context);
    return box_open(&pack, pair, sealed, out_token_key);
}
