#include "tools/demand/policy.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>

#include "common/login.h"
#include "site/settings.h"
#include "tools/look.h"

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

/* A user can make a ring of their own without any session; what they cannot make is the lock that
   hf-token-session takes when the module opens one. */
static enum hf_error check_session(const struct account *account)
{
    bool found = false;
    if (!login_seen(account->uid))
        return HF_EPOLICY;
    TRY(look_for_ring(account, NULL, &found));
    return found ? HF_OK : HF_EPOLICY;
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
