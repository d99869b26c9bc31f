#include "store/seal.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "store/json.h"
#include "store/pack.h"

_Static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "crypto_kdf(3)");
_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "XChaCha20-Poly1305");
_Static_assert(TOKEN_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "its nonce");
_Static_assert(TOKEN_TAG_BYTES == crypto_aead_xchacha20poly1305_ietf_ABYTES, "its tag");

/* Subkeys of a token's key: crypto_kdf_derive_from_key's numbers. */
enum { SUBKEY_SEAL = 1, SUBKEY_COMMITMENT = 2 };

enum hf_error store_start(void)
{
    return sodium_init() < 0 ? HF_EIO : HF_OK;
}

static enum hf_error derive(const struct secret *token_key, uint64_t number,
                            struct secret **out_subkey)
{
    SCOPED(secret) struct secret *subkey = NULL;
    if (secret_length(token_key) != KEY_BYTES)
        return HF_EALTERED;
    TRY(secret_new(KEY_BYTES, &subkey));
    secret_set_length(subkey, KEY_BYTES);
    if (crypto_kdf_derive_from_key(secret_bytes(subkey), KEY_BYTES, number, "hftoken1",
                                   secret_view(token_key)) != 0)
        return HF_ENOMEM;
    *out_subkey = TAKE(subkey);
    return HF_OK;
}

static enum hf_error pack_token(const char *user, const struct sealed_token *token,
                                struct pack *pack)
{
    pack_label(pack, "hf-token/1 token");
    pack_text(pack, user);
    pack_text(pack, token->name);
    pack_bytes(pack, token->id, sizeof token->id);
    pack_u64(pack, token->created);
    pack_u64(pack, token->expires);
    pack_bytes(pack, token->commitment, sizeof token->commitment);
    return pack_check(pack);
}

/* Length and bytes of one text at `offset`; NULL is the empty one. Where the next begins. */
static size_t put_part(struct secret *plain, size_t offset, const struct secret *part)
{
    uint8_t *at = secret_bytes(plain) + offset;
    size_t length = part == NULL ? 0 : secret_length(part);
    at[0] = (uint8_t)length;
    at[1] = (uint8_t)(length >> 8);
    if (part != NULL)
        memcpy(at + 2, secret_view(part), length);
    return offset + 2 + length;
}

static enum hf_error make_plain(const struct secret *token, const struct secret *grant,
                                struct secret **out_plain)
{
    SCOPED(secret) struct secret *plain = NULL;
    size_t length = 2 + secret_length(token) + 2 + (grant == NULL ? 0 : secret_length(grant));
    size_t padded = (length / TOKEN_PADDING + 1) * TOKEN_PADDING;
    TRY(secret_new(padded, &plain));
    length = put_part(plain, put_part(plain, 0, token), grant);
    if (sodium_pad(&padded, secret_bytes(plain), length, TOKEN_PADDING, padded) != 0)
        return HF_ENOMEM;
    secret_set_length(plain, padded);
    *out_plain = TAKE(plain);
    return HF_OK;
}

/* Fills in commitment, nonce and the sealed bytes; the other fields are given. */
static enum hf_error seal_plain(const char *user, const struct secret *plain,
                                const struct secret *token_key, struct sealed_token *token)
{
    SCOPED(secret) struct secret *seal_key = NULL;
    SCOPED(secret) struct secret *commitment = NULL;
    struct pack pack = {0};
    TRY(derive(token_key, SUBKEY_SEAL, &seal_key));
    TRY(derive(token_key, SUBKEY_COMMITMENT, &commitment));
    memcpy(token->commitment, secret_view(commitment), sizeof token->commitment);
    TRY(pack_token(user, token, &pack));
    randombytes_buf(token->nonce, sizeof token->nonce);
    token->sealed_length = secret_length(plain) + TOKEN_TAG_BYTES;
    token->sealed = malloc(token->sealed_length);
    if (token->sealed == NULL)
        return HF_ENOMEM;
    if (crypto_aead_xchacha20poly1305_ietf_encrypt(token->sealed, NULL, secret_view(plain),
                                                   secret_length(plain), pack.bytes, pack.length,
                                                   NULL, token->nonce, secret_view(seal_key)) != 0)
        return HF_ENOMEM;
    return HF_OK;
}

static enum hf_error seal_slots(const char *user, const struct secret *token_key,
                                const struct recipient *recipients, size_t count,
                                struct sealed_token *token)
{
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = &token->slots[i];
        slot->kind = recipients[i].kind;
        memcpy(slot->recipient, recipients[i].public_key, KEY_BYTES);
        const struct slot_context context = {user, token->name, token->id, slot->recipient};
        TRY(slot_seal(&context, token_key, slot->sealed));
    }
    token->slot_count = count;
    return HF_OK;
}

/* token_valid or grant_valid. */
typedef bool is_valid(const char *bytes, size_t length);

static bool is_fit(const struct secret *text, is_valid *valid)
{
    return valid((const char *)secret_view(text), secret_length(text));
}

static enum hf_error check_request(const char *user, const struct sealed_token *token,
                                   const struct recipient *recipients, size_t count)
{
    if (!user_name_valid(user))
        return HF_ENAME;
    if (token->created > JSON_NUMBER_MAX || token->expires > JSON_NUMBER_MAX)
        return HF_EFORMAT;
    if (count == 0 || count > SLOTS_MAX)
        return HF_EFORMAT;
    for (size_t i = 0; i < count; i++)
        if ((unsigned)recipients[i].kind >= SLOT_KIND_COUNT)
            return HF_EFORMAT;
    return HF_OK;
}

