#include "store/identity.h"

#include <sodium.h>
#include <string.h>

#include "store/json.h"
#include "store/pack.h"

_Static_assert(IDENTITY_SALT_BYTES == crypto_pwhash_SALTBYTES, "crypto_pwhash(3)");
_Static_assert(IDENTITY_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "its nonce");
_Static_assert(IDENTITY_WRAPPED_BYTES == KEY_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "XChaCha20-Poly1305");

static const char *const members[] = {"version", "user",  "public",  "memory", "passes",
                                      "salt",    "nonce", "wrapped", NULL};

static enum hf_error check_cost(uint64_t memory_kib, uint64_t passes)
{
    if (memory_kib < IDENTITY_MEMORY_MIN || memory_kib > IDENTITY_MEMORY_MAX)
        return HF_ECOST;
    if (passes < IDENTITY_PASSES_MIN || passes > IDENTITY_PASSES_MAX)
        return HF_ECOST;
    return HF_OK;
}

static enum hf_error pack_identity(const char *user, const struct identity *identity,
                                   struct pack *pack)
{
    pack_label(pack, "hf-token/1 identity");
    pack_text(pack, user);
    pack_bytes(pack, identity->public_key, sizeof identity->public_key);
    pack_u32(pack, identity->memory_kib);
    pack_u32(pack, identity->passes);
    pack_bytes(pack, identity->salt, sizeof identity->salt);
    return pack_check(pack);
}

/* The key that wraps. The cost is checked here, the one place where it is paid. */
static enum hf_error hash_password(const struct identity *identity, const struct secret *password,
                                   struct secret **out_key)
{
    SCOPED(secret) struct secret *key = NULL;
    size_t length = secret_length(password);
    TRY(check_cost(identity->memory_kib, identity->passes));
    if (length == 0 || length > PASSWORD_MAX)
        return HF_EPASSWORD;
    TRY(secret_new(KEY_BYTES, &key));
    secret_set_length(key, KEY_BYTES);
    if (crypto_pwhash(secret_bytes(key), KEY_BYTES, (const char *)secret_view(password), length,
                      identity->salt, identity->passes, (size_t)identity->memory_kib * 1024,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return HF_ENOMEM;
    *out_key = TAKE(key);
    return HF_OK;
}

enum hf_error identity_wrap(const char *user, const struct key_pair *pair,
                            const struct secret *password, struct identity *out_identity)
{
    SCOPED(secret) struct secret *key = NULL;
    struct identity identity = {.memory_kib = IDENTITY_MEMORY_KIB, .passes = IDENTITY_PASSES};
    struct pack pack = {0};
    memcpy(identity.public_key, pair->public_key, sizeof identity.public_key);
    randombytes_buf(identity.salt, sizeof identity.salt);
    randombytes_buf(identity.nonce, sizeof identity.nonce);
    TRY(pack_identity(user, &identity, &pack));
    TRY(hash_password(&identity, password, &key));
    if (crypto_aead_xchacha20poly1305_ietf_encrypt(
            identity.wrapped, NULL, secret_view(pair->private_key), KEY_BYTES, pack.bytes,
            pack.length, NULL, identity.nonce, secret_view(key)) != 0)
        return HF_ENOMEM;
    *out_identity = identity;
    return HF_OK;
}

enum hf_error identity_unwrap(const char *user, const struct identity *identity,
                              const struct secret *password, struct key_pair *out_pair)
{
    SCOPED(secret) struct secret *key = NULL;
    SCOPED(secret) struct secret *private_key = NULL;
    SCOPED(key_pair) struct key_pair pair = {0};
    struct pack pack = {0};
    TRY(pack_identity(user, identity, &pack));
    TRY(hash_password(identity, password, &key));
    TRY(secret_new(KEY_BYTES, &private_key));
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            secret_bytes(private_key), NULL, NULL, identity->wrapped, sizeof identity->wrapped,
            pack.bytes, pack.length, identity->nonce, secret_view(key)) != 0)
        return HF_EPASSWORD;
    secret_set_length(private_key, KEY_BYTES);
    if (key_pair_from(TAKE(private_key), &pair) != HF_OK)
        return HF_EALTERED;
    if (memcmp(pair.public_key, identity->public_key, sizeof pair.public_key) != 0)
        return HF_EALTERED;
    *out_pair = pair;
    pair.private_key = NULL;
    return HF_OK;
}

enum hf_error identity_parse(const char *bytes, size_t length, const char *user,
                             struct identity *out_identity)
{
    SCOPED(json) struct json_object *object = NULL;
    struct identity identity = {0};
    uint64_t memory_kib = 0, passes = 0;
    TRY(json_parse(bytes, length, &object));
    TRY(json_header(object, IDENTITY_VERSION, user));
    TRY(json_only(object, members));
    TRY(json_bytes(object, "public", identity.public_key, sizeof identity.public_key));
    TRY(json_number(object, "memory", 0, JSON_NUMBER_MAX, &memory_kib));
    TRY(json_number(object, "passes", 0, JSON_NUMBER_MAX, &passes));
    TRY(check_cost(memory_kib, passes));
    TRY(json_bytes(object, "salt", identity.salt, sizeof identity.salt));
    TRY(json_bytes(object, "nonce", identity.nonce, sizeof identity.nonce));
    TRY(json_bytes(object, "wrapped", identity.wrapped, sizeof identity.wrapped));
    identity.memory_kib = (uint32_t)memory_kib;
    identity.passes = (uint32_t)passes;
    *out_identity = identity;
    return HF_OK;
}

enum hf_error identity_print(const char *user, const struct identity *identity, char **out_text,
                             size_t *out_length)
{
    SCOPED(json) struct json_object *object = NULL;
    TRY(json_new(IDENTITY_VERSION, user, &object));
    TRY(json_add_bytes(object, "public", identity->public_key, sizeof identity->public_key));
    TRY(json_add_number(object, "memory", identity->memory_kib));
    TRY(json_add_number(object, "passes", identity->passes));
    TRY(json_add_bytes(object, "salt", identity->salt, sizeof identity->salt));
    TRY(json_add_bytes(object, "nonce", identity->nonce, sizeof identity->nonce));
    TRY(json_add_bytes(object, "wrapped", identity->wrapped, sizeof identity->wrapped));
    return json_print(object, out_text, out_length);
}
