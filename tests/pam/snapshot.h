/* What a module must leave in its host as it was. */
#ifndef HF_TESTS_PAM_SNAPSHOT_H
#define HF_TESTS_PAM_SNAPSHOT_H

#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define SNAPSHOT_DESCRIPTORS 256

struct snapshot {
    bool descriptors[SNAPSHOT_DESCRIPTORS];
    void (*handlers[NSIG])(int);
    int handler_flags[NSIG];
    bool blocked[NSIG];
    uid_t uids[3];
    gid_t gids[3];
    int groups;
    mode_t mask;
    char folder[PATH_MAX];
    char *environment; /* owned; all settings, one after the other */
    long resident_kib, mapped_kib, children, keys;
};

void snapshot_take(struct snapshot *out_snapshot);

/* Prints `told WHAT: BEFORE -> AFTER` for each thing that differs. Of memory 512 KiB may be new, as
   malloc(3) keeps what was freed, and of keys a few, as other programs of root's make some too. */
void snapshot_compare(const struct snapshot *before, const struct snapshot *after);

void snapshot_clear(struct snapshot *snapshot);

#endif
