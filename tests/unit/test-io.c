/* Files: read only when they are what they must be, replaced as a whole or not at all. */
#include "tests/unit/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* The step at which the system refuses, or the process dies; 0 for never. */
static int bad_step, steps;
static int bad_errno; /* 0: SIGKILL */

static bool is_bad_step(void)
{
    if (++steps != bad_step)
        return false;
    if (bad_errno == 0)
        (void)kill(getpid(), SIGKILL);
    errno = bad_errno;
    return true;
}

/* Each call that a change of a file consists of. */
#define WRAP(name, parameters, arguments)                                                          \
    int __real_##name parameters;                                                                  \
    int __wrap_##name parameters;                                                                  \
    int __wrap_##name parameters                                                                   \
    {                                                                                              \
        return is_bad_step() ? -1 : __real_##name arguments;                                       \
    }
WRAP(fchmod, (int fd, mode_t mode), (fd, mode))
WRAP(fsync, (int fd), (fd))
WRAP(rename, (const char *from, const char *to), (from, to))
WRAP(link, (const char *from, const char *to), (from, to))

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);

/* Only the call that makes the temporary file is one of the change. */
int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return (flags & O_EXCL) != 0 && is_bad_step() ? -1 : __real_open(path, flags, mode);
}

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);

/* Short by half each time, as a signal or a filling disk makes it. */
ssize_t __wrap_write(int fd, const void *bytes, size_t length)
{
    return is_bad_step() ? -1 : __real_write(fd, bytes, (length + 1) / 2);
}

/* What fstat adds to a file's size: it changes between the look and the reading. */
static off_t misjudged;

int __real_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status)
{
    int failed = __real_fstat(fd, status);
    status->st_size += misjudged;
    return failed;
}

static char folder[64];
static char file[96];

static int make_folder(void **state)
{
    (void)state;
    OK(text_format(folder, sizeof folder, "/tmp/hf-token-test.XXXXXX"));
    if (mkdtemp(folder) == NULL)
        return -1;
    OK(text_format(file, sizeof file, "%s/file", folder));
    bad_step = 0;
    return 0;
}

static size_t count_files(bool remove)
{
    size_t count = 0;
    DIR *open = opendir(folder);
    assert_non_null(open);
    for (struct dirent *entry; (entry = readdir(open)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        if (remove)
            (void)unlinkat(dirfd(open), entry->d_name, 0);
    }
    closedir(open);
    return count;
}

static int remove_folder(void **state)
{
    (void)state;
    (void)count_files(true);
    return rmdir(folder);
}

static const struct file_rule *rule(void)
{
    static struct file_rule mine;
    mine = (struct file_rule){.owner = geteuid(), .forbidden = 022, .maximum = 10};
    return &mine;
}

static void put(const char *text, mode_t mode)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(fd >= 0);
    OK(io_write(fd, text, strlen(text)));
    close(fd);
    assert_int_equal(chmod(file, mode), 0);
}

static void assert_file(const char *text)
{
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    OK(file_read(file, rule(), &bytes, &length));
    assert_int_equal(length, strlen(text));
    assert_string_equal(bytes, text);
}

static enum hf_error reading(void)
{
    char *bytes = NULL;
    size_t length = 77;
    enum hf_error error = file_read(file, rule(), &bytes, &length);
    if (error == HF_OK)
        free(bytes);
    else
        assert_true(bytes == NULL && length == 77);
    return error;
}

static void file_of_the_right_kind_is_read(void **state)
{
    (void)state;
    char bytes[10];
    size_t length = 0;
    put("0123456789", 0600);
    assert_file("0123456789");
    OK(file_read_into(file, rule(), bytes, &length));
    assert_int_equal(length, 10);
    put("0123456789a", 0600);
    FAILS(reading(), HF_ETOOBIG);
    FAILS(file_read_into(file, rule(), bytes, &length), HF_ETOOBIG);
    put("", 0600);
    FAILS(reading(), HF_EEMPTY);
    put("x", 0620);
    FAILS(reading(), HF_EMODE);
    put("x", 0602);
    FAILS(reading(), HF_EMODE);
    unlink(file);
    FAILS(reading(), HF_ENOTFOUND);
}

static void file_that_changes_meanwhile_is_not(void **state)
{
    (void)state;
    char bytes[10];
    size_t length = 77;
    put("01234", 0600);
    for (misjudged = -1; misjudged <= 1; misjudged += 2) {
        FAILS(reading(), HF_EFORMAT);
        FAILS(file_read_into(file, rule(), bytes, &length), HF_EFORMAT);
        assert_int_equal(length, 77);
    }
    misjudged = 0;
    OK(reading());
}

static void file_of_another_kind_is_not(void **state)
{
    (void)state;
    const struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct sockaddr_un named = address;
    assert_int_equal(symlink("/etc/passwd", file), 0);
    FAILS(reading(), HF_ETYPE);
    unlink(file);
    assert_int_equal(mkfifo(file, 0600), 0);
    FAILS(reading(), HF_ETYPE);
    unlink(file);
    OK(text_format(named.sun_path, sizeof named.sun_path, "%s", file));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&named, sizeof named), 0);
    FAILS(reading(), HF_ETYPE);
    close(fd);
    unlink(file);
    assert_int_equal(mkdir(file, 0700), 0);
    FAILS(reading(), HF_ETYPE);
    rmdir(file);
}

