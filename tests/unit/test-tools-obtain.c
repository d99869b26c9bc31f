/* A token's way into hf-token: as it is, refreshed, or not at all. The programs beside hf-token are
 * this one again, under their names. */
#include "tests/unit/rings.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "keyring/grant.h"
#include "tests/unit/captured.h"
#include "tools/beside.h"
#include "tools/exit.h"
#include "tools/obtain.h"

const char program_name[] = "hf-token";

static const struct want token_want = {
    .command = "token", .option = "main", .failure = TOOL_FAILED};

/* What the fake hf-token-hub is to do, in the environment, which it must get as it is. */
#define PLAN "HF_TEST_PLAN"

static void leave_grant(ring_serial ring, uint64_t due)
{
    SCOPED(ring_grant)
    struct ring_grant grant = {.due = due, .grant = secret_of("https://hub.test client TEST")};
    OK(ring_grant_put(ring, "main", &grant));
}

/* What it has for descriptors: nothing of its caller's but standard error. */
static bool is_shut_off(void)
{
    struct stat null, at;
    if (stat("/dev/null", &null) != 0)
        return false;
    for (int fd = 0; fd < 2; fd++)
        if (fstat(fd, &at) != 0 || at.st_rdev != null.st_rdev)
            return false;
    return fcntl(3, F_GETFD) < 0 && fcntl(63, F_GETFD) < 0;
}

static int fake_hub(int count, char **words)
{
    const char *plan = getenv(PLAN);
    ring_serial ring = 0;
    enum ring_way way;
    struct sigaction action;
    if (plan == NULL || count != 3 || strcmp(words[0], "hf-token") != 0 ||
        strcmp(words[1], "refresh") != 0 || strcmp(words[2], "main") != 0)
        return 99;
    if (!is_shut_off() || sigaction(SIGCHLD, NULL, &action) != 0 || action.sa_handler != SIG_DFL)
        return 98;
    if (strcmp(plan, "killed") == 0)
        return raise(SIGKILL);
    if (strcmp(plan, "refused") == 0)
        return TOOL_REFUSED;
    if (ring_find(&ring, &way) != HF_OK)
        return 97;
    if (strcmp(plan, "good") == 0)
        put(ring, "main", "hf_TESTrefreshed", 0);
    if (strcmp(plan, "gone") == 0)
        return ring_remove(ring, "main") == HF_OK ? TOOL_OK : 96;
    (void)dprintf(STDERR_FILENO, "said\n");
    return TOOL_OK;
}

/* hf-token-store: it is executed in the caller's place. */
static int fake_store(char **words)
{
    (void)dprintf(STDERR_FILENO, "explained %s\n", words[1]);
    return TOOL_NONE;
}

static void plan(const char *word)
{
    assert_int_equal(setenv(PLAN, word, 1), 0);
}

/* Obtains in a process of its own, because it may be exchanged for another program. `said` is what
   came on standard error, and the token before it. */
static int obtain(const struct want *want, char said[static 256])
{
    struct capture capture = capture_begin(STDERR_FILENO);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct secret *token = NULL;
        int code = obtain_token(want, &token);
        if (code == TOOL_OK)
            (void)dprintf(STDERR_FILENO, "%s", (const char *)secret_view(token));
        _exit(code);
    }
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    SCOPED(text) char *all = capture_end(&capture);
    OK(text_format(said, 256, "%s", all));
    return WEXITSTATUS(status);
}

static void assert_obtains(int code, const char *said)
{
    char is[256];
    assert_int_equal(obtain(&token_want, is), code);
    assert_string_equal(is, said);
}

static void test_without_a_grant_nobody_is_asked(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    plan("refused");
    put(ring, "main", "hf_TESTone", 0);
    assert_obtains(TOOL_OK, "hf_TESTone");
    leave_grant(ring, 0);
    assert_obtains(TOOL_OK, "hf_TESTone");
    leave_grant(ring, (uint64_t)time(NULL) + 100000);
    assert_obtains(TOOL_OK, "hf_TESTone");
    OK(ring_remove(ring, "main"));
    assert_obtains(TOOL_NONE, "explained explain\n");
}

static void test_what_is_due_is_refreshed(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    plan("good");
    put(ring, "main", "hf_TESTold", 0);
    leave_grant(ring, 1);
    assert_obtains(TOOL_OK, "said\nhf_TESTrefreshed");
}

static void test_an_old_one_stays_good(void **state)
{
    (void)state;
    static const char *const plans[] = {"refused", "killed"};
    ring_serial ring = fresh_ring();
    put(ring, "main", "hf_TESTold", 0);
    leave_grant(ring, 1);
    for (size_t i = 0; i < COUNT(plans); i++) {
        plan(plans[i]);
        assert_obtains(TOOL_OK, "hf_TESTold");
    }
    plan("nothing");
    assert_obtains(TOOL_OK, "said\nhf_TESTold");
    plan("gone");
    assert_obtains(TOOL_OK, "hf_TESTold");
}

static void test_a_grant_alone_brings_it_back(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    plan("good");
    leave_grant(ring, 1);
    assert_obtains(TOOL_OK, "said\nhf_TESTrefreshed");
}

