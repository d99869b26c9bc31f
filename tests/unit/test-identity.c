/* Identities: the password opens them and nothing else does, and no file makes Argon2id run wild.
 */
#include "tests/unit/sealed.h"

#include <sodium.h>

#include "store/identity.h"
#include "store/pack.h"

/* How often Argon2id was asked for, and whether it is to be fast and weak for once. */
static int hashed;
static bool hash_fast;

int __real_crypto_pwhash(unsigned char *out, unsigned long long out_length, const char *password,
                         unsigned long long length, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);
int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_length, const char *password,
                         unsigned long long length, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm);

int __wrap_crypto_pwhash(unsigned char *out, unsigned long long out_length, const char *password,
                         unsigned long long length, const unsigned char *salt,
                         unsigned long long passes, size_t memory, int algorithm)
{
    hashed++;
    if (!hash_fast)
        return __real_crypto_pwhash(out, out_length, password, length, salt, passes, memory,
                                    algorithm);
    struct pack pack = {0};
    pack_bytes(&pack, salt, IDENTITY_SALT_BYTES);
    pack_u64(&pack, passes);
    pack_u64(&pack, memory);
    pack_bytes(&pack, (const uint8_t *)password, length < 256 ? (size_t)length : 256);
    return crypto_generichash(out, (size_t)out_length, pack.bytes, pack.length, NULL, 0);
}

static int hash_in_earnest(void **state)
{
    (void)state;
    hash_fast = false;
    hashed = 0;
    return 0;
}

static int hash_quickly(void **state)
{
    (void)state;
    hash_fast = true;
    hashed = 0;
    return 0;
}

static struct identity wrapped_for(const struct key_pair *pair, const char *password)
{
    struct identity identity = {0};
    SCOPED(secret) struct secret *secret = secret_of(password);
    OK(identity_wrap("alice", pair, secret, &identity));
    return identity;
}

static enum hf_error unwrap(const struct identity *identity, const char *user, const char *password)
{
    SCOPED(secret) struct secret *secret = secret_of(password);
    SCOPED(key_pair) struct key_pair pair = {0};
    enum hf_error error = identity_unwrap(user, identity, secret, &pair);
    assert_int_equal(pair.private_key != NULL, error == HF_OK);
    return error;
}

static void password_opens_in_earnest(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair(), opened = {0};
    SCOPED(secret) struct secret *password = secret_of("correct horse");
    struct identity identity = wrapped_for(&pair, "correct horse");
    assert_int_equal(identity.memory_kib, 65536);
    assert_int_equal(identity.passes, 3);
    assert_int_equal(hashed, 1);
    OK(identity_unwrap("alice", &identity, password, &opened));
    assert_memory_equal(opened.public_key, pair.public_key, KEY_BYTES);
    assert_memory_equal(secret_view(opened.private_key), secret_view(pair.private_key), KEY_BYTES);
    FAILS(unwrap(&identity, "alice", "correct horsf"), HF_EPASSWORD);
    assert_int_equal(hashed, 3);
}

/* RFC 9106's function with the parameters of what we write. */
static void argon2id_gives_the_known_answer(void **state)
{
    (void)state;
    uint8_t out[32], salt[16];
    char hex[65];
    memset(salt, 1, sizeof salt);
    assert_int_equal(crypto_pwhash(out, sizeof out, "correct horse", 13, salt, IDENTITY_PASSES,
                                   IDENTITY_MEMORY_KIB * 1024UL, crypto_pwhash_ALG_ARGON2ID13),
                     0);
    sodium_bin2hex(hex, sizeof hex, out, sizeof out);
    assert_memory_equal(hex, "dcc3ec3c", 8);
    assert_string_equal(hex + 60, "ced3");
}

static void each_wrapping_is_fresh(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity one = wrapped_for(&pair, "correct horse");
    struct identity two = wrapped_for(&pair, "correct horse");
    assert_memory_not_equal(one.salt, two.salt, sizeof one.salt);
    assert_memory_not_equal(one.nonce, two.nonce, sizeof one.nonce);
    assert_memory_not_equal(one.wrapped, two.wrapped, sizeof one.wrapped);
    assert_memory_equal(one.public_key, two.public_key, KEY_BYTES);
}

