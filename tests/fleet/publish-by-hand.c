/* Signs objects as no administrator would, for tests to lay them into an engine.

   usage: publish-by-hand signer KEY                                   the signer's public key
          publish-by-hand pool KEY                                     the pool's public key
          publish-by-hand head KEY GENERATION UNTIL open|closed
          publish-by-hand document KEY USER GENERATION UNTIL [NAME KIND:RECIPIENT...]
          publish-by-hand keys KEY HOST GENERATION UNTIL [POOL:KEY...]
   Where $HF_TEST_CLOCK is set, the admin's clock is so many seconds ahead of this machine's.
   KEY is an absolute path of 32 bytes, made where it is missing: a signer's seed, or a pool's key.
   RECIPIENT and HOST are public keys in base64. UNTIL is in seconds from now, and may be negative.
   The token of a document is the first line of standard input; without NAME there is none. The
   object comes on standard output. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/io.h"
#include "store/fleet.h"
#include "store/hostkey.h"
#include "store/seal.h"

#define SEED_BYTES 32
#define DAY        86400

/* What each object begins with. */
struct dates {
    uint64_t generation, issued, until;
};

static struct dates dates_of(const char *generation, const char *until)
{
    const char *ahead = getenv("HF_TEST_CLOCK");
    const time_t now = time(NULL) + (ahead != NULL ? strtol(ahead, NULL, 10) : 0);
    const long left = strtol(until, NULL, 10);
    /* An object that is outdated was issued before. */
    return (struct dates){.generation = strtoull(generation, NULL, 10),
                          .issued = (uint64_t)(now + (left < 0 ? 2 * left : 0)),
                          .until = (uint64_t)(now + left)};
}

static enum hf_error read_seed(const char *path, uint8_t out_seed[static SEED_BYTES])
{
    size_t length = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        randombytes_buf(out_seed, SEED_BYTES);
        return file_replace(path, out_seed, SEED_BYTES, 0600);
    }
    length = fread(out_seed, 1, SEED_BYTES, file);
    fclose(file);
    return length == SEED_BYTES ? HF_OK : HF_EFORMAT;
}

static enum hf_error read_signer(const char *path, struct signing_key *out_key)
{
    uint8_t seed[SEED_BYTES];
    TRY(read_seed(path, seed));
    TRY(secret_new(crypto_sign_SECRETKEYBYTES, &out_key->secret_key));
    (void)crypto_sign_seed_keypair(out_key->public_key, secret_bytes(out_key->secret_key), seed);
    secret_set_length(out_key->secret_key, crypto_sign_SECRETKEYBYTES);
    return HF_OK;
}

static enum hf_error read_pool(const char *path, struct key_pair *out_pair)
{
    uint8_t seed[SEED_BYTES];
    SCOPED(secret) struct secret *key = NULL;
    TRY(read_seed(path, seed));
    TRY(secret_copy(seed, sizeof seed, &key));
    return key_pair_from(TAKE(key), out_pair);
}

static enum hf_error print_key(const uint8_t key[static KEY_BYTES])
{
    char text[64];
    sodium_bin2base64(text, sizeof text, key, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
    return puts(text) >= 0 ? HF_OK : HF_EIO;
}

static enum hf_error parse_key(const char *text, uint8_t out_key[static KEY_BYTES])
{
    return hostkey_public_parse(text, strlen(text), out_key);
}

static enum hf_error sign(enum signed_kind kind, const char *path, const char *payload,
                          size_t length)
{
    SCOPED(signing_key) struct signing_key key = {0};
    SCOPED(text) char *text = NULL;
    size_t signed_length = 0;
    TRY(read_signer(path, &key));
    TRY(signed_make(kind, payload, length, &key, &text, &signed_length));
    return fwrite(text, 1, signed_length, stdout) == signed_length ? HF_OK : HF_EIO;
}

static enum hf_error make_signer(int count, char **words)
{
    SCOPED(signing_key) struct signing_key key = {0};
    (void)count;
    TRY(read_signer(words[0], &key));
    return print_key(key.public_key);
}

static enum hf_error make_pool(int count, char **words)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    (void)count;
    TRY(read_pool(words[0], &pair));
    return print_key(pair.public_key);
}

