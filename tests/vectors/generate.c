/* Prints the test vectors of hf-token-store(5): the same bytes each time, because randomness is a
   stream from a fixed seed. None of these keys, passwords and tokens is anybody's. */
#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "store/identity.h"
#include "store/json.h"
#include "store/pack.h"
#include "store/seal.h"
#include "tests/vectors/fleet.h"
#include "tests/vectors/ok.h"

static void stream(void *const bytes, const size_t length)
{
    static uint64_t used;
    static const uint8_t seed[crypto_stream_chacha20_KEYBYTES] = "pam-hf-token test vectors, v1";
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    memcpy(nonce, &used, sizeof nonce);
    used++;
    (void)crypto_stream_chacha20(bytes, length, nonce, seed);
}

static uint32_t stream_word(void)
{
    uint32_t word;
    stream(&word, sizeof word);
    return word;
}

static const char *stream_name(void)
{
    return "fixed";
}

static struct randombytes_implementation fixed = {
    .implementation_name = stream_name, .random = stream_word, .buf = stream};

static struct secret *secret_of(const char *text)
{
    struct secret *secret = NULL;
    OK(secret_copy(text, strlen(text), &secret));
    return secret;
}

static void add_text(struct json_object *object, const char *member, const char *text)
{
    OK(json_add_text(object, member, text));
}

/* The pairs of all vectors: a machine, a set of machines, and alice. */
static struct key_pair pairs[SLOT_KIND_COUNT];

static struct json_object *keys(void)
{
    struct json_object *list = json_object_new_array();
    for (unsigned i = 0; i < SLOT_KIND_COUNT; i++) {
        struct json_object *key = json_object_new_object();
        add_text(key, "kind", slot_kind_name((enum slot_kind)i));
        OK(json_add_bytes(key, "private", secret_view(pairs[i].private_key), KEY_BYTES));
        OK(json_add_bytes(key, "public", pairs[i].public_key, KEY_BYTES));
        json_object_array_add(list, key);
    }
    return list;
}

/* One token to seal. `kinds` is a bit for each recipient. */
struct wanted {
    const char *name, *token, *grant;
    uint64_t created, expires;
    unsigned kinds;
    const struct token_about *about; /* NULL: the Hub was not asked */
};

static const struct token_about about = {
    .checked = 1790000002,
    .endpoint = "https://huggingface.co",
    .account = "zo\xc3\xab",
    .kind = "user",
    .role = "fineGrained",
    .display_name = "laptop \xf0\x9f\x90\x8e",
    .created = 1780000000,
    .organisations = {"lab", "faculty"},
    .organisation_count = 2,
};

static struct sealed_token seal(const char *user, const struct wanted *wanted)
{
    struct sealed_token sealed = {0};
    struct recipient recipients[SLOT_KIND_COUNT];
    size_t count = 0;
    SCOPED(secret) struct secret *token = secret_of(wanted->token);
    SCOPED(secret) struct secret *grant = wanted->grant ? secret_of(wanted->grant) : NULL;
    for (unsigned i = 0; i < SLOT_KIND_COUNT; i++)
        if ((wanted->kinds & 1u << i) != 0) {
            recipients[count].kind = (enum slot_kind)i;
            memcpy(recipients[count++].public_key, pairs[i].public_key, KEY_BYTES);
        }
    OK(token_seal(user, wanted->name, wanted->created, wanted->expires, token, grant, recipients,
                  count, &sealed));
    if (wanted->about != NULL)
        sealed.about = *wanted->about;
    return sealed;
}

static struct document *make(const char *user, const struct wanted *wanted, size_t count)
{
    struct document *document = NULL;
    OK(document_new(user, &document));
    for (size_t i = 0; i < count; i++) {
        struct sealed_token sealed = seal(user, &wanted[i]);
        OK(document_put(document, &sealed));
    }
    document->generation = count;
    return document;
}

static void add_document(struct json_object *vector, const struct document *document)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    OK(document_print(document, &text, &length));
    add_text(vector, "document", text);
}

static void add_opened(struct json_object *list, const char *comment, const char *user,
                       const struct wanted *wanted, size_t count)
{
    SCOPED(document) struct document *document = make(user, wanted, count);
    struct json_object *vector = json_object_new_object(), *tokens = json_object_new_array();
    add_text(vector, "comment", comment);
    add_text(vector, "user", user);
    add_document(vector, document);
    for (size_t i = 0; i < count; i++) {
        struct json_object *token = json_object_new_object();
        add_text(token, "name", wanted[i].name);
        add_text(token, "token", wanted[i].token);
        add_text(token, "grant", wanted[i].grant == NULL ? "" : wanted[i].grant);
        add_text(token, "account", wanted[i].about == NULL ? "" : wanted[i].about->account);
        json_object_array_add(tokens, token);
    }
    json_object_object_add(vector, "tokens", tokens);
    json_object_array_add(list, vector);
}

