/* Reading and writing whole files and messages, safely. */
#ifndef HF_COMMON_IO_H
#define HF_COMMON_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

#include "common/error.h"
#include "common/scope.h"

DEFINE_SCOPED(fd, int, close, -1);
/* For memory of malloc behind any pointer to char. */
DEFINE_SCOPED(text, char *, free, NULL);

/* A point of time on CLOCK_MONOTONIC, in milliseconds. */
typedef int64_t deadline_ms;

/* The present on that clock. */
deadline_ms clock_ms(void);

/* Reads until `size` bytes or the end of file; EINTR is retried. HF_EIO (errno is set). */
HF_CHECKED enum hf_error io_read(int fd, void *bytes, size_t size, size_t *out_length);

/* The same, but gives up with HF_EDEADLINE; what was read until then is lost. */
HF_CHECKED enum hf_error io_read_until(int fd, deadline_ms until, void *bytes, size_t size,
                                       size_t *out_length);

/* Writes all; never raises SIGPIPE on a socket, and elsewhere only where the caller left it on.
 * HF_EIO. */
HF_CHECKED enum hf_error io_write(int fd, const void *bytes, size_t length);

/* What a file must be before its content is read. */
struct file_rule {
    uid_t owner;      /* must own it ... */
    bool or_root;     /* ... or root may */
    mode_t forbidden; /* mode bits that must not be set, such as 022 or 077 */
    size_t maximum;   /* bytes */
};

/* Reads a file whole: opened without following a symbolic link in its last component and without
   waiting for a FIFO's writer, then checked on that descriptor. *out_bytes is malloc'd, has a zero
   byte behind the last, and is the caller's to free. HF_ENOTFOUND, HF_ETYPE (also for a symbolic
   link), HF_EOWNER, HF_EMODE, HF_EEMPTY, HF_ETOOBIG, HF_ENOMEM, HF_EIO. */
HF_CHECKED enum hf_error file_read(const char *path, const struct file_rule *rule, char **out_bytes,
                                   size_t *out_length);

/* The same into memory of the caller, which may be a secret's. At most rule->maximum bytes are
 * written. */
HF_CHECKED enum hf_error file_read_into(const char *path, const struct file_rule *rule, void *bytes,
                                        size_t *out_length);

/* Replaces the file as a whole: a temporary file beside it (its name and ".new"), fsync, rename,
   fsync of the folder. Whatever happens, `path` holds the old content or the new one. On failure
   the temporary file is removed; one that a kill left is removed by the next call. The caller holds
   a lock that keeps others from doing the same. HF_EIO. */
HF_CHECKED enum hf_error file_replace(const char *path, const void *bytes, size_t length,
                                      mode_t mode);

/* As file_replace, but the file gets this group (-1: left alone) before it takes its place. */
HF_CHECKED enum hf_error file_replace_for(const char *path, const void *bytes, size_t length,
                                          mode_t mode, gid_t group);

/* Makes a file that must not be there yet, whole or not at all, even against others who try.
 * HF_EEXISTS, HF_EIO. */
HF_CHECKED enum hf_error file_create(const char *path, const void *bytes, size_t length,
                                     mode_t mode);

/* Makes each missing folder of `path` (absolute) with `mode`, whatever the umask. HF_EIO. */
HF_CHECKED enum hf_error folder_make(const char *path, mode_t mode);

/* Opens (and makes, mode 0600) a file that is never renamed, and waits for an exclusive lock on it
   until `until` at the most. The descriptor holds the lock; close it to release. HF_EIO,
   HF_EDEADLINE. */
HF_CHECKED enum hf_error lock_take(const char *path, deadline_ms until, int *out_fd);

/* Formats into a buffer; HF_ETOOBIG when it does not fit. */
HF_CHECKED __attribute__((format(printf, 3, 4))) enum hf_error
text_format(char *buffer, size_t size, const char *format, ...);

#endif
