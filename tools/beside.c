#include "tools/beside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tools/say.h"

/* Exit code of a child that could not execute its program, as a shell has it. */
#define BESIDE_NOT_RUN 127

const char *beside_path(enum program program)
{
    switch (program) {
    case PROGRAM_HUB:
        return HUB_PROGRAM;
    case PROGRAM_FLEET:
        return FLEET_PROGRAM;
    default:
        return STORE_PROGRAM;
    }
}

void beside_execute(enum program program, char *const *words)
{
    execv(beside_path(program), words);
}

/* The child's part: only what signal-safety(7) allows. */
static _Noreturn void refresh(const char *name)
{
    union {
        const char *given[4];
        char *wanted[4];
    } words = {
        .given = {program_name, "refresh", name, NULL}
    };
    const int null = open("/dev/null", O_RDWR);
    /* Where a caller ignores it, nobody could wait for a child of their own: wait(2). */
    (void)signal(SIGCHLD, SIG_DFL);
    /* It can outlive us: a reader of what we were given must not wait for it. */
    if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
        close_range(3, ~0U, 0) != 0)
        _exit(BESIDE_NOT_RUN);
    beside_execute(PROGRAM_HUB, words.wanted);
    _exit(BESIDE_NOT_RUN);
}

static bool is_pending(int number)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, number) == 1;
}

/* Where a caller blocks SIGCHLD, that of our child waits for the command that follows, which would
   look for a child of its own. Children that were there before may have sent it as well. */
static void forget_child(void)
{
    const struct timespec now = {0};
    siginfo_t other = {0};
    sigset_t set;
    if (waitid(P_ALL, 0, &other, WEXITED | WSTOPPED | WCONTINUED | WNOHANG | WNOWAIT) == 0 &&
        other.si_pid != 0)
        return;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    (void)sigtimedwait(&set, NULL, &now);
}

int beside_refresh(const char *name)
{
    int status = 0;
    const bool was_pending = is_pending(SIGCHLD);
    const pid_t pid = fork();
    if (pid == 0)
        refresh(name);
    if (pid < 0)
        return -1;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    if (!was_pending && is_pending(SIGCHLD))
        forget_child();
    return WIFEXITED(status) && WEXITSTATUS(status) != BESIDE_NOT_RUN ? WEXITSTATUS(status) : -1;
}

int beside_explain(const char *command, const char *option, int code)
{
    /* execv(3) takes no const for reasons of history, and writes to nothing. */
    union {
        const char *given[6];
        char *wanted[6];
    } words = {
        .given = {program_name, "explain", command, "-n", option, NULL}
    };
    if (option == NULL)
        words.given[3] = NULL;
    beside_execute(PROGRAM_STORE, words.wanted);
    return say_failure(code, HF_EIO, BESIDE_MISSING, "%s: %s", command, STORE_PROGRAM);
}