#define HOST (1u << SLOT_HOST)
#define POOL (1u << SLOT_POOL)
#define USER (1u << SLOT_USER)

static struct json_object *documents(void)
{
    static char longest[TOKEN_MAX + 1], grant[GRANT_MAX + 1], block[253], name[TOKEN_NAME_MAX + 1];
    struct json_object *list = json_object_new_array();
    memset(longest, 'T', TOKEN_MAX);
    memset(grant, ' ', GRANT_MAX);
    memset(block, 'T', sizeof block - 1);
    memset(name, 'n', TOKEN_NAME_MAX);
    /* clang-format off */
    const struct wanted one[] = {
        {"main", "hf_TESTmain", NULL, 1790000000, 0, HOST, NULL},
    };
    const struct wanted three[] = {
        {"main", "hf_TESTmain", NULL, 1790000000, 1890000000, HOST | USER, &about},
        {"oauth", "hf_oauth_TEST", "https://huggingface.co hf-token hf_refresh_TEST", 1790000001, 1790003600,
         HOST | POOL | USER, &about},
        {"second", "hf_TESTsecond", NULL, 0, 999999999999999, USER, NULL},
    };
    const struct wanted edges[] = {
        {name, longest, grant, 1, 2, HOST, NULL},
        {"fills-a-block", block, NULL, 1, 2, POOL, NULL},
        {"leaves-a-byte", block + 1, NULL, 1, 2, POOL, NULL},
        {"a", "!", "~", 1, 2, POOL, NULL},
    };
    /* clang-format on */
    add_opened(list, "one token, one recipient", "alice", one, 1);
    add_opened(list, "three tokens, several recipients", "alice", three, 3);
    add_opened(list, "limits of names, tokens and padding", "zo\xc3\xab", edges, 4);
    add_opened(list, "no token", "alice", NULL, 0);
    return list;
}

/* A place in a token whose lowest bit is to be flipped. */
static const struct {
    const char *comment;
    size_t offset;
} flips[] = {
    {"id",                   offsetof(struct sealed_token, id)                   },
    {"created",              offsetof(struct sealed_token, created)              },
    {"expires",              offsetof(struct sealed_token, expires)              },
    {"commitment",           offsetof(struct sealed_token, commitment)           },
    {"nonce",                offsetof(struct sealed_token, nonce)                },
    {"name",                 offsetof(struct sealed_token, name)                 },
    {"slot: recipient",      offsetof(struct sealed_token, slots[0].recipient)   },
    {"slot: ephemeral key",  offsetof(struct sealed_token, slots[0].sealed)      },
    {"slot: tag",            offsetof(struct sealed_token, slots[0].sealed) + 32 },
    {"slot: sealed key",     offsetof(struct sealed_token, slots[0].sealed) + 48 },
    {"slot: sealed context", offsetof(struct sealed_token, slots[0].sealed) + 80 },
    {"slot: last byte",      offsetof(struct sealed_token, slots[0].sealed) + 111},
};

static void add_refused(struct json_object *list, const char *comment, const char *user,
                        struct document *document)
{
    struct json_object *vector = json_object_new_object();
    memcpy(document->default_name, document->tokens[0].name, sizeof document->default_name);
    add_text(vector, "comment", comment);
    add_text(vector, "user", user);
    add_document(vector, document);
    json_object_array_add(list, vector);
}

static void add_flips(struct json_object *list, struct document *document)
{
    struct sealed_token *token = &document->tokens[0];
    const size_t places[] = {0, token->sealed_length - 17, token->sealed_length - 1};
    for (size_t i = 0; i < sizeof flips / sizeof flips[0]; i++) {
        ((uint8_t *)token)[flips[i].offset] ^= 1;
        add_refused(list, flips[i].comment, document->user, document);
        ((uint8_t *)token)[flips[i].offset] ^= 1;
    }
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        token->sealed[places[i]] ^= 1;
        add_refused(list, "sealed bytes", document->user, document);
        token->sealed[places[i]] ^= 1;
    }
}