static enum hf_error make_head(int count, char **words)
{
    const struct dates dates = dates_of(words[1], words[2]);
    const struct head head = {.generation = dates.generation,
                              .issued = dates.issued,
                              .until = dates.until,
                              .open = strcmp(words[3], "open") == 0};
    SCOPED(text) char *payload = NULL;
    size_t length = 0;
    (void)count;
    TRY(head_print(&head, &payload, &length));
    return sign(SIGNED_HEAD, words[0], payload, length);
}

static enum hf_error parse_recipient(char *word, struct recipient *out_recipient)
{
    char *colon = strchr(word, ':');
    if (colon == NULL)
        return HF_EFORMAT;
    *colon = '\0';
    TRY(slot_kind_parse(word, &out_recipient->kind));
    return parse_key(colon + 1, out_recipient->public_key);
}

static enum hf_error put_token(struct document *document, const char *name, int count, char **words)
{
    char line[256];
    struct recipient recipients[SLOTS_MAX];
    struct sealed_token sealed;
    SCOPED(secret) struct secret *token = NULL;
    if (count < 1 || count > SLOTS_MAX || fgets(line, sizeof line, stdin) == NULL)
        return HF_EFORMAT;
    for (int i = 0; i < count; i++)
        TRY(parse_recipient(words[i], &recipients[i]));
    TRY(secret_copy(line, strcspn(line, "\n"), &token));
    TRY(token_seal(document->user, name, document->issued, document->issued + DAY, token, NULL,
                   recipients, (size_t)count, &sealed));
    return document_put(document, &sealed);
}

static enum hf_error make_document(int count, char **words)
{
    const struct dates dates = dates_of(words[2], words[3]);
    SCOPED(document) struct document *document = NULL;
    SCOPED(text) char *payload = NULL;
    size_t length = 0;
    TRY(document_new(words[1], &document));
    document->generation = dates.generation;
    document->issued = dates.issued;
    document->until = dates.until;
    if (count > 4)
        TRY(put_token(document, words[4], count - 5, words + 5));
    TRY(document_print(document, &payload, &length));
    return sign(SIGNED_DOCUMENT, words[0], payload, length);
}

static enum hf_error put_pool(struct host_keys *keys, char *word)
{
    char *colon = strchr(word, ':');
    struct pool_key *pool = &keys->pools[keys->pool_count++];
    SCOPED(key_pair) struct key_pair pair = {0};
    if (colon == NULL)
        return HF_EFORMAT;
    *colon = '\0';
    TRY(read_pool(colon + 1, &pair));
    TRY(text_format(pool->pool, sizeof pool->pool, "%s", word));
    memcpy(pool->public_key, pair.public_key, KEY_BYTES);
    return pool_seal(&pair, keys->host, pool->sealed);
}

static enum hf_error make_keys(int count, char **words)
{
    const struct dates dates = dates_of(words[2], words[3]);
    struct host_keys keys = {
        .generation = dates.generation, .issued = dates.issued, .until = dates.until};
    SCOPED(text) char *payload = NULL;
    size_t length = 0;
    TRY(parse_key(words[1], keys.host));
    if (count - 4 > POOLS_MAX)
        return HF_EFULL;
    for (int i = 4; i < count; i++)
        TRY(put_pool(&keys, words[i]));
    TRY(host_keys_print(&keys, &payload, &length));
    return sign(SIGNED_KEYS, words[0], payload, length);
}

static const struct {
    const char *word;
    int least, most; /* arguments behind it */
    enum hf_error (*make)(int count, char **words);
} rows[] = {
    {"signer",   1, 1,             make_signer  },
    {"pool",     1, 1,             make_pool    },
    {"head",     4, 4,             make_head    },
    {"document", 4, 5 + SLOTS_MAX, make_document},
    {"keys",     4, 4 + POOLS_MAX, make_keys    },
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(argv[1], rows[i].word) != 0 || argc - 2 < rows[i].least ||
            argc - 2 > rows[i].most)
            continue;
        enum hf_error error = store_start();
        if (error == HF_OK)
            error = rows[i].make(argc - 2, argv + 2);
        if (error != HF_OK)
            fprintf(stderr, "publish-by-hand: %s\n", error_text(error));
        return error == HF_OK ? 0 : 1;
    }
    return 2;
}
