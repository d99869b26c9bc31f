/* Sealing: what opens, and that nothing opens which was altered, swapped or made for somebody else.
 */
#include "tests/unit/sealed.h"

#include <sodium.h>

#include "store/pack.h"

static void token_comes_back(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *token = NULL, *grant = NULL;
    struct sealed_token sealed = sealed_for(&pair, "main", "hf_TEST");
    OK(open_with(&pair, "alice", &sealed, 0, &token, &grant));
    assert_secret(token, "hf_TEST");
    assert_null(grant);
    assert_int_equal(sealed.created, 1790000000);
    assert_int_equal(sealed.expires, 1890000000);
    sealed_token_clear(&sealed);
    assert_null(sealed.sealed);
}

static void grant_and_longest_come_back(void **state)
{
    (void)state;
    static char longest[TOKEN_MAX + 1], longest_grant[GRANT_MAX + 1];
    SCOPED(key_pair) struct key_pair pair = new_pair();
    const struct recipient recipient = recipient_of(SLOT_USER, &pair);
    struct sealed_token sealed = {0};
    memset(longest, 'x', TOKEN_MAX);
    memset(longest_grant, ' ', GRANT_MAX);
    SCOPED(secret) struct secret *given = secret_of(longest), *with = secret_of(longest_grant);
    SCOPED(secret) struct secret *token = NULL, *grant = NULL, *again = NULL;
    OK(token_seal("alice", "main", 0, 0, given, with, &recipient, 1, &sealed));
    assert_int_equal(sealed.sealed_length, TOKEN_SEALED_MAX);
    assert_int_equal(sealed.slots[0].kind, SLOT_USER);
    OK(open_with(&pair, "alice", &sealed, 0, &token, &grant));
    assert_secret(token, longest);
    assert_secret(grant, longest_grant);
    OK(open_with(&pair, "alice", &sealed, 0, &again, NULL));
    sealed_token_clear(&sealed);
}

static void each_recipient_opens_its_own_slot(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *given = secret_of("hf_TEST");
    struct key_pair pairs[SLOTS_MAX];
    struct recipient recipients[SLOTS_MAX];
    struct sealed_token sealed = {0};
    for (size_t i = 0; i < SLOTS_MAX; i++) {
        pairs[i] = new_pair();
        recipients[i] = recipient_of((enum slot_kind)(i % SLOT_KIND_COUNT), &pairs[i]);
    }
    OK(token_seal("alice", "main", 0, 0, given, NULL, recipients, SLOTS_MAX, &sealed));
    assert_int_equal(sealed.slot_count, SLOTS_MAX);
    for (size_t i = 0; i < SLOTS_MAX; i++) {
        SCOPED(secret) struct secret *token = NULL, *none = NULL;
        assert_int_equal(sealed.slots[i].kind, i % SLOT_KIND_COUNT);
        OK(open_with(&pairs[i], "alice", &sealed, i, &token, NULL));
        assert_secret(token, "hf_TEST");
        FAILS(open_with(&pairs[i], "alice", &sealed, (i + 1) % SLOTS_MAX, &none, NULL),
              HF_EALTERED);
        assert_null(none);
    }
    for (size_t i = 0; i < SLOTS_MAX; i++)
        key_pair_clear(&pairs[i]);
    sealed_token_clear(&sealed);
}

static enum hf_error seal_as(const char *user, const char *name, const char *text, uint64_t time,
                             const struct recipient *recipients, size_t count)
{
    SCOPED(secret) struct secret *token = secret_of(text);
    SCOPED(secret) struct secret *grant = secret_of("https://hub.test id TEST");
    struct sealed_token sealed = {0}, other = {0};
    enum hf_error error = token_seal(user, name, time, 0, token, NULL, recipients, count, &sealed);
    enum hf_error with_grant =
        token_seal(user, name, 0, time, token, grant, recipients, count, &other);
    assert_int_equal(error, with_grant);
    assert_int_equal(sealed.sealed != NULL, error == HF_OK);
    sealed_token_clear(&sealed);
    sealed_token_clear(&other);
    return error;
}

