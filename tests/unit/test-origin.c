/* Where tokens came from, on the real kernel: what a refresh does with them, and what it leaves to
   the user. */
#include "tests/unit/rings.h"

#include <signal.h>
#include <stdio.h>

#include "keyring/grant.h"
#include "keyring/origin.h"

#define DAY 86400u

static const struct ring_origin etcd = {.version = RING_ORIGIN_VERSION,
                                        .state = ORIGIN_PLACED,
                                        .generation = 7,
                                        .confirmed = 1000,
                                        .lifetime = 600,
                                        .key = ORIGIN_KEY_POOL,
                                        .asked = 1,
                                        .id = "the first token",
                                        .source = "etcd",
                                        .recipient = "the public key of some pool",
                                        .token_expires = 90000};

static struct ring_origin second(void)
{
    struct ring_origin origin = etcd;
    memcpy(origin.id, "the second one", sizeof "the second one");
    origin.generation = 8;
    return origin;
}

static void place(ring_serial ring, const char *name, const char *text)
{
    SCOPED(secret) struct secret *token = secret_of(text);
    OK(ring_origin_place(ring, name, token, &etcd, 1100));
}

static void assert_origin(ring_serial ring, const char *name, const struct ring_origin *wanted)
{
    struct ring_origin got;
    OK(ring_origin_get(ring, name, &got));
    assert_memory_equal(&got, wanted, sizeof got);
}

static key_serial_t origin_key(ring_serial ring)
{
    return (key_serial_t)keyctl_search(ring, "user", "hf-token.origin:main", 0);
}

/* /proc/keys has the time that a key has left, "2h" or "perm". */
static void assert_left(ring_serial ring, const char *name, const char *wanted)
{
    char line[512], left[32], serial[16];
    ring_serial key = 0;
    OK(ring_token_key(ring, name, &key));
    FILE *keys = fopen("/proc/keys", "r");
    assert_non_null(keys);
    snprintf(serial, sizeof serial, "%08x", (unsigned)key);
    left[0] = '\0';
    while (fgets(line, sizeof line, keys) != NULL)
        if (strncmp(line, serial, 8) == 0)
            assert_int_equal(sscanf(line, "%*s %*s %*s %31s", left), 1);
    fclose(keys);
    assert_string_equal(left, wanted);
}

static void test_origins_come_back(void **state)
{
    (void)state;
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    struct ring_origin none;
    size_t count = 9;
    ring_serial ring = fresh_ring();
    FAILS(ring_origin_get(ring, "main", &none), HF_ENOTFOUND);
    OK(ring_origin_put(ring, "main", &etcd));
    assert_origin(ring, "main", &etcd);
    assert_int_equal(permission_of(origin_key(ring)), RING_PERMISSION);
    FAILS(ring_origin_get(ring, "mai", &none), HF_ENOTFOUND);
    FAILS(ring_origin_get(ring, "a:b", &none), HF_ENAME);
    FAILS(ring_origin_put(ring, "a:b", &etcd), HF_ENAME);
    /* An origin is no token. */
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 0);
    put(ring, "other", "hf_TESTother", 0);
    OK(ring_origin_names(ring, names, &count));
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "main");
    OK(ring_origin_remove(ring, "main"));
    FAILS(ring_origin_remove(ring, "main"), HF_ENOTFOUND);
    OK(ring_origin_names(ring, names, &count));
    assert_int_equal(count, 0);
}

static void put_bytes(ring_serial ring, const void *bytes, size_t length)
{
    ring_serial key = 0;
    OK(key_place("user", "hf-token.origin:main", bytes, length, 0, ring, &key));
}

