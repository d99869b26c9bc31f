/* Kills at system call N: kill-at [--alone] --from PROGRAM N COMMAND [ARGUMENT]...

   Traces the command and all that it starts. From the first execve of a program with that name on,
   the system calls of that process and its children are counted, at their entry; the Nth is never
   made, because all that is traced is killed there, or with --alone just the process that makes it.
   What was started is waited for in each case. Exit status: 0 when the call was reached, 3 when
   there were fewer. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACED_MAX 256
#define OPTIONS                                                                                    \
    (PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE |      \
     PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL)

struct traced {
    pid_t pid;    /* 0: a free row */
    bool counted; /* the program, or started by it */
    bool inside;  /* between the entry and the exit of a call */
    bool known;   /* its parent has told of it, so that `counted` is right */
    bool held;    /* it has stopped for the first time, and waits to be known */
};

struct trace {
    struct traced rows[TRACED_MAX];
    const char *program;
    long wanted, count;
    bool alone, reached;
};

static struct traced *find(struct trace *trace, pid_t pid)
{
    struct traced *spare = NULL;
    for (size_t i = 0; i < TRACED_MAX; i++) {
        if (trace->rows[i].pid == pid)
            return &trace->rows[i];
        if (trace->rows[i].pid == 0 && spare == NULL)
            spare = &trace->rows[i];
    }
    if (spare == NULL)
        exit(1);
    *spare = (struct traced){.pid = pid};
    return spare;
}

static bool runs(pid_t pid, const char *program)
{
    char path[64], target[512];
    snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
    ssize_t length = readlink(path, target, sizeof target - 1);
    if (length < 0)
        return false;
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    return slash != NULL && strcmp(slash + 1, program) == 0;
}

static void kill_now(struct trace *trace, pid_t pid)
{
    trace->reached = true;
    for (size_t i = 0; i < TRACED_MAX; i++)
        if (trace->rows[i].pid != 0 && (!trace->alone || trace->rows[i].pid == pid))
            kill(trace->rows[i].pid, SIGKILL);
}

static void at_call(struct trace *trace, struct traced *traced)
{
    traced->inside = !traced->inside;
    if (traced->counted && traced->inside && !trace->reached && ++trace->count == trace->wanted)
        kill_now(trace, traced->pid);
}

static void resume(pid_t pid, int number)
{
    (void)ptrace(PTRACE_SYSCALL, pid, NULL, number);
}

/* The kernel may show the child's first stop before its parent's event, or after. */
static void at_birth(struct trace *trace, const struct traced *parent)
{
    unsigned long pid = 0;
    (void)ptrace(PTRACE_GETEVENTMSG, parent->pid, NULL, &pid);
    struct traced *child = find(trace, (pid_t)pid);
    child->counted = parent->counted;
    child->known = true;
    if (child->held)
        resume(child->pid, 0);
    child->held = false;
}

/* The signal to hand on to the process. */
static int at_event(struct trace *trace, struct traced *traced, int status)
{
    int stop = WSTOPSIG(status), event = status >> 16;
    if (stop == (SIGTRAP | 0x80))
        at_call(trace, traced);
    else if (event == PTRACE_EVENT_EXEC)
        traced->counted = traced->counted || runs(traced->pid, trace->program);
    else if (event != 0)
        at_birth(trace, traced);
    else if (stop != SIGSTOP && stop != SIGTRAP)
        return stop;
    return 0;
}

static void follow(struct trace *trace)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (pid < 0)
            continue;
        struct traced *traced = find(trace, pid);
        if (!WIFSTOPPED(status))
            *traced = (struct traced){.pid = 0};
        else if (!traced->known)
            traced->held = true;
        else
            resume(pid, at_event(trace, traced, status));
    }
}

static pid_t start(char **command)
{
    pid_t pid = fork();
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execvp(command[0], command);
        _exit(127);
    }
    waitpid(pid, NULL, __WALL);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, OPTIONS);
    ptrace(PTRACE_SYSCALL, pid, NULL, 0);
    return pid;
}

int main(int argc, char **argv)
{
    static struct trace trace;
    int next = 1;
    if (next < argc && strcmp(argv[next], "--alone") == 0) {
        trace.alone = true;
        next++;
    }
    if (argc < next + 4 || strcmp(argv[next], "--from") != 0)
        return 2;
    trace.program = argv[next + 1];
    trace.wanted = atol(argv[next + 2]);
    find(&trace, start(argv + next + 3))->known = true;
    follow(&trace);
    fprintf(stderr, "%ld calls\n", trace.count);
    return trace.reached ? 0 : 3;
}
