/* Grants in the ring, on the real kernel: one step, strict, and nobody else's. */
#include "tests/unit/rings.h"

#include <errno.h>
#include <grp.h>
#include <time.h>

#include "keyring/grant.h"

#define DAY 86400u

static const char text[] = "https://hub.test client-1 hf_TESTrefresh";
static const uint8_t first_id[RING_ID_BYTES] = "the first token", none_id[RING_ID_BYTES];
static const uint8_t second_id[RING_ID_BYTES] = "the second one";

static struct ring_grant grant_of(const char *grant, const char *fresh)
{
    return (struct ring_grant){.due = 1790000000,
                               .expires = 1790003600,
                               .id = "the first token",
                               .grant = secret_of(grant),
                               .fresh = fresh != NULL ? secret_of(fresh) : NULL};
}

static void put_grant(ring_serial ring, const char *name, const char *grant, const char *fresh)
{
    SCOPED(ring_grant) struct ring_grant given = grant_of(grant, fresh);
    OK(ring_grant_put(ring, name, &given));
}

static void assert_grant(ring_serial ring, const char *name, const char *grant, const char *fresh)
{
    SCOPED(ring_grant) struct ring_grant got = {0};
    OK(ring_grant_get(ring, name, &got));
    assert_int_equal(got.due, 1790000000);
    assert_int_equal(got.expires, 1790003600);
    assert_memory_equal(got.id, first_id, RING_ID_BYTES);
    assert_memory_equal(got.before, none_id, RING_ID_BYTES);
    assert_secret(got.grant, grant);
    if (fresh == NULL)
        assert_null(got.fresh);
    else
        assert_secret(got.fresh, fresh);
}

static key_serial_t grant_key(ring_serial ring)
{
    return (key_serial_t)keyctl_search(ring, "user", "hf-token.grant:main", 0);
}

static void test_grants_come_back(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant none = {0};
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 9;
    assert_int_equal(ring_grant_get(ring, "main", &none), HF_ENOTFOUND);
    put_grant(ring, "main", text, NULL);
    put_grant(ring, "other", "e i r", "hf_TESTfresh");
    assert_grant(ring, "main", text, NULL);
    assert_grant(ring, "other", "e i r", "hf_TESTfresh");
    assert_int_equal(permission_of(grant_key(ring)), RING_PERMISSION);
    assert_int_equal(ring_grant_get(ring, "mai", &none), HF_ENOTFOUND);
    /* A grant is no token, whatever its name is. */
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 0);
    put(ring, "main", "hf_TESTone", 0);
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "main");
}

static void test_longest_grant(void **state)
{
    (void)state;
    static char grant[GRANT_MAX + 2], fresh[TOKEN_MAX + 2];
    ring_serial ring = fresh_ring();
    memset(grant, ' ', GRANT_MAX);
    memset(fresh, '~', TOKEN_MAX);
    put_grant(ring, "main", grant, fresh);
    assert_grant(ring, "main", grant, fresh);
    grant[GRANT_MAX] = fresh[TOKEN_MAX] = 'x';
    SCOPED(ring_grant) struct ring_grant long_grant = grant_of(grant, NULL);
    SCOPED(ring_grant) struct ring_grant long_fresh = grant_of("e i r", fresh);
    FAILS(ring_grant_put(ring, "main", &long_grant), HF_EFORMAT);
    FAILS(ring_grant_put(ring, "main", &long_fresh), HF_EFORMAT);
}

static void test_unfit_grants_are_not_put(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"e\ti r",     NULL         },
        {"e i r\n",    NULL         },
        {"\xc3\xa9 i", NULL         },
        {"e i r",      "hf_TEST 1"  },
        {"e i r",      "hf_TEST\n"  },
        {"e i r",      "hf_\xc3\xa9"}
    };
    ring_serial ring = fresh_ring();
    for (size_t i = 0; i < COUNT(bad); i++) {
        SCOPED(ring_grant) struct ring_grant grant = grant_of(bad[i][0], bad[i][1]);
        FAILS(ring_grant_put(ring, "main", &grant), HF_EFORMAT);
    }
    SCOPED(ring_grant) struct ring_grant good = grant_of(text, NULL);
    FAILS(ring_grant_put(ring, "a:b", &good), HF_ENAME);
    FAILS(ring_grant_put(ring, "", &good), HF_ENAME);
    FAILS(ring_grant_remove(ring, "../a"), HF_ENAME);
    assert_false(ring_grant_exists(ring, "main"));
}

