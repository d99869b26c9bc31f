/* Runs a program beside a host process that must not notice: no SIGCHLD, no handler, no descriptor
 * is shared. */
#ifndef HF_COMMON_CHILD_H
#define HF_COMMON_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/io.h"
#include "common/scope.h"

struct child_plan {
    const char *path;        /* absolute and compiled in, never from an environment */
    const char *const *argv; /* NULL-terminated, argv[0] included; never a secret */
    int input, output; /* what becomes descriptors 0 and 1; -1 for /dev/null. 2 is /dev/null */
    bool as_user;      /* drop to these ids first: groups, gid, uid. Only in one-threaded callers */
    uid_t uid;
    gid_t gid;
};

struct child {
    pid_t pid; /* the keeper's, and the process group's; 0: there is none */
};

/* Starts the program in a session and process group of its own; it dies with the calling thread. It
   has an empty environment, default signals, folder "/", and no descriptor beyond 2. Between the
   two stands a keeper that is the child proper: a copy of the caller made by clone(2) with exit
   signal 0, so that the caller gets no SIGCHLD and no wait(2) for any child finds it. HF_ECHILD
   (errno is set) when it could not be made; a program that cannot be executed exits with 127. */
HF_CHECKED enum hf_error child_start(const struct child_plan *plan, struct child *out_child);

/* Waits until `until` at the most for its end, then kills its process group; it is reaped in each
   case. *out_status is the exit code, or 128 + the signal. HF_EDEADLINE when it had to be killed,
   HF_ECHILD when somebody else reaped it. */
HF_CHECKED enum hf_error child_wait(struct child *child, deadline_ms until, int *out_status);

/* Kills the whole process group and reaps the child. */
void child_kill(struct child *child);

static inline void child_scope_end(struct child *held)
{
    child_kill(held);
}

/* Runs a program to its end and takes its standard output, at most `size` bytes; more is
   HF_ETOOBIG. HF_EDEADLINE, HF_ECHILD, HF_EIO. Nothing of it runs on after the return. */
HF_CHECKED enum hf_error child_output(const struct child_plan *plan, deadline_ms until, void *bytes,
                                      size_t size, size_t *out_length, int *out_status);

/* Makes this process fit to hold secrets: not dumpable, no core file, umask 077, folder "/". */
void process_harden(void);

/* Gives up root for good: supplementary groups, then gid, then uid, each in all its forms. HF_EIO.
 */
HF_CHECKED enum hf_error process_become(uid_t uid, gid_t gid);

#endif
