/* The ring, the session keyring and the stash, on the real kernel. Each test has a process of its
 * own. */
#include "tests/unit/rings.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "common/io.h"
#include "keyring/stash.h"

static void test_stand_in_is_no_session(void **state)
{
    (void)state;
    ring_serial ring = 0;
    bool linked = false;
    /* A revoked session keyring is none. */
    assert_int_equal(keyctl_revoke(fresh_session()), 0);
    assert_false(session_belongs_to(geteuid()));
    assert_int_equal(ring_ensure(&ring, &linked), HF_ENOSESSION);
    assert_int_equal(ring, 0);
}

static void test_session_of_another(void **state)
{
    (void)state;
    fresh_session();
    assert_true(session_belongs_to(geteuid()));
    assert_false(session_belongs_to(geteuid() + 1));
}

static void test_only_the_owner_has_permissions(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    put(ring, "main", "hf_TESTone", 0);
    OK(ring_set_default(ring, "main"));
    assert_int_equal(permission_of(ring), RING_PERMISSION);
    static const char *const keys[] = {"hf-token:main", "hf-token.default"};
    for (size_t i = 0; i < 2; i++) {
        long key = keyctl_search(ring, "user", keys[i], 0);
        assert_true(key > 0);
        assert_int_equal(permission_of((ring_serial)key), RING_PERMISSION);
    }
    long pointer = keyctl_search(KEY_SPEC_USER_KEYRING, "user", RING_POINTER, 0);
    assert_true(pointer > 0);
    assert_int_equal(permission_of((ring_serial)pointer), RING_PERMISSION);
}

static void test_tokens_come_back(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 0;
    SCOPED(secret) struct secret *none = NULL;
    put(ring, "one", "hf_TESTone", 0);
    put(ring, "two", "hf_TESTtwo", 0);
    put(ring, "one", "hf_TESTanother", 0);
    OK(ring_set_default(ring, "two"));
    assert_token(ring, "one", "hf_TESTanother");
    assert_token(ring, "two", "hf_TESTtwo");
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 2);
    OK(ring_remove(ring, "one"));
    assert_int_equal(ring_get(ring, "one", &none), HF_ENOTFOUND);
    assert_int_equal(ring_remove(ring, "one"), HF_ENOTFOUND);
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "two");
}

static void test_names_are_checked(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *token = secret_of("hf_TESTone");
    SCOPED(secret) struct secret *none = NULL;
    assert_int_equal(ring_put(ring, "a:b", token, 0), HF_ENAME);
    assert_int_equal(ring_get(ring, "../a", &none), HF_ENAME);
    assert_int_equal(ring_set_default(ring, ""), HF_ENAME);
}

static void test_default(void **state)
{
    (void)state;
    char name[TOKEN_NAME_MAX + 1] = "untouched";
    ring_serial ring = fresh_ring();
    assert_int_equal(ring_default(ring, name), HF_ENOTFOUND);
    assert_string_equal(name, "untouched");
    OK(ring_set_default(ring, "one"));
    OK(ring_set_default(ring, "another"));
    OK(ring_default(ring, name));
    assert_string_equal(name, "another");
}

static void test_a_token_expires(void **state)
{
    (void)state;
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 9;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *none = NULL;
    put(ring, "brief", "hf_TESTbrief", 1);
    assert_token(ring, "brief", "hf_TESTbrief");
    sleep(2);
    enum hf_error error = ring_get(ring, "brief", &none);
    assert_true(error == HF_EEXPIRED || error == HF_ENOTFOUND);
    OK(ring_names(ring, names, &count));
    assert_int_equal(count, 0);
}

static void test_second_ensure_finds_the_first(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring(), again = 0;
    bool linked = true;
    OK(ring_ensure(&again, &linked));
    assert_int_equal(again, ring);
    assert_false(linked);
}

static void test_ways_to_the_ring(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring(), found = 0, session = 0;
    enum ring_way way;
    bool linked = false;
    /* The ring lives through a link that this process does not look at. */
    OK(ring_find(&found, &way));
    assert_int_equal(way, RING_BY_SESSION);
    assert_true(keyctl_link(ring, KEY_SPEC_PROCESS_KEYRING) == 0);
    OK(session_join(geteuid(), getegid(), &session));
    OK(ring_find(&found, &way));
    assert_int_equal(way, RING_BY_POINTER);
    assert_int_equal(found, ring);
    forget_pointer();
    OK(ring_find(&found, &way));
    assert_int_equal(way, RING_BY_LISTING);
    assert_int_equal(found, ring);
    OK(ring_ensure(&found, &linked));
    assert_int_equal(found, ring);
    assert_true(linked);
    OK(ring_find(&found, &way));
    assert_int_equal(way, RING_BY_SESSION);
}