static void add_swaps(struct json_object *list, struct document *document)
{
    struct sealed_token *one = &document->tokens[0], *two = &document->tokens[1];
    struct slot slot = one->slots[0];
    uint8_t *sealed = one->sealed;
    document->user[0] = 'b';
    add_refused(list, "copied to another user", document->user, document);
    document->user[0] = 'a';
    one->slots[0] = two->slots[0];
    add_refused(list, "slot of another token", document->user, document);
    one->slots[0] = slot;
    one->sealed = two->sealed;
    add_refused(list, "sealed bytes of another token", document->user, document);
    one->sealed = sealed;
    memcpy(one->slots[0].recipient, pairs[SLOT_POOL].public_key, KEY_BYTES);
    add_refused(list, "slot of another recipient", document->user, document);
    one->slots[0] = slot;
    one->sealed_length += 16;
    one->sealed = calloc(1, one->sealed_length);
    memcpy(one->sealed, sealed, one->sealed_length - 16);
    add_refused(list, "sealed bytes of a length that no padding gives", document->user, document);
    free(one->sealed);
    one->sealed = sealed;
    one->sealed_length -= 16;
}

/* What only somebody who knows the token's key can make: all is authentic, but a check that a
   reader might leave out fails. */
static void add_forgeries(struct json_object *list, struct document *document)
{
    struct sealed_token *token = &document->tokens[0];
    SCOPED(secret) struct secret *key = NULL;
    uint8_t seal_key[KEY_BYTES], message[2 * KEY_BYTES];
    const uint8_t plain[TOKEN_PADDING] = "\3\0abc\0\0\x80";
    struct pack pack = {0};
    OK(key_new(&key));
    const struct slot_context context = {document->user, token->name, token->id,
                                         token->slots[0].recipient};
    OK(slot_seal(&context, key, token->slots[0].sealed));
    crypto_kdf_derive_from_key(seal_key, KEY_BYTES, 1, "hftoken1", secret_view(key));
    pack_label(&pack, "hf-token/1 token");
    pack_text(&pack, document->user);
    pack_text(&pack, token->name);
    pack_bytes(&pack, token->id, sizeof token->id);
    pack_u64(&pack, token->created);
    pack_u64(&pack, token->expires);
    pack_bytes(&pack, token->commitment, sizeof token->commitment);
    crypto_aead_xchacha20poly1305_ietf_encrypt(token->sealed, NULL, plain, sizeof plain, pack.bytes,
                                               pack.length, NULL, token->nonce, seal_key);
    add_refused(list, "forged: commitment to another key", document->user, document);

    struct wanted wanted = {"main", "hf_TESTmain", NULL, 1790000000, 0, HOST, NULL};
    sealed_token_clear(token);
    *token = seal(document->user, &wanted);
    memset(message, 1, sizeof message);
    (void)crypto_box_seal(token->slots[0].sealed, message, sizeof message,
                          token->slots[0].recipient);
    add_refused(list, "forged: slot without its context", document->user, document);
}

/* What the Hub said, written as a reader must not take it. */
static void add_misspelt(struct json_object *list, const struct document *document)
{
    /* Of one length each. */
    static const char *const changes[][3] = {
        {"hub: an unknown member",   "\"role\"",                "\"rule\""               },
        {"hub: a control character", "fineGrained",             "fine\\u001bd"           },
        {"hub: never checked",       "\"checked\": 1790000002", "\"checked\": 0         "},
        {"grant: not true",          "\"grant\": true",         "\"grant\": null"        },
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        SCOPED(text) char *text = NULL;
        struct json_object *vector = json_object_new_object();
        size_t length = 0;
        OK(document_print(document, &text, &length));
        memcpy(strstr(text, changes[i][1]), changes[i][2], strlen(changes[i][2]));
        add_text(vector, "comment", changes[i][0]);
        add_text(vector, "user", document->user);
        add_text(vector, "document", text);
        json_object_array_add(list, vector);
    }
}

static struct json_object *refused(void)
{
    const struct wanted two[] = {
        {"main",   "hf_TESTmain",   NULL, 1790000000, 1890000000, HOST, NULL},
        {"second", "hf_TESTsecond", NULL, 1790000000, 1890000000, HOST, NULL}
    };
    const struct wanted oauth = {
        "main", "hf_oauth_TEST", "e i hf_refresh_TEST", 1790000000, 1790003600, HOST, &about};
    struct json_object *list = json_object_new_array();
    SCOPED(document) struct document *document = make("alice", two, 2);
    SCOPED(document) struct document *granted = make("alice", &oauth, 1);
    add_flips(list, document);
    add_swaps(list, document);
    add_forgeries(list, document);
    add_misspelt(list, granted);
    return list;
}