static void test_replaced_in_one_step(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    put_grant(ring, "main", "e i one", NULL);
    key_serial_t first = grant_key(ring);
    put_grant(ring, "main", "e i two", "hf_TESTfresh");
    assert_int_not_equal(grant_key(ring), first);
    assert_grant(ring, "main", "e i two", "hf_TESTfresh");
    /* The ring, a grant: the link of the old one went with the same call that made the new one. */
    key_serial_t keys[8];
    assert_int_equal(keyctl_read(ring, (char *)keys, sizeof keys), sizeof keys[0]);
}

/* Another process reads again and again while this one replaces: it sees one or the other. */
static void test_a_reader_never_misses_it(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    put_grant(ring, "main", "e i 0", NULL);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        for (int i = 0; i < 2000; i++) {
            SCOPED(ring_grant) struct ring_grant grant = {0};
            if (ring_grant_get(ring, "main", &grant) != HF_OK)
                _exit(1);
        }
        _exit(0);
    }
    int status = -1;
    for (int i = 0; waitpid(reader, &status, WNOHANG) == 0; i++)
        put_grant(ring, "main", i % 2 == 0 ? "e i 1" : "e i 2", i % 3 == 0 ? "hf_TESTx" : NULL);
    assert_int_equal(status, 0);
}

/* The payload as somebody else would write it. */
static enum hf_error get_forged(ring_serial ring, const void *bytes, size_t length)
{
    SCOPED(ring_grant) struct ring_grant grant = {0};
    ring_serial key = 0;
    OK(key_place("user", "hf-token.grant:main", bytes, length, 0, ring, &key));
    assert_false(ring_grant_get(ring, "main", &grant) != HF_OK &&
                 ring_grant_is_due(ring, "main", UINT64_MAX));
    return ring_grant_get(ring, "main", &grant);
}

