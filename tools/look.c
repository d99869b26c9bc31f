#include "tools/look.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "keyring/find.h"

/* How the child tells what it found. */
#define EXIT_FOUND 0
#define EXIT_NONE  1
#define EXIT_NOT   2 /* it could not look */

/* Nothing of root's is left open, its locks neither: the user may stop this process and have it for
   good. */
static _Noreturn void be_child(const struct account *account, look_at *look, pid_t parent)
{
    ring_serial ring = 0;
    enum ring_way way;
    if (close_range(0, ~0U, 0) != 0 || process_become(account->uid, account->gid) != HF_OK)
        _exit(EXIT_NOT);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* It may have gone before that was set. */
    if (getppid() != parent)
        _exit(EXIT_NOT);
    const bool found = ring_find(&ring, &way) == HF_OK && (look == NULL || look(ring));
    _exit(found ? EXIT_FOUND : EXIT_NONE);
}

/* False where it has not ended by then. */
static bool ends_until(pid_t pid, deadline_ms until)
{
    SCOPED(fd) int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd ended = {.fd = pidfd, .events = POLLIN};
    if (pidfd < 0)
        return false;
    for (;;) {
        const deadline_ms left = until - clock_ms();
        const int ready = left > 0 ? poll(&ended, 1, (int)left) : 0;
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

enum hf_error look_for_ring(const struct account *account, look_at *look, bool *out_found)
{
    const pid_t parent = getpid(), pid = fork();
    int status = 0;
    if (pid < 0)
        return HF_ECHILD;
    if (pid == 0)
        be_child(account, look, parent);
    const bool ended = ends_until(pid, clock_ms() + LOOK_PATIENCE);
    if (!ended)
        (void)kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return HF_ECHILD;
    if (!ended)
        return HF_EDEADLINE;
    if (!WIFEXITED(status) || WEXITSTATUS(status) > EXIT_NONE)
        return HF_ECHILD;
    *out_found = WEXITSTATUS(status) == EXIT_FOUND;
    return HF_OK;
}