static void bad_requests_are_refused(void **state)
{
    (void)state;
    static char long_text[TOKEN_MAX + 2], long_name[USER_NAME_MAX + 2];
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct recipient many[SLOTS_MAX + 1];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = recipient_of(SLOT_HOST, &pair);
    memset(long_text, 'x', TOKEN_MAX + 1);
    memset(long_name, 'x', USER_NAME_MAX + 1);
    OK(seal_as("alice", "main", "hf_TEST", 0, many, SLOTS_MAX));
    OK(seal_as("alice", "main", "hf_TEST", 999999999999999, many, 1));
    FAILS(seal_as("alice", "main", long_text, 0, many, 1), HF_ETOKEN);
    FAILS(seal_as("alice", "main", "hf TEST", 0, many, 1), HF_ETOKEN);
    FAILS(seal_as("alice", "", "hf_TEST", 0, many, 1), HF_ENAME);
    FAILS(seal_as("alice", "-x", "hf_TEST", 0, many, 1), HF_ENAME);
    FAILS(seal_as(long_name, "main", "hf_TEST", 0, many, 1), HF_ENAME);
    FAILS(seal_as("a/b", "main", "hf_TEST", 0, many, 1), HF_ENAME);
    FAILS(seal_as("alice", "main", "hf_TEST", 1000000000000000, many, 1), HF_EFORMAT);
    FAILS(seal_as("alice", "main", "hf_TEST", 0, many, 0), HF_EFORMAT);
    FAILS(seal_as("alice", "main", "hf_TEST", 0, many, SLOTS_MAX + 1), HF_EFORMAT);
    many[0].kind = SLOT_KIND_COUNT;
    FAILS(seal_as("alice", "main", "hf_TEST", 0, many, 1), HF_EFORMAT);
    /* A key of low order: whoever knows that can open what is sealed to it. */
    many[0] = (struct recipient){.kind = SLOT_HOST};
    FAILS(seal_as("alice", "main", "hf_TEST", 0, many, 1), HF_EFORMAT);
    many[0].public_key[0] = 1;
    FAILS(seal_as("alice", "main", "hf_TEST", 0, many, 1), HF_EFORMAT);
}

static void bad_grants_are_refused(void **state)
{
    (void)state;
    static char long_text[GRANT_MAX + 2];
    const char *const grants[] = {"a\tb", "a\nb", "\x7f", "gr\xc3\xa4nt", long_text};
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *token = secret_of("hf_TEST");
    const struct recipient recipient = recipient_of(SLOT_HOST, &pair);
    memset(long_text, 'x', GRANT_MAX + 1);
    for (size_t i = 0; i < COUNT(grants); i++) {
        SCOPED(secret) struct secret *grant = secret_of(grants[i]);
        struct sealed_token sealed = {0};
        FAILS(token_seal("alice", "main", 0, 0, token, grant, &recipient, 1, &sealed), HF_ETOKEN);
        assert_null(sealed.sealed);
    }
}

static void assert_closed(const struct key_pair *pair, const char *user,
                          const struct sealed_token *sealed)
{
    struct secret *token = NULL, *grant = NULL;
    FAILS(open_with(pair, user, sealed, 0, &token, &grant), HF_EALTERED);
    assert_null(token);
    assert_null(grant);
}