static void test_a_malformed_origin_is_none(void **state)
{
    (void)state;
    struct ring_origin got;
    ring_serial ring = fresh_ring();
    struct ring_origin rows[9];
    for (size_t i = 0; i < COUNT(rows); i++)
        rows[i] = etcd;
    rows[0].version = 1;
    rows[1].version = 3;
    rows[2].state = 0;
    rows[3].state = ORIGIN_STATE_COUNT;
    rows[4].key = ORIGIN_KEY_COUNT;
    rows[5].asked = 2;
    memset(rows[6].source, 0, sizeof rows[6].source);
    memcpy(rows[7].source, "../etcd", sizeof "../etcd");
    memset(rows[8].source, 'a', sizeof rows[8].source);
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_bytes(ring, &rows[i], sizeof rows[i]);
        FAILS(ring_origin_get(ring, "main", &got), HF_EFORMAT);
    }
    for (size_t length = 1; length <= sizeof etcd + 1; length++) {
        char bytes[sizeof etcd + 1] = {0};
        memcpy(bytes, &etcd, sizeof etcd);
        put_bytes(ring, bytes, length);
        enum hf_error wanted = length == sizeof etcd ? HF_OK : HF_EFORMAT;
        assert_int_equal(ring_origin_get(ring, "main", &got), wanted);
    }
}

/* A session that was opened before an upgrade. */
static void test_an_origin_of_version_1_is_read(void **state)
{
    (void)state;
    enum { FIRST = offsetof(struct ring_origin, recipient) };
    ring_serial ring = fresh_ring();
    struct ring_origin got, first = etcd, longer = etcd;
    memset(first.recipient, 0, sizeof first.recipient);
    first.key = ORIGIN_KEY_UNKNOWN;
    first.asked = 0;
    first.token_expires = first.expires;
    place(ring, "main", "hf_TESTone");
    for (uint32_t number = 1; number <= 2; number++) {
        first.version = 1;
        first.state = number;
        put_bytes(ring, &first, FIRST);
        first.version = RING_ORIGIN_VERSION;
        assert_origin(ring, "main", &first);
    }
    /* What it did not have, and what was of that length in no version. */
    first.version = 1;
    first.key = ORIGIN_KEY_HOST;
    put_bytes(ring, &first, FIRST);
    FAILS(ring_origin_get(ring, "main", &got), HF_EFORMAT);
    first.key = ORIGIN_KEY_UNKNOWN;
    first.asked = 1;
    put_bytes(ring, &first, FIRST);
    FAILS(ring_origin_get(ring, "main", &got), HF_EFORMAT);
    first.asked = 0;
    put_bytes(ring, &etcd, FIRST);
    FAILS(ring_origin_get(ring, "main", &got), HF_EFORMAT);
    /* An extension makes it one of today's. */
    put_bytes(ring, &first, FIRST);
    longer.confirmed = 1500;
    OK(ring_origin_extend(ring, "main", &longer, 1100));
    assert_token(ring, "main", "hf_TESTone");
    assert_origin(ring, "main", &longer);
}