static void test_planted_rings_are_not_taken(void **state)
{
    (void)state;
    ring_serial found = 0;
    enum ring_way way;
    fresh_session();
    /* As somebody would plant it who wants others to read it: with the usual permissions. */
    key_serial_t planted = add_key("keyring", RING_DESCRIPTION, NULL, 0, KEY_SPEC_SESSION_KEYRING);
    assert_true(planted > 0);
    assert_int_equal(ring_find(&found, &way), HF_ENOTFOUND);
    char text[16];
    OK(text_format(text, sizeof text, "%d", planted));
    assert_true(add_key("user", RING_POINTER, text, strlen(text), KEY_SPEC_USER_KEYRING) > 0);
    assert_int_equal(ring_find(&found, &way), HF_ENOTFOUND);
}

static void test_wild_pointers(void **state)
{
    (void)state;
    static const char *const wild[] = {"0", "-3", "99999999999", "12x", " 12", "2147483647", "7"};
    ring_serial found = 0;
    enum ring_way way;
    fresh_session();
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        assert_true(add_key("user", RING_POINTER, wild[i], strlen(wild[i]), KEY_SPEC_USER_KEYRING) >
                    0);
        assert_int_equal(ring_find(&found, &way), HF_ENOTFOUND);
    }
    /* The serial of some other key of ours. */
    char text[16];
    OK(text_format(text, sizeof text, "%d", session_serial()));
    assert_true(add_key("user", RING_POINTER, text, strlen(text), KEY_SPEC_USER_KEYRING) > 0);
    assert_int_equal(ring_find(&found, &way), HF_ENOTFOUND);
}

static void test_the_last_session_takes_it_along(void **state)
{
    (void)state;
    struct key_about about;
    ring_serial ring = fresh_ring(), session = 0;
    put(ring, "main", "hf_TESTone", 0);
    key_serial_t key = (key_serial_t)keyctl_search(ring, "user", "hf-token:main", 0);
    assert_true(key > 0);
    OK(session_join(geteuid(), getegid(), &session));
    enum hf_error error = HF_OK;
    for (int i = 0; i < 200 && (error = key_describe(key, &about)) == HF_OK; i++)
        usleep(10000);
    assert_int_equal(error, HF_ENOTFOUND);
    assert_int_equal(key_describe(ring, &about), HF_ENOTFOUND);
}

static void test_lock_empties_all_rings(void **state)
{
    (void)state;
    size_t count = 0;
    ring_serial session = 0, second = 0, first = fresh_ring();
    bool linked;
    SCOPED(secret) struct secret *none = NULL;
    put(first, "main", "hf_TESTone", 0);
    assert_true(keyctl_link(first, KEY_SPEC_PROCESS_KEYRING) == 0);
    /* A second ring, as two first logins at the same moment would leave it. */
    OK(session_join(geteuid(), getegid(), &session));
    OK(key_place("keyring", RING_DESCRIPTION, NULL, 0, 0, KEY_SPEC_SESSION_KEYRING, &second));
    OK(ring_ensure(&second, &linked));
    assert_int_not_equal(first, second);
    put(second, "main", "hf_TESTtwo", 0);
    OK(ring_clear_all(&count));
    assert_int_equal(count, 2);
    assert_int_equal(ring_get(first, "main", &none), HF_ENOTFOUND);
    assert_int_equal(ring_get(second, "main", &none), HF_ENOTFOUND);
}

static void test_close_undoes_the_link(void **state)
{
    (void)state;
    ring_serial found = 0;
    enum ring_way way;
    ring_serial ring = fresh_ring();
    session_unlink(session_serial() + 1, ring);
    OK(ring_find(&found, &way));
    session_unlink(session_serial(), ring);
    forget_pointer();
    assert_int_equal(keyctl_search(KEY_SPEC_SESSION_KEYRING, "keyring", RING_DESCRIPTION, 0), -1);
    session_revoke(session_serial() + 1);
    assert_true(session_belongs_to(geteuid()));
    session_revoke(session_serial());
    assert_false(session_belongs_to(geteuid()));
}