static void test_what_fails_is_said_once(void **state)
{
    (void)state;
    char said[256];
    const struct want run_want = {.command = "run", .option = "main", .failure = RUN_FAILED};
    ring_serial ring = fresh_ring();
    leave_grant(ring, 1);
    plan("refused");
    assert_obtains(TOOL_REFUSED, "");
    assert_int_equal(obtain(&run_want, said), RUN_FAILED);
    assert_string_equal(said, "");
    /* Nobody has said anything in these cases, or nothing of use. */
    plan("killed");
    assert_obtains(TOOL_NONE, "explained explain\n");
    plan("nothing");
    assert_obtains(TOOL_NONE, "said\nexplained explain\n");
}

static void test_signals_and_descriptors_stay(void **state)
{
    (void)state;
    sigset_t mask, before, after;
    ring_serial ring = fresh_ring();
    int pipe_ends[2];
    put(ring, "main", "hf_TESTold", 0);
    leave_grant(ring, 1);
    plan("good");
    assert_int_equal(pipe(pipe_ends), 0);
    assert_int_equal(dup2(pipe_ends[1], 63), 63);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    assert_int_equal(sigprocmask(SIG_BLOCK, &mask, &before), 0);
    /* Ignored, wait(2) has no status to give; the token counts. */
    (void)signal(SIGCHLD, SIG_IGN);
    struct capture capture = capture_begin(STDERR_FILENO);
    struct secret *token = NULL;
    int code = obtain_token(&token_want, &token);
    SCOPED(text) char *all = capture_end(&capture);
    assert_int_equal(code, TOOL_OK);
    assert_secret(token, "hf_TESTrefreshed");
    secret_free(token);
    assert_string_equal(all, "said\n");
    assert_true(signal(SIGCHLD, SIG_DFL) == SIG_IGN);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, &after), 0);
    assert_true(sigismember(&after, SIGUSR1) == 1 && sigismember(&after, SIGUSR2) == 0);
    assert_int_equal(fcntl(63, F_GETFD), 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* A caller that blocks SIGCHLD: the command that follows gets none but its own children's. */
static void test_no_signal_is_left(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    put(ring, "main", "hf_TESTold", 0);
    plan("refused");
    for (int other = 0; other < 2; other++) {
        sigset_t mask, pending;
        leave_grant(ring, 1);
        sigemptyset(&mask);
        sigaddset(&mask, SIGCHLD);
        assert_int_equal(sigprocmask(SIG_BLOCK, &mask, NULL), 0);
        pid_t pid = other ? fork() : 0;
        if (other && pid == 0)
            _exit(0);
        if (other)
            assert_int_equal(waitid(P_PID, (id_t)pid, NULL, WEXITED | WNOWAIT), 0);
        SCOPED(secret) struct secret *token = NULL;
        assert_int_equal(obtain_token(&token_want, &token), TOOL_OK);
        assert_int_equal(sigpending(&pending), 0);
        assert_int_equal(sigismember(&pending, SIGCHLD), other);
        if (other)
            assert_int_equal(waitpid(pid, NULL, 0), pid);
    }
}

static void test_a_program_that_is_not_there(void **state)
{
    (void)state;
    ring_serial ring = fresh_ring();
    put(ring, "main", "hf_TESTold", 0);
    leave_grant(ring, 1);
    assert_int_equal(rename(HUB_PROGRAM, HUB_PROGRAM ".away"), 0);
    char said[256];
    int code = obtain(&token_want, said);
    assert_int_equal(rename(HUB_PROGRAM ".away", HUB_PROGRAM), 0);
    assert_int_equal(code, TOOL_OK);
    assert_string_equal(said, "hf_TESTold");
}

#define TESTS_OF_THIS_FILE(X)                                                                      \
    X(test_without_a_grant_nobody_is_asked)                                                        \
    X(test_what_is_due_is_refreshed)                                                               \
    X(test_an_old_one_stays_good)                                                                  \
    X(test_a_grant_alone_brings_it_back)                                                           \
    X(test_what_fails_is_said_once)                                                                \
    X(test_signals_and_descriptors_stay)                                                           \
    X(test_no_signal_is_left)                                                                      \
    X(test_a_program_that_is_not_there)

TESTS_OF_THIS_FILE(IN_A_CHILD)

static int leave_programs(void **state)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0)
        return -1;
    self[length] = '\0';
    if (mkdir(HF_HELPER_FOLDER, 0755) != 0 && errno != EEXIST)
        return -1;
    (void)unlink(HUB_PROGRAM);
    (void)unlink(STORE_PROGRAM);
    if (symlink(self, HUB_PROGRAM) != 0 || symlink(self, STORE_PROGRAM) != 0)
        return -1;
    return stand_alone(state);
}

static int remove_programs(void **state)
{
    (void)unlink(HUB_PROGRAM);
    (void)unlink(STORE_PROGRAM);
    (void)rmdir(HF_HELPER_FOLDER);
    return leave_nothing(state);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {TESTS_OF_THIS_FILE(CHILD_ROW)};
    if (argc > 1 && strcmp(argv[1], "refresh") == 0)
        return fake_hub(argc, argv);
    if (argc > 1)
        return fake_store(argv);
    return cmocka_run_group_tests_name("obtain", tests, leave_programs, remove_programs);
}