static void test_the_end(void **state)
{
    (void)state;
    static const struct {
        uint64_t expires, confirmed;
        uint32_t lifetime;
        uint64_t end;
    } rows[] = {
        {0,    1000, 0,          0                   },
        {0,    1000, 600,        1600                },
        {1500, 1000, 600,        1500                },
        {1700, 1000, 600,        1600                },
        {1700, 1000, 0,          1700                },
        {0,    1000, UINT32_MAX, 1000ULL + UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ring_origin origin = {.expires = rows[i].expires,
                                           .confirmed = rows[i].confirmed,
                                           .lifetime = rows[i].lifetime};
        assert_int_equal(ring_origin_end(&origin), rows[i].end);
    }
}

/* A key that is asked for in the last second, and comes later, must not be one without end. */
static void test_what_is_left(void **state)
{
    (void)state;
    struct ring_origin origin = etcd;
    unsigned left = 7;
    OK(ring_origin_left(&origin, 1599, &left));
    assert_int_equal(left, 1);
    FAILS(ring_origin_left(&origin, 1600, &left), HF_EEXPIRED);
    FAILS(ring_origin_left(&origin, 1601, &left), HF_EEXPIRED);
    assert_int_equal(left, 1);
    origin.lifetime = 0;
    OK(ring_origin_left(&origin, 1601, &left));
    assert_int_equal(left, 0);
    origin.expires = UINT64_MAX;
    OK(ring_origin_left(&origin, 1601, &left));
    assert_int_equal(left, UINT32_MAX);
}

static void test_a_token_is_placed_with_its_origin(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *token = secret_of("hf_TESTtwo");
    place(ring, "main", "hf_TESTone");
    assert_token(ring, "main", "hf_TESTone");
    assert_origin(ring, "main", &etcd);
    assert_left(ring, "main", "8m");
    /* 1600 is its end. */
    FAILS(ring_origin_place(ring, "main", token, &etcd, 1600), HF_EEXPIRED);
    assert_token(ring, "main", "hf_TESTone");
    struct ring_origin endless = etcd;
    endless.lifetime = 0;
    OK(ring_origin_place(ring, "main", token, &endless, 1600));
    assert_left(ring, "main", "perm");
}

static void test_an_entry_has_an_origin(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *token = secret_of("hf_TESTone");
    struct ring_entry entry = {
        .name = "main", .id = etcd.id, .token = token, .origin = &etcd, .expires = DAY};
    OK(ring_place(ring, &entry, 1100));
    assert_origin(ring, "main", &etcd);
    assert_left(ring, "main", "8m");
    /* The user's own takes its place, and has none. */
    struct ring_origin none;
    entry.origin = NULL;
    OK(ring_place(ring, &entry, 1100));
    FAILS(ring_origin_get(ring, "main", &none), HF_ENOTFOUND);
    place(ring, "main", "hf_TESTone");
    put(ring, "main", "hf_TESTown", 0);
    FAILS(ring_origin_get(ring, "main", &none), HF_ENOTFOUND);
    place(ring, "main", "hf_TESTone");
    OK(ring_remove(ring, "main"));
    FAILS(ring_origin_get(ring, "main", &none), HF_ENOTFOUND);
}

static void test_a_token_is_extended(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    struct ring_origin longer = etcd, gone = etcd;
    longer.confirmed = 1000 + 2 * 3600;
    place(ring, "main", "hf_TESTone");
    OK(ring_origin_extend(ring, "main", &longer, 1100));
    assert_left(ring, "main", "2h");
    assert_origin(ring, "main", &longer);
    longer.lifetime = 0;
    OK(ring_origin_extend(ring, "main", &longer, 1100));
    assert_left(ring, "main", "perm");
    FAILS(ring_origin_extend(ring, "main", &gone, 1600), HF_EEXPIRED);
    assert_left(ring, "main", "perm");
    assert_origin(ring, "main", &longer);
    /* A token that is there no more. */
    long key = keyctl_search(ring, "user", "hf-token:main", 0);
    assert_int_equal(keyctl_unlink((key_serial_t)key, ring), 0);
    FAILS(ring_origin_extend(ring, "main", &longer, 1100), HF_EEXPIRED);
}

static void test_a_token_is_exchanged(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *token = secret_of("hf_TESTtwo");
    struct ring_origin origin = second();
    ring_serial old = 0, new = 0;
    place(ring, "main", "hf_TESTone");
    OK(ring_token_key(ring, "main", &old));
    assert_int_equal(keyctl_link(old, KEY_SPEC_PROCESS_KEYRING), 0);
    OK(ring_origin_exchange(ring, "main", token, &origin, 1100));
    assert_token(ring, "main", "hf_TESTtwo");
    /* Another key, which never was without its end; the old one is none, wherever it is linked. */
    OK(ring_token_key(ring, "main", &new));
    assert_int_not_equal(new, old);
    assert_int_equal(keyctl_read(old, NULL, 0), -1);
    assert_origin(ring, "main", &origin);
    assert_left(ring, "main", "8m");
    /* The time of the one before is over. */
    long key = keyctl_search(ring, "user", "hf-token:main", 0);
    assert_int_equal(keyctl_invalidate((key_serial_t)key), 0);
    OK(ring_origin_exchange(ring, "main", token, &etcd, 1100));
    assert_token(ring, "main", "hf_TESTtwo");
    assert_origin(ring, "main", &etcd);
    assert_left(ring, "main", "8m");
    FAILS(ring_origin_exchange(ring, "main", token, &etcd, 1600), HF_EEXPIRED);
}

static void test_a_token_is_ended(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *none = NULL;
    struct ring_origin ended = etcd;
    place(ring, "other", "hf_TESTother");
    for (uint32_t how = ORIGIN_REVOKED; how < ORIGIN_STATE_COUNT; how++) {
        place(ring, "main", "hf_TESTone");
        ended.state = how;
        for (int i = 0; i < 2; i++) {
            OK(ring_origin_end_token(ring, "main", &ended));
            FAILS(ring_get(ring, "main", &none), HF_ENOTFOUND);
            assert_origin(ring, "main", &ended);
        }
    }
    assert_token(ring, "other", "hf_TESTother");
    assert_origin(ring, "other", &etcd);
}

static void test_what_has_no_origin_is_left_alone(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *token = secret_of("hf_TESTtwo");
    struct ring_origin revoked = etcd;
    revoked.state = ORIGIN_REVOKED;
    place(ring, "main", "hf_TESTone");
    put(ring, "main", "hf_TESTown", 0);
    FAILS(ring_origin_extend(ring, "main", &etcd, 1100), HF_ENOTFOUND);
    FAILS(ring_origin_exchange(ring, "main", token, &etcd, 1100), HF_ENOTFOUND);
    FAILS(ring_origin_end_token(ring, "main", &revoked), HF_ENOTFOUND);
    assert_token(ring, "main", "hf_TESTown");
    assert_left(ring, "main", "perm");
    assert_int_equal(origin_key(ring), -1);
}

/* The user's own token comes again and again while a login and a refresh place the other: as long
   as it is there it has no origin. */
static void test_nobody_takes_the_users_own(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    struct ring_origin got;
    const pid_t pid = fork();
    if (pid == 0)
        for (;;) {
            SCOPED(secret) struct secret *token = secret_of("hf_TESTadmin");
            struct ring_origin origin = second();
            (void)!ring_origin_place(ring, "main", token, &etcd, 1100);
            (void)!ring_origin_exchange(ring, "main", token, &origin, 1100);
            (void)!ring_origin_extend(ring, "main", &origin, 1100);
        }
    for (int i = 0; i < 2000; i++) {
        SCOPED(secret) struct secret *token = NULL;
        put(ring, "main", "hf_TESTown", 0);
        kill(pid, SIGSTOP);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
        if (ring_get(ring, "main", &token) == HF_OK &&
            secret_length(token) == strlen("hf_TESTown") &&
            ring_origin_get(ring, "main", &got) == HF_OK) {
            /* It is on its way with its own. */
            static const uint8_t nothing[RING_ID_BYTES];
            assert_memory_equal(got.id, nothing, sizeof got.id);
        }
        kill(pid, SIGCONT);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}

#define TESTS(X)                                                                                   \
    X(test_origins_come_back)                                                                      \
    X(test_a_malformed_origin_is_none)                                                             \
    X(test_an_origin_of_version_1_is_read)                                                         \
    X(test_a_token_is_placed_with_its_origin)                                                      \
    X(test_an_entry_has_an_origin)                                                                 \
    X(test_a_token_is_extended)                                                                    \
    X(test_a_token_is_exchanged)                                                                   \
    X(test_a_token_is_ended)                                                                       \
    X(test_what_has_no_origin_is_left_alone)                                                       \
    X(test_nobody_takes_the_users_own)
TESTS(IN_A_CHILD)

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_end),
                                       cmocka_unit_test(test_what_is_left), TESTS(CHILD_ROW)};
    return cmocka_run_group_tests(tests, stand_alone, leave_nothing);
}
