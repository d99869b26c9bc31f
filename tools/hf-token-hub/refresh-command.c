#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"
#include "common/name.h"
#include "common/secret.h"
#include "keyring/ring.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/refresh.h"
#include "tools/say.h"

/* How long a command that has a token waits for a newer one, in milliseconds. */
#define PATIENCE 3000

/* Signals that tell of a fault of this program's own; to ignore them would be to loop. */
static bool is_fault(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
           signal == SIGABRT || signal == SIGTRAP || signal == SIGSYS;
}

/* Between the Hub's answer and the ring, an interrupt would lose a grant that the Hub has replaced:
   Ctrl-C, the end of the terminal and a kill of who waits do not reach this process. What it has to
   say goes to who waits: our caller's standard error is not held open beyond that, and nothing is
   said into the command that follows. */
static void be_left_alone(int to)
{
    (void)setsid();
    for (int number = 1; number <= SIGRTMAX; number++)
        if (!is_fault(number) && number != SIGCHLD)
            (void)signal(number, SIG_IGN);
    (void)dup2(to, STDERR_FILENO);
    (void)close_range(3, ~0U, 0);
}

static bool is_present(const char *name)
{
    SCOPED(secret) struct secret *token = NULL;
    ring_serial ring = 0;
    enum ring_way way;
    return ring_find(&ring, &way) == HF_OK && ring_get(ring, name, &token) == HF_OK;
}

/* Only the other process has the pipe's writing end: when it ends, that closes. */
static bool has_ended(int from)
{
    struct pollfd end = {.fd = from, .events = 0};
    return poll(&end, 1, PATIENCE) > 0;
}

static void pass_on(int from)
{
    char bytes[1024];
    ssize_t length;
    while ((length = read(from, bytes, sizeof bytes)) > 0 || (length < 0 && errno == EINTR))
        if (length > 0)
            (void)!io_write(STDERR_FILENO, bytes, (size_t)length);
}

/* With a token that is good still, nobody waits for a Hub that is silent: the other process goes on
   by itself. */
static int wait_for(pid_t pid, int from, const char *name)
{
    int status = 0;
    if (!has_ended(from) && is_present(name))
        return TOOL_OK;
    pass_on(from);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return TOOL_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : TOOL_FAILED;
}

int refresh_command(char **words)
{
    int ends[2];
    if (words[0] == NULL || words[1] != NULL || !token_name_valid(words[0]))
        return say_failure(TOOL_USAGE, HF_OK, "hf-token --help", "there is no such command");
    /* A caller that ignores it would make waitpid(2) find no child. */
    (void)signal(SIGCHLD, SIG_DFL);
    const pid_t pid = pipe(ends) == 0 ? fork() : -1;
    if (pid < 0)
        return say_failure(TOOL_FAILED, HF_EIO, "Try again.", "%s could not be renewed", words[0]);
    if (pid > 0) {
        (void)close(ends[1]);
        return wait_for(pid, ends[0], words[0]);
    }
    be_left_alone(ends[1]);
    exit(refresh_work(words[0]));
}