static void passwords_are_bounded(void **state)
{
    (void)state;
    char longest[PASSWORD_MAX + 2];
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity identity = {0};
    memset(longest, 'x', sizeof longest);
    longest[PASSWORD_MAX + 1] = '\0';
    SCOPED(secret) struct secret *too_long = secret_of(longest);
    SCOPED(secret) struct secret *empty = NULL;
    OK(secret_new(1, &empty));
    FAILS(identity_wrap("alice", &pair, too_long, &identity), HF_EPASSWORD);
    FAILS(identity_wrap("alice", &pair, empty, &identity), HF_EPASSWORD);
    FAILS(identity_wrap(longest, &pair, too_long, &identity), HF_ENAME);
    assert_int_equal(hashed, 0);
    FAILS(identity_unwrap(longest, &identity, too_long, &pair), HF_ENAME);
    longest[PASSWORD_MAX] = '\0';
    identity = wrapped_for(&pair, longest);
    OK(unwrap(&identity, "alice", longest));
    FAILS(identity_unwrap("alice", &identity, too_long, &pair), HF_EPASSWORD);
    FAILS(identity_unwrap("alice", &identity, empty, &pair), HF_EPASSWORD);
    assert_int_equal(hashed, 2);
}

static void flipped_bits_do_not_open(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity identity = wrapped_for(&pair, "correct horse");
    uint8_t *bytes = (uint8_t *)&identity;
    size_t refused = 0;
    for (size_t bit = 0; bit < sizeof identity * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        enum hf_error error = unwrap(&identity, "alice", "correct horse");
        assert_true(error == HF_EPASSWORD || error == HF_ECOST);
        refused += error == HF_ECOST;
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_true(refused > 0 && refused < 64);
    OK(unwrap(&identity, "alice", "correct horse"));
    FAILS(unwrap(&identity, "bob", "correct horse"), HF_EPASSWORD);
    FAILS(unwrap(&identity, "alic", "correct horse"), HF_EPASSWORD);
}

/* Argon2id must not even begin: 4 TiB of memory would be the end of the machine. */
static void hostile_costs_are_refused_before_they_are_paid(void **state)
{
    (void)state;
    static const struct {
        uint32_t memory_kib, passes;
        enum hf_error error;
    } costs[] = {
        {19456,      1,          HF_EPASSWORD},
        {262144,     8,          HF_EPASSWORD},
        {19455,      3,          HF_ECOST    },
        {262145,     3,          HF_ECOST    },
        {0,          3,          HF_ECOST    },
        {UINT32_MAX, 3,          HF_ECOST    },
        {65536,      0,          HF_ECOST    },
        {65536,      9,          HF_ECOST    },
        {65536,      UINT32_MAX, HF_ECOST    },
    };
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity identity = wrapped_for(&pair, "correct horse");
    hashed = 0;
    for (size_t i = 0; i < COUNT(costs); i++) {
        identity.memory_kib = costs[i].memory_kib;
        identity.passes = costs[i].passes;
        FAILS(unwrap(&identity, "alice", "correct horse"), costs[i].error);
    }
    assert_int_equal(hashed, 2);
}

/* Whoever knows the password can wrap any key; it must still be the public one's. */
static void private_key_of_another_is_refused(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair(), other = new_pair();
    struct key_pair mixed = {.private_key = other.private_key};
    memcpy(mixed.public_key, pair.public_key, KEY_BYTES);
    struct identity identity = wrapped_for(&mixed, "correct horse");
    FAILS(unwrap(&identity, "alice", "correct horse"), HF_EALTERED);
    memset(secret_bytes(other.private_key), 0, KEY_BYTES);
    identity = wrapped_for(&mixed, "correct horse");
    FAILS(unwrap(&identity, "alice", "correct horse"), HF_EALTERED);
}

static char *print(const struct identity *identity)
{
    char *text = NULL;
    size_t length = 0;
    OK(identity_print("alice", identity, &text, &length));
    assert_int_equal(length, strlen(text));
    return text;
}

static enum hf_error parse(const char *text, size_t length)
{
    struct identity identity = {.passes = 99};
    enum hf_error error = identity_parse(text, length, "alice", &identity);
    if (error != HF_OK)
        assert_int_equal(identity.passes, 99);
    return error;
}

static void text_comes_back(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity identity = wrapped_for(&pair, "correct horse"), again;
    SCOPED(text) char *text = print(&identity);
    OK(identity_parse(text, strlen(text), "alice", &again));
    assert_memory_equal(&again, &identity, sizeof again);
    FAILS(identity_parse(text, strlen(text), "bob", &again), HF_EUSER);
    for (size_t length = 0; length < strlen(text) - 1; length++)
        FAILS(parse(text, length), HF_EJSON);
}

static void text_is_judged(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        enum hf_error error;
    } changes[] = {
        {"\"version\": 1",      "\"version\": 2",                                 HF_EVERSION  },
        {"\"version\": 1,",     "",                                               HF_EFORMAT   },
        {"\"user\": \"alice\"", "\"user\": \"bob\"",                              HF_EUSER     },
        {"\"user\": \"alice\"", "\"user\": \"alice\", \"x\": 1",                  HF_EFORMAT   },
        {"\"user\": \"alice\"", "\"user\": \"alice\", \"\\u0075ser\": \"alice\"", HF_EDUPLICATE},
        {"\"memory\": 65536",   "\"memory\": 4294967296",                         HF_ECOST     },
        {"\"memory\": 65536",   "\"memory\": 4295032832",                         HF_ECOST     },
        {"\"memory\": 65536",   "\"memory\": 0",                                  HF_ECOST     },
        {"\"memory\": 65536",   "\"memory\": 262145",                             HF_ECOST     },
        {"\"memory\": 65536",   "\"memory\": -1",                                 HF_EJSON     },
        {"\"memory\": 65536",   "\"memory\": 65536.0",                            HF_EJSON     },
        {"\"memory\": 65536",   "\"memory\": \"65536\"",                          HF_EFORMAT   },
        {"\"passes\": 3",       "\"passes\": 4294967299",                         HF_ECOST     },
        {"\"passes\": 3",       "\"passes\": 9",                                  HF_ECOST     },
        {"\"passes\": 3",       "\"passes\": null",                               HF_EFORMAT   },
        {"\"public\": \"",      "\"public\": \"AAAA",                             HF_EFORMAT   },
        {"\"salt\": \"",        "\"salt\": \"AAAA",                               HF_EFORMAT   },
        {"\"nonce\": \"",       "\"nonce\": \"AAAA",                              HF_EFORMAT   },
        {"\"wrapped\": \"",     "\"wrapped\": \"AAAA",                            HF_EFORMAT   },
        {"\"public\"",          "\"Public\"",                                     HF_EFORMAT   },
        {"\"salt\"",            "\"salt\\u0000\"",                                HF_EJSON     },
        {"\"passes\": 3",       "\"passes\": 1",                                  HF_OK        },
        {"\"memory\": 65536",   "\"memory\": 19456",                              HF_OK        },
    };
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct identity identity = wrapped_for(&pair, "correct horse");
    SCOPED(text) char *text = print(&identity);
    for (size_t i = 0; i < COUNT(changes); i++) {
        SCOPED(text) char *changed = replaced(text, changes[i].from, changes[i].to);
        FAILS(parse(changed, strlen(changed)), changes[i].error);
    }
}

#define QUICK(test) cmocka_unit_test_setup(test, hash_quickly)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(password_opens_in_earnest, hash_in_earnest),
        cmocka_unit_test_setup(argon2id_gives_the_known_answer, hash_in_earnest),
        QUICK(each_wrapping_is_fresh),
        QUICK(passwords_are_bounded),
        QUICK(flipped_bits_do_not_open),
        QUICK(hostile_costs_are_refused_before_they_are_paid),
        QUICK(private_key_of_another_is_refused),
        QUICK(text_comes_back),
        QUICK(text_is_judged),
    };
    return cmocka_run_group_tests_name("identity", tests, start_store, NULL);
}