static struct identity wrap(const char *user, const char *password)
{
    SCOPED(secret) struct secret *secret = secret_of(password);
    struct identity identity;
    OK(identity_wrap(user, &pairs[SLOT_USER], secret, &identity));
    return identity;
}

static void add_identity(struct json_object *list, const char *comment, const char *user,
                         const char *password, const struct identity *identity)
{
    struct json_object *vector = json_object_new_object();
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    OK(identity_print(user, identity, &text, &length));
    add_text(vector, "comment", comment);
    add_text(vector, "user", user);
    add_text(vector, "password", password);
    add_text(vector, "identity", text);
    json_object_array_add(list, vector);
}

static struct json_object *identities(void)
{
    struct json_object *list = json_object_new_array();
    struct identity ascii = wrap("alice", "correct horse");
    struct identity other = wrap("zo\xc3\xab", "b\xc3\xa4ttery \xf0\x9f\x90\x8e");
    add_identity(list, "a password in ASCII", "alice", "correct horse", &ascii);
    add_identity(list, "a password in UTF-8", "zo\xc3\xab", "b\xc3\xa4ttery \xf0\x9f\x90\x8e",
                 &other);
    return list;
}

static struct json_object *refused_identities(void)
{
    struct json_object *list = json_object_new_array();
    struct identity good = wrap("alice", "correct horse"), bad = good;
    add_identity(list, "another password", "alice", "correct horsf", &good);
    add_identity(list, "copied to another user", "bob", "correct horse", &good);
    bad.nonce[23] ^= 1;
    add_identity(list, "nonce", "alice", "correct horse", &bad);
    bad = good;
    bad.wrapped[0] ^= 1;
    add_identity(list, "wrapped key", "alice", "correct horse", &bad);
    bad = good;
    bad.wrapped[47] ^= 1;
    add_identity(list, "tag", "alice", "correct horse", &bad);
    bad = good;
    bad.public_key[0] ^= 1;
    add_identity(list, "public key", "alice", "correct horse", &bad);
    bad = good;
    bad.salt[0] ^= 1;
    add_identity(list, "salt", "alice", "correct horse", &bad);
    bad = good;
    bad.passes = 2;
    add_identity(list, "passes", "alice", "correct horse", &bad);
    bad.passes = 9;
    add_identity(list, "passes out of range", "alice", "correct horse", &bad);
    bad = good;
    bad.memory_kib = 1u << 22;
    add_identity(list, "memory out of range", "alice", "correct horse", &bad);
    bad.memory_kib = 1024;
    add_identity(list, "memory below the range", "alice", "correct horse", &bad);
    return list;
}

/* An Argon2id vector by itself, so that a second implementation can begin with it. */
static struct json_object *argon2id(void)
{
    struct json_object *vector = json_object_new_object();
    uint8_t key[KEY_BYTES], salt[IDENTITY_SALT_BYTES];
    memset(salt, 1, sizeof salt);
    if (crypto_pwhash(key, sizeof key, "correct horse", strlen("correct horse"), salt, 3,
                      (size_t)65536 * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
        exit(1);
    add_text(vector, "password", "correct horse");
    OK(json_add_bytes(vector, "salt", salt, sizeof salt));
    OK(json_add_number(vector, "memory", 65536));
    OK(json_add_number(vector, "passes", 3));
    OK(json_add_bytes(vector, "key", key, sizeof key));
    return vector;
}

/* What is published begins with a document of alice's. */
static struct json_object *published(void)
{
    const struct wanted one = {"main", "hf_TESTmain", NULL, 1790000000, 0, POOL, NULL};
    SCOPED(document) struct document *document = make("alice", &one, 1);
    return fleet_vectors(document);
}

int main(void)
{
    struct json_object *all = json_object_new_object();
    randombytes_set_implementation(&fixed);
    OK(store_start());
    for (unsigned i = 0; i < SLOT_KIND_COUNT; i++)
        OK(key_pair_new(&pairs[i]));
    json_object_object_add(all, "keys", keys());
    json_object_object_add(all, "argon2id", argon2id());
    json_object_object_add(all, "documents", documents());
    json_object_object_add(all, "refused", refused());
    json_object_object_add(all, "identities", identities());
    json_object_object_add(all, "refused_identities", refused_identities());
    json_object_object_add(all, "fleet", published());
    puts(json_object_to_json_string_ext(all, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                 JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(all);
    for (unsigned i = 0; i < SLOT_KIND_COUNT; i++)
        key_pair_clear(&pairs[i]);
    return 0;
}
