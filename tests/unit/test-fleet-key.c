/* The admin's keys: from one identity, always the same; and marks that tell each change. */
#include "tests/unit/signing.h"

#include "common/name.h"
#include "store/json.h"

static struct key_pair identity;
static struct secret *token;
static uint8_t recipients[SLOTS_MAX + 1][KEY_BYTES];

static int prepare(void **state)
{
    if (start_store(state) != 0)
        return -1;
    identity = new_pair();
    token = secret_of("hf_TEST1");
    for (size_t i = 0; i < COUNT(recipients); i++)
        memset(recipients[i], (int)i + 1, KEY_BYTES);
    return 0;
}

static int forget(void **state)
{
    (void)state;
    key_pair_clear(&identity);
    secret_free(token);
    return 0;
}

static void identity_has_one_signing_key(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair other = new_pair();
    SCOPED(signing_key) struct signing_key first = {0}, second = {0}, third = {0};
    OK(fleet_signing_key(&identity, &first));
    OK(fleet_signing_key(&identity, &second));
    OK(fleet_signing_key(&other, &third));
    assert_memory_equal(first.public_key, second.public_key, SIGNER_BYTES);
    assert_memory_not_equal(first.public_key, third.public_key, SIGNER_BYTES);
    /* Neither half of the one is a half of the other. */
    assert_memory_not_equal(first.public_key, identity.public_key, SIGNER_BYTES);
    assert_memory_not_equal(secret_view(first.secret_key), secret_view(identity.private_key),
                            KEY_BYTES);
}

struct marked {
    const char *user, *name;
    uint64_t expires;
    const char *token;
    size_t first, count; /* of the recipients */
};

static enum hf_error mark(const struct key_pair *by, const struct marked *of,
                          uint8_t out_mark[static TOKEN_MARK_BYTES])
{
    SCOPED(secret) struct secret *bytes = secret_of(of->token);
    return fleet_mark(by, of->user, of->name, of->expires, bytes,
                      (const uint8_t(*)[KEY_BYTES]) & recipients[of->first], of->count, out_mark);
}

static void mark_tells_each_change(void **state)
{
    (void)state;
    static const struct marked all[] = {
        {"alice",  "main",  0, "hf_TEST1", 0, 2},
        {"alicem", "ain",   0, "hf_TEST1", 0, 2},
        {"bob",    "main",  0, "hf_TEST1", 0, 2},
        {"alice",  "other", 0, "hf_TEST1", 0, 2},
        {"alice",  "main",  1, "hf_TEST1", 0, 2},
        {"alice",  "main",  0, "hf_TEST2", 0, 2},
        {"alice",  "main",  0, "hf_TEST",  0, 2},
        {"alice",  "main",  0, "hf_TEST1", 1, 2},
        {"alice",  "main",  0, "hf_TEST1", 0, 1},
        {"alice",  "main",  0, "hf_TEST1", 0, 8},
        {"alice",  "main",  0, "hf_TEST1", 0, 0},
    };
    uint8_t marks[COUNT(all)][TOKEN_MARK_BYTES], again[TOKEN_MARK_BYTES];
    for (size_t i = 0; i < COUNT(all); i++) {
        OK(mark(&identity, &all[i], marks[i]));
        OK(mark(&identity, &all[i], again));
        assert_memory_equal(marks[i], again, sizeof again);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(marks[i], marks[j], sizeof again);
    }
    /* Whoever has the document but not the identity cannot try tokens against it. */
    SCOPED(key_pair) struct key_pair other = new_pair();
    OK(mark(&other, &all[0], again));
    assert_memory_not_equal(marks[0], again, sizeof again);
}

static void mark_has_limits(void **state)
{
    (void)state;
    char user[USER_NAME_MAX + 1], name[TOKEN_NAME_MAX + 1], longest[TOKEN_MAX + 1], huge[600];
    uint8_t marked[TOKEN_MARK_BYTES];
    struct marked of = {user, name, JSON_NUMBER_MAX, longest, 0, SLOTS_MAX};
    memset(user, 'u', sizeof user);
    memset(name, 'n', sizeof name);
    memset(longest, 'T', sizeof longest);
    memset(huge, 'u', sizeof huge);
    user[USER_NAME_MAX] = name[TOKEN_NAME_MAX] = longest[TOKEN_MAX] = huge[599] = '\0';
    OK(mark(&identity, &of, marked));
    of.count = SLOTS_MAX + 1;
    FAILS(mark(&identity, &of, marked), HF_EFORMAT);
    of.count = 1;
    of.user = huge;
    FAILS(mark(&identity, &of, marked), HF_ENAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_has_one_signing_key),
        cmocka_unit_test(mark_tells_each_change),
        cmocka_unit_test(mark_has_limits),
    };
    return cmocka_run_group_tests_name("fleet-key", tests, prepare, forget);
}
