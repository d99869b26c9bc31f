#include "tools/clients/edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "tools/clients/places.h"

/* Not file_replace's ".new": that may be the name of a file of the user's. */
#define TEMPORARY ".hf-token-import"

/* Names and values of attributes that are carried over: an access list, a label of SELinux. */
#define ATTRIBUTES_MAX 4096

static enum hf_error folder_of(const char *path, char folder[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return HF_EIO;
    return text_format(folder, PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

const char *edit_refusal(const struct place_file *file, uid_t user)
{
    char folder[PATH_MAX];
    struct stat status;
    if (file->status.st_uid != user)
        return "it belongs to another user";
    if (file->status.st_nlink > 1)
        return "it has more than one name (hard links)";
    if ((file->status.st_mode & S_IWUSR) == 0)
        return "it is read-only";
    if (!file->format->by_hand && file->finds.count > FINDS_MAX)
        return "it has too many tokens";
    if (folder_of(file->path, folder) != HF_OK || stat(folder, &status) != 0)
        return "its folder cannot be read";
    if (status.st_uid != user)
        return "its folder belongs to another user";
    return access(folder, W_OK) == 0 ? NULL : "its folder is read-only";
}

static bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino &&
           one->st_size == other->st_size && one->st_mode == other->st_mode &&
           one->st_nlink == other->st_nlink && one->st_uid == other->st_uid &&
           one->st_gid == other->st_gid && one->st_ctim.tv_sec == other->st_ctim.tv_sec &&
           one->st_ctim.tv_nsec == other->st_ctim.tv_nsec;
}

/* Where the file system has them; what it refuses to set, such as a label, it has set by itself. */
static void copy_attributes(const char *path, int fd)
{
    char names[ATTRIBUTES_MAX], value[ATTRIBUTES_MAX];
    const ssize_t length = listxattr(path, names, sizeof names);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        const ssize_t size = getxattr(path, names + at, value, sizeof value);
        if (size >= 0)
            (void)fsetxattr(fd, names + at, value, (size_t)size, 0);
    }
}

/* The mode after the group: chown(2) takes bits of it away. */
static enum hf_error fill(int fd, const struct place_file *file, const struct secret *bytes)
{
    TRY(io_write(fd, secret_view(bytes), secret_length(bytes)));
    if (fchown(fd, (uid_t)-1, file->status.st_gid) != 0)
        return HF_EIO;
    copy_attributes(file->path, fd);
    return fchmod(fd, file->status.st_mode & 07777) == 0 && fsync(fd) == 0 ? HF_OK : HF_EIO;
}

static enum hf_error sync_folder(const char *path)
{
    char name[PATH_MAX];
    TRY(folder_of(path, name));
    SCOPED(fd) int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL) ? HF_OK : HF_EIO;
}

/* The last look before the rename: an editor may have saved it while we wrote. */
static bool is_unchanged(const struct place_file *file)
{
    struct stat status;
    return lstat(file->path, &status) == 0 && same_file(&status, &file->status);
}

static enum hf_error replace(const struct place_file *file, const struct secret *bytes,
                             struct edit *edit)
{
    char temporary[PATH_MAX];
    TRY(text_format(temporary, sizeof temporary, "%s" TEMPORARY, file->path));
    (void)unlink(temporary);
    SCOPED(fd) int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return HF_EIO;
    enum hf_error error = fill(fd, file, bytes);
    if (error == HF_OK && !is_unchanged(file))
        edit->why_not = "it was changed meanwhile";
    else if (error == HF_OK && rename(temporary, file->path) == 0)
        return sync_folder(file->path);
    else
        error = HF_EIO;
    int saved = errno;
    (void)unlink(temporary);
    errno = saved;
    return error;
}

static enum hf_error put(const struct place_file *file, const struct secret *bytes,
                         struct edit *edit)
{
    const struct text text = {(const char *)secret_view(bytes), secret_length(bytes)};
    if (!format_spent(file->format, &text))
        return replace(file, bytes, edit);
    if (!is_unchanged(file)) {
        edit->why_not = "it was changed meanwhile";
        return HF_OK;
    }
    if (unlink(file->path) != 0)
        return HF_EIO;
    edit->removed = true;
    return sync_folder(file->path);
}

/* What the file is now: the reason why it is not touched, or its status. */
static enum hf_error look_again(struct place_file *file, struct edit *edit)
{
    SCOPED(secret) struct secret *bytes = NULL;
    struct stat status;
    enum hf_error error = place_read(file->path, &status, &bytes);
    if (error == HF_ENOMEM || error == HF_EIO)
        return error;
    if (error != HF_OK || !secret_equals(bytes, file->bytes))
        edit->why_not = "it was changed meanwhile";
    else
        file->status = status;
    return HF_OK;
}

static enum hf_error cut(struct place_file *file, struct edit *edit, struct secret **out_left)
{
    SCOPED(secret) struct secret *left = NULL;
    size_t length = secret_length(file->bytes), kept = 0;
    TRY(secret_new(length + 1, &left));
    memcpy(secret_bytes(left), secret_view(file->bytes), length);
    TRY(format_cut(file->format, edit->host, (char *)secret_bytes(left), &length, edit->may,
                   edit->context, &kept));
    secret_set_length(left, length);
    *out_left = TAKE(left);
    return HF_OK;
}

enum hf_error edit_cut(struct place_file *file, uid_t user, struct edit *edit)
{
    SCOPED(secret) struct secret *left = NULL;
    edit->removed = false;
    TRY(look_again(file, edit));
    if (edit->why_not == NULL)
        edit->why_not = edit_refusal(file, user);
    if (edit->why_not != NULL)
        return HF_OK;
    TRY(cut(file, edit, &left));
    if (secret_length(left) == secret_length(file->bytes))
        return HF_OK;
    TRY(put(file, left, edit));
    if (edit->why_not != NULL)
        return HF_OK;
    secret_free(file->bytes);
    file->bytes = TAKE(left);
    return HF_OK;
}