static void test_stash(void **state)
{
    (void)state;
    ring_serial serial = 0;
    SCOPED(secret) struct secret *password = secret_of("TEST pass word");
    SCOPED(secret) struct secret *back = NULL;
    fresh_session();
    OK(stash_put("alice", password, &serial));
    assert_int_equal(permission_of(serial), RING_PERMISSION);
    assert_int_equal(stash_take("bob", serial, &back), HF_EUSER);
    assert_int_equal(stash_take("lice", serial, &back), HF_EUSER);
    assert_null(back);
    OK(stash_take("alice", serial, &back));
    assert_int_equal(secret_length(back), 14);
    assert_memory_equal(secret_view(back), "TEST pass word", 14);
    SCOPED(secret) struct secret *twice = NULL;
    assert_int_not_equal(stash_take("alice", serial, &twice), HF_OK);
}

static void test_stash_takes_no_other_key(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    SCOPED(secret) struct secret *back = NULL;
    put(ring, "main", "hf_TESTone", 0);
    ring_serial key = (ring_serial)keyctl_search(ring, "user", "hf-token:main", 0);
    assert_int_equal(stash_take("main", key, &back), HF_EUSER);
    assert_token(ring, "main", "hf_TESTone");
    /* One that looks right, but that more than its owner can reach. */
    key_serial_t open = add_key("user", "hf-token.authtok:0123456789abcdef:alice", "x", 1,
                                KEY_SPEC_SESSION_KEYRING);
    assert_int_equal(stash_take("alice", open, &back), HF_EUSER);
    assert_null(back);
}

/* As a container's filter does it, seccomp(2). */
static void filter_keyctl(void)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_keyctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof rules / sizeof rules[0], .filter = rules};
    assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    assert_int_equal(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void test_a_kernel_that_refuses(void **state)
{
    (void)state;
    ring_serial ring = 0;
    enum ring_way way;
    bool linked;
    fresh_ring();
    filter_keyctl();
    assert_int_equal(ring_find(&ring, &way), HF_EKERNEL);
    assert_int_equal(errno, EPERM);
    assert_int_equal(ring_ensure(&ring, &linked), HF_ENOSESSION);
    assert_false(session_belongs_to(geteuid()));
    /* A change of the password needs no keyring, and must go on. */
    OK(session_shed());
}

static bool reads_well(ring_serial ring)
{
    SCOPED(secret) struct secret *token = NULL;
    return ring_get(ring, "main", &token) == HF_OK &&
           (secret_length(token) == 10 || secret_length(token) == 4000);
}

/* Another process reads again and again while this one replaces the token, and updates it by a
   longer one. */
static void test_a_reader_never_misses_a_token(void **state)
{
    (void)state;
    static char longer[4001];
    ring_serial ring = fresh_ring(), key = 0;
    memset(longer, 'x', sizeof longer - 1);
    SCOPED(secret) struct secret *update = secret_of(longer);
    put(ring, "main", "hf_TESTone", 0);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        for (int i = 0; i < 2000; i++)
            if (!reads_well(ring))
                _exit(1);
        _exit(0);
    }
    int status = -1;
    while (waitpid(reader, &status, WNOHANG) == 0) {
        put(ring, "main", "hf_TESTone", 0);
        OK(ring_token_key(ring, "main", &key));
        OK(key_update(key, update));
    }
    assert_int_equal(status, 0);
}

#define TESTS_OF_THIS_FILE(X)                                                                      \
    X(test_a_reader_never_misses_a_token)                                                          \
    X(test_stand_in_is_no_session)                                                                 \
    X(test_session_of_another)                                                                     \
    X(test_only_the_owner_has_permissions)                                                         \
    X(test_tokens_come_back)                                                                       \
    X(test_names_are_checked)                                                                      \
    X(test_default)                                                                                \
    X(test_a_token_expires)                                                                        \
    X(test_second_ensure_finds_the_first)                                                          \
    X(test_ways_to_the_ring)                                                                       \
    X(test_planted_rings_are_not_taken)                                                            \
    X(test_wild_pointers)                                                                          \
    X(test_the_last_session_takes_it_along)                                                        \
    X(test_lock_empties_all_rings)                                                                 \
    X(test_close_undoes_the_link)                                                                  \
    X(test_stash)                                                                                  \
    X(test_stash_takes_no_other_key)                                                               \
    X(test_a_kernel_that_refuses)

TESTS_OF_THIS_FILE(IN_A_CHILD)

int main(void)
{
    const struct CMUnitTest tests[] = {TESTS_OF_THIS_FILE(CHILD_ROW)};
    return cmocka_run_group_tests(tests, stand_alone, leave_nothing);
}
