/* Children: what they inherit, how they end, and what their host notices of it. */
#include "tests/unit/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/child.h"

#define SHELL "/bin/sh"

static char output[4096];

/* Runs a line of shell; its output is in `output`, as a string. */
static enum hf_error run_as(const char *line, const char *argument, bool as_user,
                            deadline_ms milliseconds, int *out_status)
{
    const char *const argv[] = {"sh", "-c", line, "sh", argument, NULL};
    const struct child_plan plan = {.path = SHELL,
                                    .argv = argv,
                                    .input = -1,
                                    .output = -1,
                                    .as_user = as_user,
                                    .uid = 65534,
                                    .gid = 65533};
    size_t length = 0;
    enum hf_error error = child_output(&plan, clock_ms() + milliseconds, output, sizeof output - 1,
                                       &length, out_status);
    output[length] = '\0';
    return error;
}

static void assert_says(const char *line, const char *text)
{
    int status = -1;
    OK(run_as(line, NULL, false, 10000, &status));
    assert_string_equal(output, text);
}

static void output_and_exit_code_come_back(void **state)
{
    (void)state;
    int status = -1;
    OK(run_as("echo out; echo err >&2; exit 67", NULL, false, 10000, &status));
    assert_int_equal(status, 67);
    assert_string_equal(output, "out\n");
    OK(run_as("kill -9 $$", NULL, false, 10000, &status));
    assert_int_equal(status, 128 + SIGKILL);
}

static void missing_program_is_127(void **state)
{
    (void)state;
    const char *const argv[] = {"none", NULL};
    const struct child_plan plan = {
        .path = "/nowhere/none", .argv = argv, .input = -1, .output = -1};
    size_t length = 0;
    int status = -1;
    OK(child_output(&plan, clock_ms() + 10000, output, sizeof output, &length, &status));
    assert_int_equal(status, 127);
}

static void nothing_is_inherited(void **state)
{
    (void)state;
    assert_int_equal(setenv("HF_TOKEN", "hf_TEST", 1), 0);
    assert_says("env | grep -v -e ^PWD= -e ^_= -e ^OLDPWD= -e ^SHLVL=; pwd", "/\n");
    assert_int_equal(dup2(STDERR_FILENO, 57), 57);
    assert_says("[ -e /proc/$$/fd/57 ] && echo leaked; [ -e /proc/$$/fd/2 ] && echo sane",
                "sane\n");
    close(57);
    assert_says("cat", "");
    unsetenv("HF_TOKEN");
}