/* Each bit of a field of the token or its slot. */
static void assert_each_bit_counts(const struct key_pair *pair, const struct sealed_token *sealed,
                                   void *field, size_t length)
{
    uint8_t *bytes = field;
    for (size_t bit = 0; bit < length * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_closed(pair, "alice", sealed);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void flipped_bits_do_not_open(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *token = NULL;
    struct sealed_token sealed = sealed_for(&pair, "main", "hf_TEST");
    assert_each_bit_counts(&pair, &sealed, sealed.id, sizeof sealed.id);
    assert_each_bit_counts(&pair, &sealed, &sealed.created, sizeof sealed.created);
    assert_each_bit_counts(&pair, &sealed, &sealed.expires, sizeof sealed.expires);
    assert_each_bit_counts(&pair, &sealed, sealed.commitment, sizeof sealed.commitment);
    assert_each_bit_counts(&pair, &sealed, sealed.nonce, sizeof sealed.nonce);
    assert_each_bit_counts(&pair, &sealed, sealed.sealed, sealed.sealed_length);
    assert_each_bit_counts(&pair, &sealed, sealed.slots[0].recipient, KEY_BYTES);
    assert_each_bit_counts(&pair, &sealed, sealed.slots[0].sealed, SLOT_SEALED_BYTES);
    OK(open_with(&pair, "alice", &sealed, 0, &token, NULL));
    sealed_token_clear(&sealed);
}

static void other_user_or_name_does_not_open(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct sealed_token sealed = sealed_for(&pair, "main", "hf_TEST");
    assert_closed(&pair, "bob", &sealed);
    assert_closed(&pair, "alicf", &sealed);
    assert_closed(&pair, "alic", &sealed);
    assert_closed(&pair, "", &sealed);
    /* Lengths are authenticated: the border between user and name cannot move. */
    memcpy(sealed.name, "emain", 6);
    assert_closed(&pair, "alic", &sealed);
    memcpy(sealed.name, "other", 6);
    assert_closed(&pair, "alice", &sealed);
    sealed_token_clear(&sealed);
}

/* The token itself is bound to the user too, not only its slot. */
static void key_of_another_token_does_not_open(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *key = NULL, *token = NULL;
    struct sealed_token one = sealed_for(&pair, "main", "hf_TEST1");
    struct sealed_token two = sealed_for(&pair, "main", "hf_TEST2");
    const struct slot_context context = {"alice", "main", one.id, one.slots[0].recipient};
    OK(slot_open(&context, &pair, one.slots[0].sealed, &key));
    FAILS(token_open("bob", &one, key, &token, NULL), HF_EALTERED);
    FAILS(token_open("alice", &two, key, &token, NULL), HF_EALTERED);
    two.slots[0] = one.slots[0];
    assert_closed(&pair, "alice", &two);
    secret_set_length(key, KEY_BYTES - 1);
    FAILS(token_open("alice", &one, key, &token, NULL), HF_EALTERED);
    sealed_token_clear(&one);
    sealed_token_clear(&two);
}

static void each_sealing_is_fresh(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct sealed_token one = sealed_for(&pair, "main", "hf_TEST");
    struct sealed_token two = sealed_for(&pair, "main", "hf_TESTTESTTESTTEST");
    assert_memory_not_equal(one.id, two.id, sizeof one.id);
    assert_memory_not_equal(one.nonce, two.nonce, sizeof one.nonce);
    assert_memory_not_equal(one.commitment, two.commitment, sizeof one.commitment);
    assert_memory_not_equal(one.slots[0].sealed, two.slots[0].sealed, SLOT_SEALED_BYTES);
    assert_int_equal(one.sealed_length, two.sealed_length);
    assert_int_equal(one.sealed_length, TOKEN_PADDING + TOKEN_TAG_BYTES);
    sealed_token_clear(&one);
    sealed_token_clear(&two);
}

/* A token as an attacker who knows the key may make it: any plaintext and any commitment,
 * authenticated. */
static enum hf_error open_forged(const void *plain, size_t length, bool commit)
{
    SCOPED(secret) struct secret *key = NULL, *token = NULL;
    struct sealed_token sealed = {.name = "main", .sealed_length = length + TOKEN_TAG_BYTES};
    uint8_t bytes[1024], seal_key[KEY_BYTES];
    struct pack pack = {0};
    OK(key_new(&key));
    (void)crypto_kdf_derive_from_key(seal_key, KEY_BYTES, 1, "hftoken1", secret_view(key));
    (void)crypto_kdf_derive_from_key(sealed.commitment, KEY_BYTES, 2, "hftoken1", secret_view(key));
    sealed.commitment[0] ^= commit ? 0 : 1;
    sealed.sealed = bytes;
    pack_label(&pack, "hf-token/1 token");
    pack_text(&pack, "alice");
    pack_text(&pack, "main");
    pack_bytes(&pack, sealed.id, sizeof sealed.id);
    pack_u64(&pack, 0);
    pack_u64(&pack, 0);
    pack_bytes(&pack, sealed.commitment, sizeof sealed.commitment);
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(bytes, NULL, plain, length, pack.bytes,
                                                     pack.length, NULL, sealed.nonce, seal_key);
    return token_open("alice", &sealed, key, &token, NULL);
}

static void forged_plaintext_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length; /* the padding follows */
        enum hf_error error;
    } plains[] = {
        {"\3\0abc\0\0\x80",   8, HF_OK      },
        {"\3\0abc\1\0x\x80",  9, HF_OK      },
        {"\3\0abc\0\0y\x80",  9, HF_EALTERED},
        {"\3\0abc\0\0\0\x80", 9, HF_EALTERED},
        {"\3\0abc\2\0x\x80",  9, HF_EALTERED},
        {"\3\0abc\0\x80",     7, HF_EALTERED},
        {"\3\0abc\x80",       6, HF_EALTERED},
        {"\xff\xff"
         "abc\x80",  6, HF_EALTERED},
        {"\0\0\0\0\x80",      5, HF_EALTERED},
        {"\3\0a c\0\0\x80",   8, HF_EALTERED},
        {"\3\0abc\1\0\n\x80", 9, HF_EALTERED},
        {"\x80",              1, HF_EALTERED},
        {"\1\x80",            2, HF_EALTERED},
        {"",                  0, HF_EALTERED},
        {"\3\0abc\0\0",       7, HF_EALTERED},
    };
    for (size_t i = 0; i < COUNT(plains); i++) {
        uint8_t plain[TOKEN_PADDING * 2] = {0};
        memcpy(plain, plains[i].bytes, plains[i].length);
        FAILS(open_forged(plain, TOKEN_PADDING, true), plains[i].error);
        FAILS(open_forged(plain, TOKEN_PADDING, false), HF_EALTERED);
        /* Padded to more than the next block, or to none. */
        FAILS(open_forged(plain, TOKEN_PADDING * 2, true), HF_EALTERED);
        FAILS(open_forged(plain, TOKEN_PADDING - 1, true), HF_EALTERED);
        FAILS(open_forged(plain, 0, true), HF_EALTERED);
    }
}

