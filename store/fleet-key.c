#include "store/fleet-key.h"

#include <sodium.h>
#include <string.h>

#include "store/pack.h"

_Static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "crypto_kdf(3)");
_Static_assert(KEY_BYTES == crypto_sign_SEEDBYTES, "crypto_sign(3)");

/* Subkeys of the identity's private key: crypto_kdf_derive_from_key's numbers. */
enum { SUBKEY_SIGNING = 1, SUBKEY_MARK = 2 };

static enum hf_error derive(const struct key_pair *identity, uint64_t number,
                            struct secret **out_subkey)
{
    SCOPED(secret) struct secret *subkey = NULL;
    if (secret_length(identity->private_key) != KEY_BYTES)
        return HF_EFORMAT;
    TRY(secret_new(KEY_BYTES, &subkey));
    secret_set_length(subkey, KEY_BYTES);
    if (crypto_kdf_derive_from_key(secret_bytes(subkey), KEY_BYTES, number, "hffleet1",
                                   secret_view(identity->private_key)) != 0)
        return HF_ENOMEM;
    *out_subkey = TAKE(subkey);
    return HF_OK;
}

enum hf_error fleet_signing_key(const struct key_pair *identity, struct signing_key *out_key)
{
    SCOPED(secret) struct secret *seed = NULL;
    SCOPED(signing_key) struct signing_key key = {0};
    TRY(derive(identity, SUBKEY_SIGNING, &seed));
    TRY(secret_new(crypto_sign_SECRETKEYBYTES, &key.secret_key));
    secret_set_length(key.secret_key, crypto_sign_SECRETKEYBYTES);
    if (crypto_sign_seed_keypair(key.public_key, secret_bytes(key.secret_key), secret_view(seed)) !=
        0)
        return HF_ENOMEM;
    *out_key = key;
    key.secret_key = NULL;
    return HF_OK;
}

static size_t append(struct secret *message, size_t offset, const void *bytes, size_t length)
{
    if (length > 0)
        memcpy(secret_bytes(message) + offset, bytes, length);
    return offset + length;
}

enum hf_error fleet_mark(const struct key_pair *identity, const char *user, const char *name,
                         uint64_t expires, const struct secret *token,
                         const uint8_t (*recipients)[KEY_BYTES], size_t count,
                         uint8_t out_mark[static TOKEN_MARK_BYTES])
{
    SCOPED(secret) struct secret *key = NULL;
    SCOPED(secret) struct secret *message = NULL;
    struct pack pack = {0};
    if (count > SLOTS_MAX)
        return HF_EFORMAT;
    pack_label(&pack, "hf-token/1 mark");
    pack_text(&pack, user);
    pack_text(&pack, name);
    pack_u64(&pack, expires);
    pack_u32(&pack, (uint32_t)count);
    TRY(pack_check(&pack));
    TRY(derive(identity, SUBKEY_MARK, &key));
    TRY(secret_new(pack.length + count * KEY_BYTES + secret_length(token), &message));
    size_t length = append(message, 0, pack.bytes, pack.length);
    length = append(message, length, recipients, count * KEY_BYTES);
    length = append(message, length, secret_view(token), secret_length(token));
    if (crypto_generichash(out_mark, TOKEN_MARK_BYTES, secret_view(message), length,
                           secret_view(key), KEY_BYTES) != 0)
        return HF_ENOMEM;
    return HF_OK;
}