static void signals_are_the_standard_ones(void **state)
{
    (void)state;
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    assert_int_equal(sigprocmask(SIG_BLOCK, &set, &before), 0);
    (void)signal(SIGTERM, SIG_IGN);
    /* posix_spawn(3), which make(1) runs us by, leaves glibc's own signals 32 and 33 ignored, and
     * glibc lets nobody change that. */
    assert_says("grep -e SigBlk -e SigIgn /proc/self/status | tr -d '\\t' | "
                "sed 's/Ign:0000000180000000/Ign:0000000000000000/'",
                "SigBlk:0000000000000000\nSigIgn:0000000000000000\n");
    (void)signal(SIGTERM, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static volatile sig_atomic_t child_signals;

static void count_signal(int number)
{
    (void)number;
    child_signals = child_signals + 1;
}

static size_t open_descriptors(void)
{
    size_t count = 0;
    DIR *open = opendir("/proc/self/fd");
    assert_non_null(open);
    while (readdir(open) != NULL)
        count++;
    closedir(open);
    return count;
}

static void host_notices_nothing(void **state)
{
    (void)state;
    int status = -1;
    size_t before = open_descriptors();
    child_signals = 0;
    (void)signal(SIGCHLD, count_signal);
    OK(run_as("exit 3", NULL, false, 10000, &status));
    FAILS(run_as("sleep 30", NULL, false, 100, &status), HF_EDEADLINE);
    FAILS(run_as("yes", NULL, false, 10000, &status), HF_ETOOBIG);
    (void)signal(SIGCHLD, SIG_DFL);
    assert_int_equal(child_signals, 0);
    assert_int_equal(open_descriptors(), before);
    assert_int_equal(waitpid(-1, &status, WNOHANG | __WALL), -1);
    assert_int_equal(errno, ECHILD);
}

/* A host that ignores SIGCHLD reaps its own children without asking; ours must not be among them.
 */
static void host_may_ignore_its_children(void **state)
{
    (void)state;
    int status = -1;
    (void)signal(SIGCHLD, SIG_IGN);
    OK(run_as("exit 3", NULL, false, 10000, &status));
    (void)signal(SIGCHLD, SIG_DFL);
    assert_int_equal(status, 3);
}

/* A host that waits for any child must not get ours. */
static void host_cannot_reap_it_by_accident(void **state)
{
    (void)state;
    const char *const argv[] = {"sleep", "30", NULL};
    const struct child_plan plan = {.path = "/bin/sleep", .argv = argv, .input = -1, .output = -1};
    SCOPED(child) struct child child = {0};
    OK(child_start(&plan, &child));
    /* Until the program runs: execve(2) is what would make it an ordinary child. */
    usleep(200000);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

/* Gone, or dead and waiting for an init that does not reap. */
static bool is_dead(pid_t pid)
{
    char path[64], line[512];
    OK(text_format(path, sizeof path, "/proc/%d/stat", (int)pid));
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return true;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    const char *name_end = read ? strrchr(line, ')') : NULL;
    return name_end == NULL || name_end[2] == 'Z' || name_end[2] == 'X';
}

static void assert_dies(pid_t pid)
{
    for (int i = 0; i < 500 && !is_dead(pid); i++)
        usleep(10000);
    assert_true(is_dead(pid));
}

static pid_t read_pid(const char *path)
{
    int pid = 0;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d", &pid), 1);
    fclose(file);
    assert_true(pid > 1);
    return pid;
}

static void deadline_ends_the_whole_group(void **state)
{
    (void)state;
    char path[] = "/tmp/hf-token-test.XXXXXX";
    int status = -1, fd = mkstemp(path);
    assert_true(fd >= 0);
    deadline_ms start = clock_ms();
    FAILS(run_as("sleep 30 & echo $! > \"$1\"; wait", path, false, 500, &status), HF_EDEADLINE);
    assert_in_range(clock_ms() - start, 500, 3000);
    assert_dies(read_pid(path));
    close(fd);
    unlink(path);
}

/* What the program started and forgot must not outlive it: it runs as the user, outside of any
 * session. */
static void end_takes_along_what_is_left_behind(void **state)
{
    (void)state;
    char path[] = "/tmp/hf-token-test.XXXXXX";
    int status = -1, fd = mkstemp(path);
    assert_true(fd >= 0);
    OK(run_as("sleep 30 >&- & echo $! > \"$1\"", path, false, 10000, &status));
    assert_int_equal(status, 0);
    assert_dies(read_pid(path));
    close(fd);
    unlink(path);
}

/* setresuid(2) takes -1 as "leave it": a program for such a user would run as root. */
static void nobody_has_the_id_minus_one(void **state)
{
    (void)state;
    FAILS(process_become((uid_t)-1, 65533), HF_EIO);
    FAILS(process_become(65534, (gid_t)-1), HF_EIO);
}

/* It closes its output at once, and goes on. */
static void deadline_holds_behind_the_output(void **state)
{
    (void)state;
    int status = -1;
    deadline_ms start = clock_ms();
    FAILS(run_as("exec >&-; sleep 30", NULL, false, 300, &status), HF_EDEADLINE);
    assert_in_range(clock_ms() - start, 300, 3000);
}

static void flood_ends_at_the_limit(void **state)
{
    (void)state;
    int status = -1;
    deadline_ms start = clock_ms();
    FAILS(run_as("yes", NULL, false, 20000, &status), HF_ETOOBIG);
    assert_in_range(clock_ms() - start, 0, 5000);
    OK(run_as("head -c 4095 /dev/zero", NULL, false, 10000, &status));
    FAILS(run_as("head -c 4096 /dev/zero", NULL, false, 10000, &status), HF_ETOOBIG);
}

static void child_dies_with_its_host(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t host = fork();
    assert_true(host >= 0);
    if (host == 0) {
        const char *const argv[] = {"sleep", "30", NULL};
        const struct child_plan plan = {
            .path = "/bin/sleep", .argv = argv, .input = -1, .output = -1};
        struct child child = {0};
        if (child_start(&plan, &child) != HF_OK)
            _exit(1);
        usleep(200000);
        if (write(ends[1], &child.pid, sizeof child.pid) < 0)
            _exit(1);
        pause();
    }
    pid_t pid = 0;
    assert_int_equal(read(ends[0], &pid, sizeof pid), sizeof pid);
    assert_false(is_dead(pid));
    assert_int_equal(kill(host, SIGKILL), 0);
    assert_int_equal(waitpid(host, NULL, 0), host);
    assert_dies(pid);
    close(ends[0]);
    close(ends[1]);
}

static void host_may_lack_its_standard_descriptors(void **state)
{
    (void)state;
    pid_t host = fork();
    assert_true(host >= 0);
    if (host == 0) {
        int status = -1;
        (void)close_range(0, 2, 0);
        enum hf_error error = run_as("echo well", NULL, false, 10000, &status);
        _exit(error == HF_OK && strcmp(output, "well\n") == 0 ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(host, &status, 0), host);
    assert_int_equal(status, 0);
}

static void user_is_taken_on_whole(void **state)
{
    (void)state;
    int status = -1;
    if (geteuid() != 0)
        skip();
    OK(run_as("grep -e ^Uid -e ^Gid -e ^Groups /proc/self/status | tr '\\t' ' '", NULL, true, 10000,
              &status));
    assert_string_equal(output, "Uid: 65534 65534 65534 65534\nGid: 65533 65533 65533 65533\n"
                                "Groups: 65533 \n");
}

/* Without root there is nothing to drop, and the program must not run as whoever it is. */
static void user_that_cannot_be_taken_on_runs_nothing(void **state)
{
    (void)state;
    pid_t host = fork();
    assert_true(host >= 0);
    if (host == 0) {
        int status = -1;
        if (geteuid() == 0 && process_become(65534, 65534) != HF_OK)
            _exit(1);
        output[0] = 'x';
        enum hf_error error = run_as("echo ran", NULL, true, 10000, &status);
        _exit(error == HF_OK && status == 127 && output[0] == '\0' ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(host, &status, 0), host);
    assert_int_equal(status, 0);
}

static void hardened_process_leaves_no_core(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit = {1, 1};
        char path[8] = "";
        struct stat status;
        process_harden();
        bool good = getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0 &&
                    getcwd(path, sizeof path) != NULL && strcmp(path, "/") == 0 &&
                    umask(0) == 077 &&
                    (geteuid() == 0 || stat("/proc/self/fd", &status) != 0 || status.st_uid == 0);
        _exit(good ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output_and_exit_code_come_back),
        cmocka_unit_test(missing_program_is_127),
        cmocka_unit_test(nothing_is_inherited),
        cmocka_unit_test(signals_are_the_standard_ones),
        cmocka_unit_test(host_notices_nothing),
        cmocka_unit_test(host_may_ignore_its_children),
        cmocka_unit_test(host_cannot_reap_it_by_accident),
        cmocka_unit_test(deadline_ends_the_whole_group),
        cmocka_unit_test(end_takes_along_what_is_left_behind),
        cmocka_unit_test(nobody_has_the_id_minus_one),
        cmocka_unit_test(deadline_holds_behind_the_output),
        cmocka_unit_test(flood_ends_at_the_limit),
        cmocka_unit_test(child_dies_with_its_host),
        cmocka_unit_test(host_may_lack_its_standard_descriptors),
        cmocka_unit_test(user_is_taken_on_whole),
        cmocka_unit_test(user_that_cannot_be_taken_on_runs_nothing),
        cmocka_unit_test(hardened_process_leaves_no_core),
    };
    return cmocka_run_group_tests_name("child", tests, NULL, NULL);
}
