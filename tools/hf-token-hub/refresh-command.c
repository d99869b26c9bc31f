#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/name.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/refresh.h"
#include "tools/say.h"

/* Signals that tell of a fault of this program's own; to ignore them would be to loop. */
static bool is_fault(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGFPE || signal == SIGILL ||
           signal == SIGABRT || signal == SIGTRAP || signal == SIGSYS;
}

/* Between the Hub's answer and the ring, an interrupt would lose a grant that the Hub has replaced:
   Ctrl-C, the end of the terminal and a kill of who waits do not reach this process. */
static void be_left_alone(void)
{
    (void)setsid();
    for (int number = 1; number <= SIGRTMAX; number++)
        if (!is_fault(number) && number != SIGCHLD)
            (void)signal(number, SIG_IGN);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return TOOL_FAILED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : TOOL_FAILED;
}

int refresh_command(char **words)
{
    if (words[0] == NULL || words[1] != NULL || !token_name_valid(words[0]))
        return say_failure(TOOL_USAGE, HF_OK, "hf-token --help", "there is no such command");
    /* A caller that ignores it would make waitpid(2) find no child. */
    (void)signal(SIGCHLD, SIG_DFL);
    const pid_t pid = fork();
    if (pid < 0)
        return say_failure(TOOL_FAILED, HF_EIO, "Try again.", "%s could not be renewed", words[0]);
    if (pid > 0)
        return wait_for(pid);
    be_left_alone();
    exit(refresh_work(words[0]));
}