/* Anyone can make a sealed box for a public key; only its context says for whom. */
static void slot_with_another_context_is_refused(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair(), other = new_pair();
    uint8_t id[TOKEN_ID_BYTES] = {0}, message[64] = {1}, sealed[SLOT_SEALED_BYTES];
    const struct slot_context context = {"alice", "main", id, pair.public_key};
    struct secret *key = NULL;
    assert_int_equal(crypto_box_seal(sealed, message, sizeof message, pair.public_key), 0);
    FAILS(slot_open(&context, &pair, sealed, &key), HF_EALTERED);
    SCOPED(secret) struct secret *token_key = NULL;
    OK(key_new(&token_key));
    OK(slot_seal(&context, token_key, sealed));
    OK(slot_open(&context, &pair, sealed, &key));
    secret_free(key);
    FAILS(slot_open(&context, &other, sealed, &key), HF_EALTERED);
    secret_set_length(token_key, KEY_BYTES - 1);
    FAILS(slot_seal(&context, token_key, sealed), HF_EFORMAT);
}

/* What is authenticated must be whole, not what fitted. */
static void endless_name_is_an_error(void **state)
{
    (void)state;
    char endless[1024] = "";
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *key = NULL, *token = NULL;
    struct sealed_token sealed = sealed_for(&pair, "main", "hf_TEST");
    memset(endless, 'a', sizeof endless - 1);
    const struct slot_context context = {endless, "main", sealed.id, pair.public_key};
    const struct slot_context good = {"alice", "main", sealed.id, pair.public_key};
    OK(slot_open(&good, &pair, sealed.slots[0].sealed, &key));
    FAILS(slot_seal(&context, key, sealed.slots[0].sealed), HF_ENAME);
    FAILS(slot_open(&context, &pair, sealed.slots[0].sealed, &key), HF_ENAME);
    FAILS(token_open(endless, &sealed, key, &token, NULL), HF_ENAME);
    sealed_token_clear(&sealed);
}

static void private_keys_are_judged(void **state)
{
    (void)state;
    static const uint8_t zeros[KEY_BYTES];
    struct key_pair pair = {0};
    struct secret *key = NULL;
    OK(secret_copy(zeros, KEY_BYTES, &key));
    FAILS(key_pair_from(key, &pair), HF_EFORMAT);
    FAILS(key_pair_from(secret_of("0123456789abcdef0123456789abcde"), &pair), HF_EFORMAT);
    FAILS(key_pair_from(secret_of("0123456789abcdef0123456789abcdef0"), &pair), HF_EFORMAT);
    assert_null(pair.private_key);
    OK(key_pair_from(secret_of("0123456789abcdef0123456789abcdef"), &pair));
    key_pair_clear(&pair);
    assert_null(pair.private_key);
}

static void kinds_have_names(void **state)
{
    (void)state;
    enum slot_kind kind;
    for (unsigned i = 0; i < SLOT_KIND_COUNT; i++) {
        OK(slot_kind_parse(slot_kind_name((enum slot_kind)i), &kind));
        assert_int_equal(kind, i);
    }
    assert_string_equal(slot_kind_name(SLOT_POOL), "pool");
    assert_string_equal(slot_kind_name(SLOT_KIND_COUNT), "unknown");
    FAILS(slot_kind_parse("Host", &kind), HF_EFORMAT);
    FAILS(slot_kind_parse("", &kind), HF_EFORMAT);
    FAILS(slot_kind_parse("unknown", &kind), HF_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(token_comes_back),
        cmocka_unit_test(grant_and_longest_come_back),
        cmocka_unit_test(each_recipient_opens_its_own_slot),
        cmocka_unit_test(bad_requests_are_refused),
        cmocka_unit_test(bad_grants_are_refused),
        cmocka_unit_test(flipped_bits_do_not_open),
        cmocka_unit_test(other_user_or_name_does_not_open),
        cmocka_unit_test(key_of_another_token_does_not_open),
        cmocka_unit_test(each_sealing_is_fresh),
        cmocka_unit_test(forged_plaintext_is_refused),
        cmocka_unit_test(slot_with_another_context_is_refused),
        cmocka_unit_test(endless_name_is_an_error),
        cmocka_unit_test(private_keys_are_judged),
        cmocka_unit_test(kinds_have_names),
    };
    return cmocka_run_group_tests_name("seal", tests, start_store, NULL);
}