static void test_malformed_payloads(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    struct {
        struct ring_grant_header header;
        char texts[32];
    } whole =
        {
            {.version = 2, .grant_length = 5, .fresh_length = 3, .due = 1, .expires = 2},
            "e i rabc"
    },
      bad;
    const size_t header = sizeof whole.header, length = header + 8;
    OK(get_forged(ring, &whole, length));
    for (size_t i = 1; i < length; i++)
        FAILS(get_forged(ring, &whole, i), HF_EFORMAT);
    FAILS(get_forged(ring, &whole, length + 1), HF_EFORMAT);
    static const struct {
        uint32_t version, grant, fresh, zero;
    } rows[] = {
        {1, 5,               3,          0},
        {3, 5,               3,          0},
        {2, 5,               3,          1},
        {2, 0,               8,          0},
        {2, 4,               3,          0},
        {2, 6,               3,          0},
        {2, 3,               5,          0},
        {2, UINT32_MAX,      9,          0},
        {2, UINT32_MAX - 31, 3,          0},
        {2, 5,               UINT32_MAX, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        bad = whole;
        bad.header.version = rows[i].version;
        bad.header.grant_length = rows[i].grant;
        bad.header.fresh_length = rows[i].fresh;
        bad.header.zero = rows[i].zero;
        FAILS(get_forged(ring, &bad, length), HF_EFORMAT);
    }
    bad = whole;
    bad.texts[0] = '\n';
    FAILS(get_forged(ring, &bad, length), HF_EFORMAT);
    bad = whole;
    bad.texts[6] = ' ';
    FAILS(get_forged(ring, &bad, length), HF_EFORMAT);
    static char large[20000];
    FAILS(get_forged(ring, large, sizeof large), HF_EFORMAT);
}

static void test_planted_grant_is_not_taken(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant grant = {0};
    /* With the usual permissions, as nothing of ours ever has them. */
    assert_true(add_key("user", "hf-token.grant:main", "x", 1, ring) > 0);
    FAILS(ring_grant_get(ring, "main", &grant), HF_ENOTFOUND);
    assert_false(ring_grant_exists(ring, "main"));
}

static void test_when_it_is_due(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    assert_int_equal(grant_due(1000, 0), 0);
    assert_int_equal(grant_due(1000, 2000), 1900);
    assert_int_equal(grant_due(0, 30 * DAY), 29 * DAY);
    assert_int_equal(grant_due(0, 10 * DAY), 9 * DAY);
    assert_int_equal(grant_due(2000, 1000), 1000);
    assert_int_equal(grant_due(1000, 1001), 1001);
    assert_false(ring_grant_is_due(ring, "main", UINT64_MAX));
    put_grant(ring, "main", text, NULL);
    assert_false(ring_grant_is_due(ring, "main", 1789999999));
    assert_true(ring_grant_is_due(ring, "main", 1790000000));
    SCOPED(ring_grant) struct ring_grant never = grant_of(text, NULL);
    never.due = 0;
    OK(ring_grant_put(ring, "main", &never));
    assert_false(ring_grant_is_due(ring, "main", UINT64_MAX));
}

static void test_which_is_newer(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant grant = grant_of(text, NULL);
    assert_false(ring_grant_is_newer(ring, "main", first_id));
    OK(ring_grant_put(ring, "main", &grant));
    assert_false(ring_grant_is_newer(ring, "main", first_id));
    /* None before is no token of that id. */
    assert_false(ring_grant_is_newer(ring, "main", none_id));
    assert_false(ring_grant_is_of(&grant, none_id));
    assert_true(ring_grant_is_of(&grant, first_id));
    assert_false(ring_grant_is_of(&grant, second_id));
    memcpy(grant.before, second_id, sizeof grant.before);
    OK(ring_grant_put(ring, "main", &grant));
    assert_true(ring_grant_is_newer(ring, "main", second_id));
    assert_false(ring_grant_is_newer(ring, "main", first_id));
    assert_true(ring_grant_is_of(&grant, second_id));
}

/* A refresh that began with a grant: reads it, and has what will follow. */
static void begin(ring_serial ring, struct ring_grant *out_grant, struct secret **out_room)
{
    put(ring, "main", "hf_TESTold", 0);
    put_grant(ring, "main", text, NULL);
    OK(ring_grant_get(ring, "main", out_grant));
    OK(ring_grant_room(out_room));
    assert_int_equal(out_grant->key, grant_key(ring));
    out_grant->expires = 0;
    out_grant->fresh = secret_of("hf_TESTfresh");
}

static void test_updated_in_its_key(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant held = {0}, got = {0};
    SCOPED(secret) struct secret *room = NULL;
    begin(ring, &held, &room);
    memcpy(held.before, held.id, sizeof held.before);
    memcpy(held.id, second_id, sizeof held.id);
    OK(ring_grant_update(&held, room));
    OK(ring_grant_get(ring, "main", &got));
    assert_int_equal(got.key, held.key);
    assert_memory_equal(got.id, second_id, RING_ID_BYTES);
    assert_memory_equal(got.before, first_id, RING_ID_BYTES);
    assert_secret(got.fresh, "hf_TESTfresh");
    assert_int_equal(permission_of(held.key), RING_PERMISSION);
    /* The token's key stays, too, and gets its time. */
    key_serial_t token = (key_serial_t)keyctl_search(ring, "user", "hf-token:main", 0);
    OK(ring_grant_place_fresh(ring, "main", &held, 1));
    assert_token(ring, "main", "hf_TESTfresh");
    assert_int_equal(keyctl_search(ring, "user", "hf-token:main", 0), token);
    assert_int_equal(permission_of(token), RING_PERMISSION);
    held.expires = 5;
    FAILS(ring_grant_place_fresh(ring, "main", &held, 5), HF_EEXPIRED);
    held.expires = 6;
    OK(ring_grant_place_fresh(ring, "main", &held, 5));
    SCOPED(secret) struct secret *gone = NULL;
    for (int i = 0; i < 500 && ring_get(ring, "main", &gone) == HF_OK; i++) {
        secret_free(TAKE(gone));
        usleep(10000);
    }
    assert_null(gone);
    /* Its time was over; then there is none, and it comes in a key of its own. */
    held.expires = 0;
    OK(ring_grant_place_fresh(ring, "main", &held, 5));
    assert_token(ring, "main", "hf_TESTfresh");
}

static void test_ended(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant held = {0}, none = {0};
    SCOPED(secret) struct secret *room = NULL;
    begin(ring, &held, &room);
    OK(ring_grant_end(&held));
    FAILS(ring_grant_get(ring, "main", &none), HF_ENOTFOUND);
    assert_false(ring_grant_exists(ring, "main"));
    FAILS(ring_grant_end(&held), HF_ENOTFOUND);
    FAILS(ring_grant_update(&held, room), HF_ENOTFOUND);
    assert_token(ring, "main", "hf_TESTold");
    put_grant(ring, "main", text, NULL);
    assert_grant(ring, "main", text, NULL);
}

/* What another command has made of the ring meanwhile, a refresh leaves as it is. */
static void test_nothing_comes_back(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        ring_serial ring = fresh_ring();
        SCOPED(ring_grant) struct ring_grant held = {0};
        SCOPED(secret) struct secret *room = NULL, *none = NULL;
        size_t count = 0;
        begin(ring, &held, &room);
        if (i == 0)
            OK(ring_remove(ring, "main"));
        else
            OK(ring_clear_all(&count));
        enum hf_error error = ring_grant_update(&held, room);
        assert_true(error == HF_OK || error == HF_ENOTFOUND);
        FAILS(ring_grant_place_fresh(ring, "main", &held, 1), HF_ENOTFOUND);
        error = ring_grant_end(&held);
        assert_true(error == HF_OK || error == HF_ENOTFOUND);
        FAILS(ring_get(ring, "main", &none), HF_ENOTFOUND);
        assert_false(ring_grant_exists(ring, "main"));
    }
}

