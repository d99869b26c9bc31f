#include "common/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

deadline_ms clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (deadline_ms)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum hf_error io_read(int fd, void *bytes, size_t size, size_t *out_length)
{
    size_t length = 0;
    while (length < size) {
        ssize_t got = read(fd, (char *)bytes + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return HF_EIO;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *out_length = length;
    return HF_OK;
}

/* Waits until there is something to read, or the end of file. */
static enum hf_error wait_readable(int fd, deadline_ms until)
{
    for (;;) {
        deadline_ms left = until - clock_ms();
        if (left <= 0)
            return HF_EDEADLINE;
        struct pollfd waited = {.fd = fd, .events = POLLIN};
        int ready = poll(&waited, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (ready > 0)
            return HF_OK;
        if (ready < 0 && errno != EINTR)
            return HF_EIO;
    }
}

enum hf_error io_read_until(int fd, deadline_ms until, void *bytes, size_t size, size_t *out_length)
{
    size_t length = 0;
    while (length < size) {
        TRY(wait_readable(fd, until));
        ssize_t got = read(fd, (char *)bytes + length, size - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return HF_EIO;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    *out_length = length;
    return HF_OK;
}

enum hf_error io_write(int fd, const void *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        const char *rest = (const char *)bytes + done;
        ssize_t put = send(fd, rest, length - done, MSG_NOSIGNAL);
        if (put < 0 && errno == ENOTSOCK)
            put = write(fd, rest, length - done);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return HF_EIO;
        done += (size_t)put;
    }
    return HF_OK;
}

static enum hf_error check_opened(int fd, const struct file_rule *rule, size_t *out_size)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return HF_EIO;
    if (!S_ISREG(status.st_mode))
        return HF_ETYPE;
    if (status.st_uid != rule->owner && !(rule->or_root && status.st_uid == 0))
        return HF_EOWNER;
    if ((status.st_mode & rule->forbidden) != 0)
        return HF_EMODE;
    if (status.st_size == 0)
        return HF_EEMPTY;
    if (status.st_size < 0 || (uintmax_t)status.st_size > rule->maximum)
        return HF_ETOOBIG;
    *out_size = (size_t)status.st_size;
    return HF_OK;
}

static enum hf_error open_checked(const char *path, const struct file_rule *rule, int *out_fd,
                                  size_t *out_size)
{
    SCOPED(fd) int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        return HF_ENOTFOUND;
    /* ELOOP is a symbolic link, ENXIO a socket: open(2). */
    if (fd < 0 && (errno == ELOOP || errno == ENXIO))
        return HF_ETYPE;
    if (fd < 0)
        return HF_EIO;
    TRY(check_opened(fd, rule, out_size));
    *out_fd = fd;
    fd = -1;
    return HF_OK;
}

/* A file that grew or shrank since fstat is being written by somebody who does not rename: refused.
 */
static enum hf_error read_exactly(int fd, void *bytes, size_t size)
{
    size_t length = 0;
    char more;
    size_t extra = 0;
    TRY(io_read(fd, bytes, size, &length));
    TRY(io_read(fd, &more, 1, &extra));
    return length == size && extra == 0 ? HF_OK : HF_EFORMAT;
}

enum hf_error file_read(const char *path, const struct file_rule *rule, char **out_bytes,
                        size_t *out_length)
{
    SCOPED(fd) int fd = -1;
    size_t size = 0;
    TRY(open_checked(path, rule, &fd, &size));
    char *bytes = malloc(size + 1);
    if (bytes == NULL)
        return HF_ENOMEM;
    enum hf_error error = read_exactly(fd, bytes, size);
    if (error != HF_OK) {
        free(bytes);
        return error;
    }
    bytes[size] = '\0';
    *out_bytes = bytes;
    *out_length = size;
    return HF_OK;
}

enum hf_error file_read_into(const char *path, const struct file_rule *rule, void *bytes,
                             size_t *out_length)
{
    SCOPED(fd) int fd = -1;
    size_t size = 0;
    TRY(open_checked(path, rule, &fd, &size));
    TRY(read_exactly(fd, bytes, size));
    *out_length = size;
    return HF_OK;
}

static enum hf_error folder_sync(const char *path)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path)
        return HF_EIO;
    TRY(text_format(folder, sizeof folder, "%.*s", (int)(slash - path), path));
    SCOPED(fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return HF_EIO;
    /* Some network file systems cannot sync a folder; their rename is durable or not, as they like.
     */
    if (fsync(fd) != 0 && errno != EINVAL)
        return HF_EIO;
    return HF_OK;
}

static enum hf_error fill(int fd, const void *bytes, size_t length, mode_t mode, gid_t group)
{
    TRY(io_write(fd, bytes, length));
    if (group != (gid_t)-1 && fchown(fd, (uid_t)-1, group) != 0)
        return HF_EIO;
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0)
        return HF_EIO;
    return HF_OK;
}

/* What puts the finished temporary file in its place: rename(2) or link(2). */
typedef int place_call(const char *temporary, const char *path);

static enum hf_error write_and_place(const char *path, const void *bytes, size_t length,
                                     mode_t mode, gid_t group, place_call *place)
{
    char temporary[4096];
    TRY(text_format(temporary, sizeof temporary, "%s.new", path));
    /* One that was killed left it; one that is at work has the lock that the caller holds. */
    (void)unlink(temporary);
    SCOPED(fd) int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return HF_EIO;
    enum hf_error error = fill(fd, bytes, length, mode, group);
    if (error == HF_OK && place(temporary, path) != 0)
        error = errno == EEXIST ? HF_EEXISTS : HF_EIO;
    int saved = errno;
    if (error != HF_OK || place != rename)
        (void)unlink(temporary);
    errno = saved;
    TRY(error);
    return folder_sync(path);
}

enum hf_error file_replace_for(const char *path, const void *bytes, size_t length, mode_t mode,
                               gid_t group)
{
    return write_and_place(path, bytes, length, mode, group, rename);
}

enum hf_error file_create(const char *path, const void *bytes, size_t length, mode_t mode)
{
    return write_and_place(path, bytes, length, mode, (gid_t)-1, link);
}

enum hf_error file_replace(const char *path, const void *bytes, size_t length, mode_t mode)
{
    return file_replace_for(path, bytes, length, mode, (gid_t)-1);
}

enum hf_error folder_make(const char *path, mode_t mode)
{
    char part[4096];
    TRY(text_format(part, sizeof part, "%s", path));
    for (char *slash = strchr(part + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash != NULL)
            *slash = '\0';
        bool made = mkdir(part, mode) == 0;
        if (!made && errno != EEXIST)
            return HF_EIO;
        /* mkdir(2) subtracts the umask, which process_harden has made 077. */
        if (made && chmod(part, mode) != 0)
            return HF_EIO;
        if (slash == NULL)
            return HF_OK;
        *slash = '/';
    }
}

enum hf_error lock_take(const char *path, deadline_ms until, int *out_fd)
{
    SCOPED(fd) int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return HF_EIO;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return HF_EIO;
        if (clock_ms() >= until)
            return HF_EDEADLINE;
        (void)poll(NULL, 0, 5);
    }
    *out_fd = fd;
    fd = -1;
    return HF_OK;
}

enum hf_error text_format(char *buffer, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(buffer, size, format, arguments);
    va_end(arguments);
    return length >= 0 && (size_t)length < size ? HF_OK : HF_ETOOBIG;
}
