/* What libsodium itself takes for one user's document: bench-seals COUNT RECIPIENTS BYTES
   Prints the microseconds for each of COUNT users: so many box seals of a token's key, one AEAD of
   a padded token and one signature over so many bytes; nothing else. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/document.h"
#include "store/seal.h"
#include "tests/bench/median.h"

#define RECIPIENTS_MAX 32
/* A key and the hash of its context, store/slot.h. */
#define SLOT_PLAIN_BYTES (SLOT_SEALED_BYTES - crypto_box_SEALBYTES)
/* A token of 40 characters with its lengths, padded; and user, name, times and commitment, which
   are bound to it. */
#define TOKEN_PLAIN_BYTES TOKEN_PADDING
#define BOUND_BYTES       128

struct work {
    unsigned char recipients[RECIPIENTS_MAX][crypto_box_PUBLICKEYBYTES];
    size_t recipient_count;
    unsigned char signer[crypto_sign_SECRETKEYBYTES];
    unsigned char *document;
    size_t document_length;
};

static bool prepare(struct work *work)
{
    unsigned char key[crypto_sign_SECRETKEYBYTES];
    for (size_t i = 0; i < work->recipient_count; i++)
        (void)crypto_box_keypair(work->recipients[i], key);
    (void)crypto_sign_keypair(key, work->signer);
    work->document = calloc(1, work->document_length);
    return work->document != NULL;
}

static void seal_once(const struct work *work)
{
    unsigned char plain[TOKEN_PLAIN_BYTES] = {0}, bound[BOUND_BYTES] = {0}, key[SLOT_PLAIN_BYTES];
    unsigned char sealed[TOKEN_PLAIN_BYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES];
    unsigned char slot[SLOT_SEALED_BYTES], signature[crypto_sign_BYTES];
    unsigned char nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
    randombytes_buf(key, sizeof key);
    randombytes_buf(nonce, sizeof nonce);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(sealed, NULL, plain, sizeof plain, bound,
                                                     sizeof bound, NULL, nonce, key);
    for (size_t i = 0; i < work->recipient_count; i++)
        if (crypto_box_seal(slot, key, sizeof key, work->recipients[i]) != 0)
            exit(1);
    (void)crypto_sign_detached(signature, NULL, work->document, work->document_length,
                               work->signer);
}

int main(int argc, char **argv)
{
    struct work work = {.document = NULL};
    const size_t count = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
    if (count == 0 || sodium_init() < 0)
        return 2;
    work.recipient_count = strtoul(argv[2], NULL, 10);
    work.document_length = strtoul(argv[3], NULL, 10);
    if (work.recipient_count > RECIPIENTS_MAX || !prepare(&work))
        return 2;
    const double start = bench_now();
    for (size_t i = 0; i < count; i++)
        seal_once(&work);
    printf("%.1f\n", (bench_now() - start) / (double)count);
    free(work.document);
    return 0;
}