static void test_a_newer_one_stays(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(ring_grant) struct ring_grant held = {0};
    SCOPED(secret) struct secret *room = NULL;
    begin(ring, &held, &room);
    put_grant(ring, "main", "e i newer", NULL);
    put(ring, "main", "hf_TESTnewer", 0);
    enum hf_error error = ring_grant_update(&held, room);
    assert_true(error == HF_OK || error == HF_ENOTFOUND);
    FAILS(ring_grant_place_fresh(ring, "main", &held, 1), HF_ENOTFOUND);
    error = ring_grant_end(&held);
    assert_true(error == HF_OK || error == HF_ENOTFOUND);
    assert_grant(ring, "main", "e i newer", NULL);
    assert_token(ring, "main", "hf_TESTnewer");
}

static enum hf_error place(ring_serial ring, const char *grant, uint64_t expires)
{
    SCOPED(secret) struct secret *token = secret_of("hf_TESTplaced");
    SCOPED(secret) struct secret *with = grant != NULL ? secret_of(grant) : NULL;
    const struct ring_entry entry = {.name = "main",
                                     .id = first_id,
                                     .token = token,
                                     .grant = with,
                                     .created = 1000,
                                     .expires = expires};
    return ring_place(ring, &entry, 2000);
}

static void test_placing_both(void **state)
{
    (void)state;
    SCOPED(ring_grant) struct ring_grant got = {0};
    SCOPED(secret) struct secret *none = NULL;
    ring_serial ring = fresh_ring();
    OK(place(ring, text, 3000));
    assert_token(ring, "main", "hf_TESTplaced");
    OK(ring_grant_get(ring, "main", &got));
    assert_int_equal(got.due, 2800);
    assert_int_equal(got.expires, 3000);
    assert_memory_equal(got.id, first_id, RING_ID_BYTES);
    assert_secret(got.grant, text);
    assert_null(got.fresh);
    /* The next one of that name has none: the old one's must not refresh it. */
    OK(place(ring, NULL, 0));
    assert_token(ring, "main", "hf_TESTplaced");
    assert_false(ring_grant_exists(ring, "main"));
    OK(ring_remove(ring, "main"));
    /* Its time is over: only what brings it back. */
    OK(place(ring, text, 2000));
    FAILS(ring_get(ring, "main", &none), HF_ENOTFOUND);
    assert_true(ring_grant_is_due(ring, "main", 2000));
    FAILS(place(ring, NULL, 1999), HF_EEXPIRED);
    assert_false(ring_grant_exists(ring, "main"));
}

static void test_a_grant_outlives_its_token(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *token = secret_of("hf_TESTbrief");
    SCOPED(secret) struct secret *grant = secret_of(text);
    SCOPED(secret) struct secret *none = NULL;
    ring_serial ring = fresh_ring();
    const uint64_t now = (uint64_t)time(NULL);
    const struct ring_entry entry = {.name = "main",
                                     .id = first_id,
                                     .token = token,
                                     .grant = grant,
                                     .created = now - 100,
                                     .expires = now + 1};
    OK(ring_place(ring, &entry, now));
    enum hf_error error = HF_OK;
    for (int i = 0; i < 500 && (error = ring_get(ring, "main", &none)) == HF_OK; i++) {
        secret_free(TAKE(none));
        usleep(10000);
    }
    assert_true(error == HF_EEXPIRED || error == HF_ENOTFOUND);
    assert_true(ring_grant_is_due(ring, "main", now + 1));
    /* What logout does: no refresh afterwards. */
    OK(ring_remove(ring, "main"));
    assert_false(ring_grant_exists(ring, "main"));
}

static void test_removed_with_its_token(void **state)
{
    (void)state;
    size_t count = 0;
    ring_serial ring = fresh_ring();
    put(ring, "main", "hf_TESTone", 0);
    put_grant(ring, "main", text, NULL);
    put_grant(ring, "other", text, NULL);
    OK(ring_remove(ring, "main"));
    assert_false(ring_grant_exists(ring, "main"));
    FAILS(ring_remove(ring, "main"), HF_ENOTFOUND);
    OK(ring_remove(ring, "other"));
    assert_false(ring_grant_exists(ring, "other"));
    put_grant(ring, "main", text, NULL);
    OK(ring_grant_remove(ring, "main"));
    FAILS(ring_grant_remove(ring, "main"), HF_ENOTFOUND);
    put_grant(ring, "main", text, NULL);
    OK(ring_clear_all(&count));
    assert_false(ring_grant_exists(ring, "main"));
}