static void file_of_another_owner_is_not(void **state)
{
    (void)state;
    struct file_rule other = *rule();
    char *bytes = NULL;
    size_t length = 0;
    put("x", 0600);
    other.owner++;
    FAILS(file_read(file, &other, &bytes, &length), HF_EOWNER);
    other = (struct file_rule){.owner = geteuid() + 1, .or_root = true, .maximum = 65536};
    if (geteuid() != 0)
        FAILS(file_read(file, &other, &bytes, &length), HF_EOWNER);
    OK(file_read("/etc/passwd", &other, &bytes, &length));
    free(bytes);
}

static void replaced_file_has_its_mode(void **state)
{
    (void)state;
    struct stat status;
    mode_t before = umask(077);
    put("old", 0600);
    OK(file_replace(file, "new", 3, 0640));
    (void)umask(before);
    assert_file("new");
    assert_int_equal(stat(file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_int_equal(count_files(false), 1);
}

/* Whether this step was reached: the child died of it. */
static bool dies_at(int step)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bad_step = step;
        bad_errno = steps = 0;
        _exit(file_replace(file, "newer", 5, 0600) == HF_OK ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || status == 0);
    return WIFSIGNALED(status);
}

static void killed_replacement_leaves_old_or_new(void **state)
{
    (void)state;
    bool replaced = false;
    int step = 1;
    put("old", 0600);
    for (; dies_at(step); step++) {
        char bytes[10];
        size_t length = 0;
        OK(file_read_into(file, rule(), bytes, &length));
        replaced = replaced || length == 5;
        assert_memory_equal(bytes, replaced ? "newer" : "old", length);
        assert_int_equal(length, replaced ? 5 : 3);
    }
    /* open, three short writes, fchmod, fsync, rename, and fsync of the folder. */
    assert_int_equal(step, 9);
    assert_true(replaced);
    assert_file("newer");
    /* What the killed ones left is gone with the first that got through. */
    assert_int_equal(count_files(false), 1);
}

static void refused_replacement_leaves_no_trace(void **state)
{
    (void)state;
    for (int step = 1; step <= 8; step++) {
        put("old", 0600);
        bad_step = step;
        bad_errno = ENOSPC;
        steps = 0;
        FAILS(file_replace(file, "newer", 5, 0600), HF_EIO);
        assert_int_equal(errno, ENOSPC);
        bad_step = 0;
        /* Only the folder's fsync comes after the rename. */
        assert_file(step == 8 ? "newer" : "old");
        assert_int_equal(count_files(false), 1);
    }
}

static void created_file_never_overwrites(void **state)
{
    (void)state;
    OK(file_create(file, "first", 5, 0600));
    assert_file("first");
    FAILS(file_create(file, "second", 6, 0600), HF_EEXISTS);
    assert_file("first");
    unlink(file);
    assert_int_equal(symlink("/nowhere", file), 0);
    FAILS(file_create(file, "second", 6, 0600), HF_EEXISTS);
    assert_int_equal(count_files(true), 1);
    bad_step = 6;
    bad_errno = EIO;
    steps = 0;
    FAILS(file_create(file, "five5", 5, 0600), HF_EIO);
    bad_step = 0;
    assert_int_equal(count_files(false), 0);
}

static void folders_get_their_mode(void **state)
{
    (void)state;
    char inner[128];
    struct stat status;
    mode_t before = umask(077);
    OK(text_format(inner, sizeof inner, "%s/a/b", folder));
    OK(folder_make(inner, 0711));
    OK(folder_make(inner, 0755));
    (void)umask(before);
    for (int depth = 2; depth > 0; depth--) {
        assert_int_equal(stat(inner, &status), 0);
        assert_int_equal(status.st_mode & 07777, 0711);
        assert_int_equal(rmdir(inner), 0);
        *strrchr(inner, '/') = '\0';
    }
}

static void lock_excludes_and_ends_with_its_descriptor(void **state)
{
    (void)state;
    int first = -1, second = -1;
    OK(lock_take(file, clock_ms() + 1000, &first));
    deadline_ms start = clock_ms();
    FAILS(lock_take(file, start + 50, &second), HF_EDEADLINE);
    assert_in_range(clock_ms() - start, 50, 1000);
    close(first);
    OK(lock_take(file, clock_ms() + 1000, &second));
    close(second);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FOLDER(file_of_the_right_kind_is_read),
        WITH_FOLDER(file_that_changes_meanwhile_is_not),
        WITH_FOLDER(file_of_another_kind_is_not),
        WITH_FOLDER(file_of_another_owner_is_not),
        WITH_FOLDER(replaced_file_has_its_mode),
        WITH_FOLDER(killed_replacement_leaves_old_or_new),
        WITH_FOLDER(refused_replacement_leaves_no_trace),
        WITH_FOLDER(created_file_never_overwrites),
        WITH_FOLDER(folders_get_their_mode),
        WITH_FOLDER(lock_excludes_and_ends_with_its_descriptor),
    };
    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
