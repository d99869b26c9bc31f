/* Rings of the real kernel for tests, each of which has a process of its own. */
#ifndef HF_TESTS_UNIT_RINGS_H
#define HF_TESTS_UNIT_RINGS_H

#include "tests/unit/check.h"

#include <fcntl.h>
#include <keyutils.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "keyring/find.h"
#include "keyring/kernel.h"
#include "keyring/ring.h"
#include "keyring/session.h"

static inline void put(ring_serial ring, const char *name, const char *text, unsigned timeout)
{
    SCOPED(secret) struct secret *token = secret_of(text);
    OK(ring_put(ring, name, token, timeout));
}

static inline void assert_token(ring_serial ring, const char *name, const char *text)
{
    SCOPED(secret) struct secret *token = NULL;
    OK(ring_get(ring, name, &token));
    assert_int_equal(secret_length(token), strlen(text));
    assert_memory_equal(secret_view(token), text, strlen(text));
}

static inline void forget_pointer(void)
{
    long pointer = keyctl_search(KEY_SPEC_USER_KEYRING, "user", RING_POINTER, 0);
    if (pointer > 0)
        (void)keyctl_unlink((key_serial_t)pointer, KEY_SPEC_USER_KEYRING);
}

/* The kernel collects what the test before left in a moment, not at once. */
static inline void wait_for_no_ring(void)
{
    ring_serial rings[FIND_RINGS_MAX];
    size_t count = 1;
    for (int i = 0; i < 500 && count > 0; i++) {
        OK(ring_listing(rings, &count));
        usleep(count > 0 ? 10000 : 0);
    }
    assert_int_equal(count, 0);
}

static inline ring_serial fresh_session(void)
{
    ring_serial session = 0;
    OK(session_join(geteuid(), getegid(), &session));
    forget_pointer();
    wait_for_no_ring();
    return session;
}

static inline ring_serial fresh_ring(void)
{
    ring_serial ring = 0;
    bool linked = false;
    fresh_session();
    OK(ring_ensure(&ring, &linked));
    assert_true(linked);
    return ring;
}

static inline uint32_t permission_of(ring_serial key)
{
    struct key_about about;
    OK(key_describe(key, &about));
    return about.permission;
}

/* Thread keyrings, session keyrings and timeouts belong to a process: each test gets its own. */
#define IN_A_CHILD(test)                                                                           \
    static void child_##test(void **state)                                                         \
    {                                                                                              \
        pid_t pid = fork();                                                                        \
        if (pid == 0) {                                                                            \
            const struct CMUnitTest one[] = {cmocka_unit_test(test)};                              \
            (void)state;                                                                           \
            if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)                                            \
                _exit(2);                                                                          \
            _exit(_cmocka_run_group_tests(#test, one, 1, NULL, NULL));                             \
        }                                                                                          \
        int status = -1;                                                                           \
        assert_int_equal(waitpid(pid, &status, 0), pid);                                           \
        assert_int_equal(status, 0);                                                               \
    }

static inline int leave_nothing(void **state)
{
    (void)state;
    forget_pointer();
    return 0;
}

/* Keyrings are the user's, and so are the same in all programs that the user runs at a time: one of
   these tests at a time has them, until it ends. A lock on / needs no file of anybody's. */
static inline int stand_alone(void **state)
{
    const int root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return root >= 0 && flock(root, LOCK_EX) == 0 ? leave_nothing(state) : -1;
}

/* Rows of X(test) as an array of tests. */
#define CHILD_ROW(test) {#test, child_##test, NULL, NULL, NULL},

#endif