/* Somebody else, who still possesses the session keyring, as after su(1). */
static void test_another_user_gets_nothing(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    ring_serial ring = fresh_ring();
    put_grant(ring, "main", text, NULL);
    key_serial_t key = grant_key(ring);
    assert_true(key > 0);
    SCOPED(ring_grant) struct ring_grant grant = {0};
    const gid_t group = 54321;
    assert_int_equal(setgroups(1, &group), 0);
    assert_int_equal(setresgid(group, group, group), 0);
    assert_int_equal(setresuid(54321, 54321, 54321), 0);
    char bytes[64];
    assert_int_equal(keyctl_read(key, bytes, sizeof bytes), -1);
    assert_int_equal(errno, EACCES);
    assert_int_equal(keyctl_search(KEY_SPEC_SESSION_KEYRING, "user", "hf-token.grant:main", 0), -1);
    assert_int_equal(keyctl_search(ring, "user", "hf-token.grant:main", 0), -1);
    assert_int_not_equal(ring_grant_get(ring, "main", &grant), HF_OK);
    assert_false(ring_grant_exists(ring, "main"));
    assert_false(ring_grant_is_due(ring, "main", UINT64_MAX));
    assert_int_not_equal(ring_grant_remove(ring, "main"), HF_OK);
    assert_int_equal(keyctl_unlink(key, ring), -1);
    SCOPED(ring_grant) struct ring_grant other = grant_of("e i theirs", NULL);
    assert_int_not_equal(ring_grant_put(ring, "main", &other), HF_OK);
}

/* Quotas are for users: root has another one, and here a user's is used up first. */
static void test_quota_leaves_the_old_one(void **state)
{
    (void)state;
    static char filler[8192];
    if (geteuid() != 0)
        skip();
    const gid_t group = 54322;
    assert_int_equal(setgroups(1, &group), 0);
    assert_int_equal(setresgid(group, group, group), 0);
    assert_int_equal(setresuid(54322, 54322, 54322), 0);
    ring_serial ring = fresh_ring();
    put_grant(ring, "main", text, NULL);
    memset(filler, 'x', sizeof filler);
    size_t length = sizeof filler;
    for (int i = 0; i < 2000 && length > 0; i++) {
        char name[32];
        OK(text_format(name, sizeof name, "filler-%d", i));
        if (add_key("user", name, filler, length, KEY_SPEC_PROCESS_KEYRING) < 0)
            length /= 2;
    }
    assert_int_equal(length, 0);
    SCOPED(ring_grant) struct ring_grant other = grant_of("e i other", "hf_TESTfresh");
    SCOPED(ring_grant) struct ring_grant held = {0};
    SCOPED(secret) struct secret *room = NULL;
    OK(ring_grant_get(ring, "main", &held));
    OK(ring_grant_room(&room));
    FAILS(ring_grant_put(ring, "main", &other), HF_EQUOTA);
    held.fresh = secret_of("hf_TESTfresh");
    FAILS(ring_grant_update(&held, room), HF_EQUOTA);
    assert_grant(ring, "main", text, NULL);
}

#define TESTS_OF_THIS_FILE(X)                                                                      \
    X(test_grants_come_back)                                                                       \
    X(test_longest_grant)                                                                          \
    X(test_unfit_grants_are_not_put)                                                               \
    X(test_replaced_in_one_step)                                                                   \
    X(test_a_reader_never_misses_it)                                                               \
    X(test_malformed_payloads)                                                                     \
    X(test_planted_grant_is_not_taken)                                                             \
    X(test_when_it_is_due)                                                                         \
    X(test_which_is_newer)                                                                         \
    X(test_updated_in_its_key)                                                                     \
    X(test_ended)                                                                                  \
    X(test_nothing_comes_back)                                                                     \
    X(test_a_newer_one_stays)                                                                      \
    X(test_placing_both)                                                                           \
    X(test_a_grant_outlives_its_token)                                                             \
    X(test_removed_with_its_token)                                                                 \
    X(test_another_user_gets_nothing)                                                              \
    X(test_quota_leaves_the_old_one)

TESTS_OF_THIS_FILE(IN_A_CHILD)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS_OF_THIS_FILE(CHILD_ROW)};
    return cmocka_run_group_tests_name("grant", tests, stand_alone, leave_nothing);
}
