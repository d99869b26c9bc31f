#include "common/account.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>

#include "common/io.h"

/* getpwnam_r(3): a larger entry gives ERANGE; this holds any that fits our own limits. */
#define ENTRY_MAX 65536

static enum hf_error fill_account(const struct passwd *entry, struct account *out_account)
{
    struct account account = {.uid = entry->pw_uid, .gid = entry->pw_gid};
    if (!user_name_valid(entry->pw_name) || entry->pw_dir[0] != '/')
        return HF_ENAME;
    /* Ids that mean "no change" to the system calls: setresuid(2), chown(2). */
    if (account.uid == (uid_t)-1 || account.gid == (gid_t)-1)
        return HF_ENAME;
    TRY(text_format(account.name, sizeof account.name, "%s", entry->pw_name));
    if (text_format(account.home, sizeof account.home, "%s", entry->pw_dir) != HF_OK)
        return HF_ENAME;
    *out_account = account;
    return HF_OK;
}

static enum hf_error look_up(const char *name, uid_t uid, struct account *out_account)
{
    SCOPED(text) char *buffer = malloc(ENTRY_MAX);
    if (buffer == NULL)
        return HF_ENOMEM;
    struct passwd entry, *found = NULL;
    int failed = name != NULL ? getpwnam_r(name, &entry, buffer, ENTRY_MAX, &found)
                              : getpwuid_r(uid, &entry, buffer, ENTRY_MAX, &found);
    if (found == NULL) {
        errno = failed;
        return failed == 0 || failed == ENOENT || failed == ESRCH ? HF_ENOTFOUND : HF_EIO;
    }
    return fill_account(found, out_account);
}

enum hf_error account_by_name(const char *name, struct account *out_account)
{
    return look_up(name, 0, out_account);
}

enum hf_error account_by_uid(uid_t uid, struct account *out_account)
{
    return look_up(NULL, uid, out_account);
}