static void sealed_token_scope_end(struct sealed_token *held)
{
    sealed_token_clear(held);
}

enum hf_error token_seal(const char *user, const char *name, uint64_t created, uint64_t expires,
                         const struct secret *token, const struct secret *grant,
                         const struct recipient *recipients, size_t recipient_count,
                         struct sealed_token *out_token)
{
    return token_seal_as(NULL, user, name, created, expires, token, grant, recipients,
                         recipient_count, out_token);
}

enum hf_error token_seal_as(const uint8_t *id, const char *user, const char *name, uint64_t created,
                            uint64_t expires, const struct secret *token,
                            const struct secret *grant, const struct recipient *recipients,
                            size_t recipient_count, struct sealed_token *out_token)
{
    SCOPED(sealed_token) struct sealed_token sealed = {.created = created, .expires = expires};
    SCOPED(secret) struct secret *plain = NULL;
    SCOPED(secret) struct secret *key = NULL;
    if (!is_fit(token, token_valid) || (grant != NULL && !is_fit(grant, grant_valid)))
        return HF_ETOKEN;
    if (!token_name_valid(name))
        return HF_ENAME;
    TRY(check_request(user, &sealed, recipients, recipient_count));
    memcpy(sealed.name, name, strlen(name) + 1);
    if (id != NULL)
        memcpy(sealed.id, id, sizeof sealed.id);
    else
        randombytes_buf(sealed.id, sizeof sealed.id);
    TRY(key_new(&key));
    TRY(make_plain(token, grant, &plain));
    TRY(seal_plain(user, plain, key, &sealed));
    TRY(seal_slots(user, key, recipients, recipient_count, &sealed));
    sealed.has_grant = grant != NULL;
    *out_token = sealed;
    sealed.sealed = NULL;
    return HF_OK;
}

/* One text of the opened bytes, which end at `end`; *offset moves behind it. */
static enum hf_error take_part(const struct secret *plain, size_t end, size_t *offset,
                               is_valid *valid, struct secret **out_part)
{
    const uint8_t *at = secret_view(plain) + *offset;
    if (end - *offset < 2)
        return HF_EALTERED;
    size_t length = (size_t)at[0] | (size_t)at[1] << 8;
    if (length > end - *offset - 2)
        return HF_EALTERED;
    *offset += 2 + length;
    if (length == 0)
        return HF_OK;
    if (!valid((const char *)at + 2, length))
        return HF_EALTERED;
    return secret_copy(at + 2, length, out_part);
}

static enum hf_error take_plain(const struct secret *plain, struct secret **out_token,
                                struct secret **out_grant)
{
    SCOPED(secret) struct secret *token = NULL;
    SCOPED(secret) struct secret *grant = NULL;
    size_t end = 0, offset = 0;
    if (sodium_unpad(&end, secret_view(plain), secret_length(plain), TOKEN_PADDING) != 0)
        return HF_EALTERED;
    TRY(take_part(plain, end, &offset, token_valid, &token));
    TRY(take_part(plain, end, &offset, grant_valid, &grant));
    if (offset != end || token == NULL)
        return HF_EALTERED;
    *out_token = TAKE(token);
    if (out_grant != NULL)
        *out_grant = TAKE(grant);
    return HF_OK;
}

/* XChaCha20-Poly1305 lets one ciphertext open under two keys; the commitment lets it open under one
 * alone. */
static enum hf_error check_commitment(const struct sealed_token *token,
                                      const struct secret *token_key)
{
    SCOPED(secret) struct secret *commitment = NULL;
    TRY(derive(token_key, SUBKEY_COMMITMENT, &commitment));
    if (sodium_memcmp(secret_view(commitment), token->commitment, COMMITMENT_BYTES) != 0)
        return HF_EALTERED;
    return HF_OK;
}

bool token_sealed_length_valid(size_t length)
{
    return length > TOKEN_TAG_BYTES && length <= TOKEN_SEALED_MAX &&
           (length - TOKEN_TAG_BYTES) % TOKEN_PADDING == 0;
}

enum hf_error token_open(const char *user, const struct sealed_token *token,
                         const struct secret *token_key, struct secret **out_token,
                         struct secret **out_grant)
{
    SCOPED(secret) struct secret *seal_key = NULL;
    SCOPED(secret) struct secret *plain = NULL;
    struct pack pack = {0};
    if (!token_sealed_length_valid(token->sealed_length))
        return HF_EALTERED;
    TRY(check_commitment(token, token_key));
    TRY(derive(token_key, SUBKEY_SEAL, &seal_key));
    TRY(pack_token(user, token, &pack));
    TRY(secret_new(token->sealed_length - TOKEN_TAG_BYTES, &plain));
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(secret_bytes(plain), NULL, NULL, token->sealed,
                                                   token->sealed_length, pack.bytes, pack.length,
                                                   token->nonce, secret_view(seal_key)) != 0)
        return HF_EALTERED;
    secret_set_length(plain, token->sealed_length - TOKEN_TAG_BYTES);
    return take_plain(plain, out_token, out_grant);
}
