#include "common/login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "common/io.h"

/* What stands there once there were two; no name begins with a dot. */
#define SEVERAL "."

_Static_assert(sizeof HF_RUN_FOLDER + 32 <= LOGIN_PATH_MAX, "the path fits");

/* The file's whole content, with zero bytes behind the name. */
struct page {
    char user[USER_NAME_MAX + 1];
};

void login_path(uid_t uid, char out_path[static LOGIN_PATH_MAX])
{
    (void)snprintf(out_path, LOGIN_PATH_MAX, HF_RUN_FOLDER "/" LOGIN_FILE_PREFIX "%lu",
                   (unsigned long)uid);
}

bool login_seen(uid_t uid)
{
    char path[LOGIN_PATH_MAX];
    login_path(uid, path);
    return access(path, F_OK) == 0;
}

static enum hf_error read_page(int fd, char out_user[static USER_NAME_MAX + 1])
{
    struct page page = {0};
    const ssize_t length = pread(fd, &page, sizeof page, 0);
    if (length < 0)
        return HF_EIO;
    if (length == 0)
        return HF_ENOTFOUND;
    if (length != (ssize_t)sizeof page || page.user[USER_NAME_MAX] != '\0')
        return HF_EFORMAT;
    if (strcmp(page.user, SEVERAL) == 0)
        return HF_EDUPLICATE;
    if (!user_name_valid(page.user))
        return HF_EFORMAT;
    memcpy(out_user, page.user, sizeof page.user);
    return HF_OK;
}

/* Whether the earlier name is this uid's no more, as after usermod(8) with -l, and the later one is
   what the name service gives for it: then that is one user under one name. A name service that
   fails, or that knows the later name beside others, settles nothing. */
static bool is_renamed(uid_t uid, const char *before, const char *user)
{
    struct account account;
    const enum hf_error error = account_by_name(before, &account);
    const bool gone = error == HF_ENOTFOUND && errno == 0;
    if (!gone && (error != HF_OK || account.uid == uid))
        return false;
    return account_by_uid(uid, &account) == HF_OK && strcmp(account.name, user) == 0;
}

static const char *name_to_keep(uid_t uid, enum hf_error error, const char *before,
                                const char *user)
{
    if (error == HF_ENOTFOUND || (error == HF_OK && is_renamed(uid, before, user)))
        return user;
    return SEVERAL;
}

enum hf_error login_note(uid_t uid, const char *user)
{
    char path[LOGIN_PATH_MAX], before[USER_NAME_MAX + 1] = "";
    struct page page = {0};
    login_path(uid, path);
    SCOPED(fd) int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return HF_EIO;
    const enum hf_error error = read_page(fd, before);
    if (error == HF_OK && strcmp(before, user) == 0)
        return HF_OK;
    TRY(text_format(page.user, sizeof page.user, "%s", name_to_keep(uid, error, before, user)));
    return pwrite(fd, &page, sizeof page, 0) == (ssize_t)sizeof page ? HF_OK : HF_EIO;
}

enum hf_error login_name(uid_t uid, char out_user[static USER_NAME_MAX + 1])
{
    char path[LOGIN_PATH_MAX];
    login_path(uid, path);
    SCOPED(fd) int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? HF_ENOTFOUND : HF_EIO;
    return read_page(fd, out_user);
}
