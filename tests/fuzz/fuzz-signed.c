/* Envelopes: whatever opens is, byte for byte, what the signer of the corpus makes of that payload;
 * and what it makes opens. */
#include <sodium.h>
#include <string.h>

#include "common/io.h"
#include "store/seal.h"
#include "store/signed.h"
#include "tests/fuzz/fuzz.h"

/* The corpus is signed with this seed. */
static const uint8_t seed[crypto_sign_SEEDBYTES] = "pam-hf-token's fuzzed envelopes";

static void make_signer(struct signing_key *key, struct signers *signers)
{
    MUST(secret_new(crypto_sign_SECRETKEYBYTES, &key->secret_key) == HF_OK);
    secret_set_length(key->secret_key, crypto_sign_SECRETKEYBYTES);
    MUST(crypto_sign_seed_keypair(key->public_key, secret_bytes(key->secret_key), seed) == 0);
    memcpy(signers->keys[0], key->public_key, SIGNER_BYTES);
    signers->count = 1;
}

static void must_be_made(enum signed_kind kind, const char *payload, size_t length,
                         const struct signing_key *key, const char *text, size_t text_length)
{
    SCOPED(text) char *made = NULL;
    size_t made_length = 0;
    MUST(signed_make(kind, payload, length, key, &made, &made_length) == HF_OK);
    MUST(made_length == text_length && memcmp(made, text, text_length) == 0);
}

static void must_open(enum signed_kind kind, const char *payload, size_t length,
                      const struct signing_key *key, const struct signers *signers)
{
    SCOPED(text) char *made = NULL;
    const char *opened = NULL;
    size_t made_length = 0, opened_length = 0;
    enum hf_error error = signed_make(kind, payload, length, key, &made, &made_length);
    MUST(error == (length > DOCUMENT_MAX ? HF_ETOOBIG : HF_OK));
    if (error != HF_OK)
        return;
    MUST(signed_open(kind, made, made_length, signers, &opened, &opened_length) == HF_OK);
    MUST(opened_length == length && (length == 0 || memcmp(opened, payload, length) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(signing_key) struct signing_key key = {0};
    struct signers signers = {0};
    const char *text = (const char *)bytes;
    size_t opened_as = 0;
    MUST(store_start() == HF_OK);
    make_signer(&key, &signers);
    for (unsigned kind = 0; kind < SIGNED_KIND_COUNT; kind++) {
        const char *payload = NULL;
        size_t payload_length = 0;
        if (signed_open((enum signed_kind)kind, text, length, &signers, &payload,
                        &payload_length) != HF_OK)
            continue;
        opened_as++;
        MUST(payload > text && payload + payload_length == text + length);
        must_be_made((enum signed_kind)kind, payload, payload_length, &key, text, length);
    }
    MUST(opened_as <= 1);
    must_open(SIGNED_DOCUMENT, text, length, &key, &signers);
    return 0;
}
