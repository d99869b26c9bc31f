#include "common/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Milliseconds that a killed child may take to end. */
#define KILL_TRIES 100

/* The program's, until its execve. */
#define PROGRAM_STACK 16384

/* Without CLONE_VM the child works on its own copy of this stack. It is none of the host's, which
   a user's limit may have made too small. */
#define CHILD_STACK 65536

void process_harden(void)
{
    const struct rlimit none = {0, 0};
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)umask(077);
    if (chdir("/") != 0)
        _exit(127);
}

enum hf_error process_become(uid_t uid, gid_t gid)
{
    /* To setresuid(2) -1 means "as it is": a directory that gives such an id would leave root. */
    if (uid == (uid_t)-1 || gid == (gid_t)-1) {
        errno = EINVAL;
        return HF_EIO;
    }
    if (setgroups(1, &gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return HF_EIO;
    return HF_OK;
}

static bool move_descriptor(int from, int to)
{
    return from == to ? fcntl(to, F_SETFD, 0) == 0 : dup2(from, to) == to;
}

/* The plan's descriptors may themselves be 0 or 1, where the host was started without them. */
static bool set_descriptors(const struct child_plan *plan)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int input = fcntl(plan->input < 0 ? null : plan->input, F_DUPFD_CLOEXEC, 3);
    int output = fcntl(plan->output < 0 ? null : plan->output, F_DUPFD_CLOEXEC, 3);
    return null >= 0 && input >= 0 && output >= 0 && move_descriptor(input, 0) &&
           move_descriptor(output, 1) && move_descriptor(null, 2) && close_range(3, ~0U, 0) == 0;
}

static void set_signals(void)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigset_t none;
    for (int number = 1; number < NSIG; number++)
        (void)sigaction(number, &standard, NULL);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* From here to execve only calls that are safe in a copy of a threaded process: signal-safety(7).
 */
static int program_main(void *argument)
{
    const struct child_plan *plan = argument;
    char *const environment[] = {NULL};
    if (plan->as_user && process_become(plan->uid, plan->gid) != HF_OK)
        _exit(127);
    /* Dies with its keeper; set last, since a change of ids clears it: prctl(2). */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* execve(2) takes no const for reasons of history, and writes to neither. */
    union {
        const char *const *given;
        char *const *wanted;
    } argv = {.given = plan->argv};
    execve(plan->path, argv.wanted, environment);
    _exit(127);
}

static int exit_code(int status)
{
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* The host's child. It executes nothing, because execve(2) makes SIGCHLD the exit signal again,
   whatever clone(2) was told (de_thread in the kernel's fs/exec.c): the program is the keeper's
   child, and its end the keeper's business. */
static int keeper_main(void *argument)
{
    const struct child_plan *plan = argument;
    _Alignas(16) char stack[PROGRAM_STACK];
    int status = 0;
    (void)setsid();
    set_signals();
    if (!set_descriptors(plan) || chdir("/") != 0)
        _exit(127);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* As vfork(2): until its execve the program uses the keeper's memory, and the keeper waits. */
    pid_t program =
        clone(program_main, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, argument);
    /* Only the program may hold the pipes open. */
    (void)close_range(0, ~0U, 0);
    _exit(program > 0 && waitpid(program, &status, 0) == program ? exit_code(status) : 127);
}

enum hf_error child_start(const struct child_plan *plan, struct child *out_child)
{
    struct child_plan copy = *plan;
    sigset_t all, before;
    /* The host's handlers must not run in the copy. */
    sigfillset(&all);
    if (sigprocmask(SIG_SETMASK, &all, &before) != 0)
        return HF_ECHILD;
    char *stack = mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    pid_t pid = stack != MAP_FAILED ? clone(keeper_main, stack + CHILD_STACK, 0, &copy) : -1;
    int saved = errno;
    if (stack != MAP_FAILED)
        (void)munmap(stack, CHILD_STACK);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    errno = saved;
    if (pid < 0)
        return HF_ECHILD;
    out_child->pid = pid;
    return HF_OK;
}

/* 1: ended, 0: still running, -1: not ours any more, so that its number may be anybody's. */
static int look(const struct child *child)
{
    siginfo_t ended = {0};
    if (waitid(P_PID, (id_t)child->pid, &ended, WEXITED | WNOWAIT | WNOHANG | __WALL) != 0)
        return -1;
    return ended.si_pid == 0 ? 0 : 1;
}

/* The same, and takes it out of the kernel's table with the status, if it ended. */
static int reap(struct child *child, int *out_status)
{
    int status = 0, seen = look(child);
    if (seen == 0)
        return 0;
    /* What the program left behind goes with it. Until the keeper is reaped, nobody else can have
       its number. */
    if (seen > 0)
        (void)kill(-child->pid, SIGKILL);
    pid_t pid = seen > 0 ? waitpid(child->pid, &status, WNOHANG | __WALL) : -1;
    child->pid = 0;
    if (pid <= 0)
        return -1;
    *out_status = exit_code(status);
    return 1;
}

static void nap(long nanoseconds)
{
    struct timespec length = {.tv_nsec = nanoseconds};
    (void)nanosleep(&length, NULL);
}

void child_kill(struct child *child)
{
    int status;
    if (child->pid <= 0 || look(child) < 0) {
        child->pid = 0;
        return;
    }
    /* The group is keeper, program, and what that started; the single kill is for before the
     * setsid. */
    (void)kill(-child->pid, SIGKILL);
    (void)kill(child->pid, SIGKILL);
    /* A keeper that waits in the kernel, for a file system that hangs, ends when it can: it must
       not hold up the host, and is init's when that ends. */
    for (int tries = 0; tries < KILL_TRIES && reap(child, &status) == 0; tries++)
        nap(1000000);
    child->pid = 0;
}

/* Until it ends, or until the deadline; where pidfd_open(2) fails (no descriptor is left), a
 * moment.
 */
static void await_end(const struct child *child, deadline_ms until)
{
    SCOPED(fd) int pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
    deadline_ms left = until - clock_ms();
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0)
        nap(1000000);
    else
        (void)poll(&ended, 1, left > INT_MAX ? INT_MAX : (int)left);
}

enum hf_error child_wait(struct child *child, deadline_ms until, int *out_status)
{
    for (;;) {
        int reaped = reap(child, out_status);
        if (reaped != 0)
            return reaped > 0 ? HF_OK : HF_ECHILD;
        if (clock_ms() >= until)
            break;
        await_end(child, until);
    }
    child_kill(child);
    return HF_EDEADLINE;
}

enum hf_error child_output(const struct child_plan *plan, deadline_ms until, void *bytes,
                           size_t size, size_t *out_length, int *out_status)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return HF_EIO;
    SCOPED(fd) int from = ends[0];
    SCOPED(child) struct child child = {0};
    struct child_plan piped = *plan;
    piped.output = ends[1];
    enum hf_error error = child_start(&piped, &child);
    close(ends[1]);
    TRY(error);
    size_t length = 0, extra = 0;
    char more;
    TRY(io_read_until(from, until, bytes, size, &length));
    TRY(io_read_until(from, until, &more, 1, &extra));
    if (extra != 0)
        return HF_ETOOBIG;
    TRY(child_wait(&child, until, out_status));
    *out_length = length;
    return HF_OK;
}
