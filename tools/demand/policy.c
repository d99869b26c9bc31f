#include "tools/demand/policy.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/child.h"
#include "common/io.h"
#include "keyring/ring.h"
#include "site/settings.h"

/* Groups of one user; the kernel has no more, NGROUPS_MAX of limits.h. */
#define GROUPS_MAX 65536

bool policy_is_user(uid_t uid)
{
    return uid >= ACCOUNT_MINIMUM_UID && uid != (uid_t)-1;
}

static bool is_among(gid_t group, const gid_t *groups, int count)
{
    for (int i = 0; i < count; i++)
        if (groups[i] == group)
            return true;
    return false;
}

/* By the name service, as at a login: the requester's own gid tells nothing, newgrp(1). */
static enum hf_error check_group(const char *name, const struct account *account)
{
    int count = 0;
    errno = 0;
    const struct group *found = getgrnam(name);
    if (found == NULL)
        return errno == 0 || errno == ENOENT ? HF_ECONFIG : HF_EIO;
    const gid_t wanted = found->gr_gid;
    (void)getgrouplist(account->name, account->gid, NULL, &count);
    if (count <= 0 || count > GROUPS_MAX)
        return HF_EIO;
    gid_t *groups = calloc((size_t)count, sizeof *groups);
    if (groups == NULL)
        return HF_ENOMEM;
    bool member = getgrouplist(account->name, account->gid, groups, &count) >= 0 &&
                  is_among(wanted, groups, count);
    free(groups);
    return member ? HF_OK : HF_EPOLICY;
}

/* In the forked child: root cannot see a user's keys, so the user looks. */
static _Noreturn void look_for_ring(const struct account *account)
{
    ring_serial ring = 0;
    enum ring_way way;
    if (process_become(account->uid, account->gid) != HF_OK)
        _exit(1);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(ring_find(&ring, &way) == HF_OK ? 0 : 1);
}

/* A user can make a ring of their own without any session; what they cannot make is the lock that
   hf-token-session takes when the module opens one. */
static bool had_session(uid_t uid)
{
    char path[sizeof HF_RUN_FOLDER + 32];
    return text_format(path, sizeof path, HF_RUN_FOLDER "/user.%lu", (unsigned long)uid) == HF_OK &&
           access(path, F_OK) == 0;
}

static enum hf_error check_session(const struct account *account)
{
    int status = 0;
    if (!had_session(account->uid))
        return HF_EPOLICY;
    pid_t pid = fork();
    if (pid < 0)
        return HF_EIO;
    if (pid == 0)
        look_for_ring(account);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return HF_EIO;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? HF_OK : HF_EPOLICY;
}

enum hf_error policy_check(const struct site_settings *settings, const struct account *account)
{
    switch (settings->demand) {
    case DEMAND_ALL:
        return HF_OK;
    case DEMAND_GROUP:
        return check_group(settings->demand_group, account);
    case DEMAND_SESSION:
        return check_session(account);
    case DEMAND_NOBODY:
        break;
    }
    return HF_EPOLICY;
}
