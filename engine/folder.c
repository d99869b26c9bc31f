/* A folder: configuration management brings it to the hosts, or a file server. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/inside.h"

#define LOCK_NAME ".lock"
/* And a number. One at a time has the lock; beside an object it could be another object's name. */
#define TEMPORARY_NAME ".new"
#define DEPTH_MAX      4

struct place_path {
    char text[4096];
};

static enum hf_error make_path(const struct engine *engine, const char *name,
                               struct place_path *out_path)
{
    return text_format(out_path->text, sizeof out_path->text, "%s/%s", engine->place->addresses[0],
                       name);
}

static enum hf_error note(struct engine *engine, const char *path, enum hf_error error)
{
    const int saved = errno;
    if (error == HF_EIO && (saved == EACCES || saved == EPERM))
        engine_note_unreadable(engine, path, saved);
    else if (error != HF_OK && error != HF_ENOTFOUND)
        engine_note(engine, path, error == HF_EIO ? strerror(saved) : error_text(error));
    errno = saved;
    return error;
}

/* A folder that is not there, or not mounted, says nothing of the objects in it. */
enum hf_error folder_check(struct engine *engine)
{
    const char *const folder = engine->place->addresses[0];
    SCOPED(fd) int fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && faccessat(fd, ".", X_OK, AT_EACCESS) == 0)
        return HF_OK;
    if (errno == EACCES)
        return note(engine, folder, HF_EIO);
    engine_note(engine, folder, "there is no such folder");
    return HF_EUNAVAIL;
}

/* One part of a path, which must not lead elsewhere: who else can write in the folder would have an
   administrator read and replace files anywhere. -1 with errno; ELOOP: it is a link. */
static int open_part(int folder, const char *part, size_t length, int flags)
{
    char name[NAME_MAX + 1], target;
    if (length > NAME_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(name, part, length);
    name[length] = '\0';
    const int fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOTDIR)
        errno = readlinkat(folder, name, &target, 1) >= 0 ? ELOOP : ENOTDIR;
    return fd;
}

/* The folder that an object lies in; *out_name is the rest of its path. */
static int open_parent(const struct engine *engine, const char *path, const char **out_name)
{
    int fd = open(engine->place->addresses[0], O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (const char *end; fd >= 0 && (end = strchr(path, '/')) != NULL; path = end + 1) {
        SCOPED(fd) int above = fd;
        fd = open_part(above, path, (size_t)(end - path), O_PATH | O_DIRECTORY);
    }
    *out_name = path;
    return fd;
}

static int open_inside(const struct engine *engine, const char *path)
{
    const char *name = NULL;
    SCOPED(fd) int parent = open_parent(engine, path, &name);
    return parent < 0 ? -1
                      : open_part(parent, name, strlen(name), O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

static enum hf_error open_object(const struct engine *engine, const char *path, int *out_fd,
                                 size_t *out_size)
{
    struct stat status;
    SCOPED(fd) int fd = open_inside(engine, path);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return HF_ENOTFOUND;
    if (fd < 0)
        return errno == ELOOP || errno == ENXIO ? HF_ETYPE : HF_EIO;
    if (fstat(fd, &status) != 0)
        return HF_EIO;
    if (!S_ISREG(status.st_mode))
        return HF_ETYPE;
    if (status.st_size > ENGINE_OBJECT_MAX)
        return HF_ETOOBIG;
    *out_size = (size_t)status.st_size;
    *out_fd = fd;
    fd = -1;
    return HF_OK;
}

/* Who writes it replaces it, so that a file which grows is somebody else's doing. The folder needs
   no owner of its own: what is in it is believed by its signature alone. */
static enum hf_error read_object(const struct engine *engine, const char *path,
                                 struct engine_object *out_object)
{
    SCOPED(fd) int fd = -1;
    size_t size = 0, length = 0;
    TRY(open_object(engine, path, &fd, &size));
    SCOPED(text) char *bytes = malloc(size + 1);
    if (bytes == NULL)
        return HF_ENOMEM;
    TRY(io_read(fd, bytes, size + 1, &length));
    if (length != size)
        return HF_EUNAVAIL;
    *out_object =
        (struct engine_object){.length = length, .version = engine_version_of(bytes, length)};
    out_object->bytes = TAKE(bytes);
    return HF_OK;
}

static bool same_version(const struct engine_version *one, const struct engine_version *other)
{
    return strcmp(one->text, other->text) == 0;
}

static enum hf_error get_one(struct engine *engine, struct engine_task *task, bool conditional)
{
    struct place_path path;
    SCOPED(engine_object) struct engine_object object = {0};
    TRY(make_path(engine, task->path, &path));
    TRY(note(engine, path.text, read_object(engine, task->path, &object)));
    if (conditional && same_version(&object.version, &task->expected))
        return HF_EUNCHANGED;
    task->object = object;
    object.bytes = NULL;
    return HF_OK;
}

static void folder_get_all(struct engine *engine, struct engine_task *tasks, size_t count,
                           bool conditional, deadline_ms until)
{
    const enum hf_error there = folder_check(engine);
    for (size_t i = 0; i < count; i++) {
        tasks[i].error = clock_ms() >= until ? HF_EDEADLINE : there;
        if (tasks[i].error == HF_OK)
            tasks[i].error = get_one(engine, &tasks[i], conditional);
    }
}

/* Of many the caller syncs them all at once. */
static enum hf_error write_file(const char *path, const void *bytes, size_t length, bool sync)
{
    (void)unlink(path);
    SCOPED(fd) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return HF_EIO;
    TRY(io_write(fd, bytes, length));
    return fchmod(fd, 0644) == 0 && (!sync || fsync(fd) == 0) ? HF_OK : HF_EIO;
}

/* The folder that the object lies in. */
static struct place_path folder_of(const struct place_path *path)
{
    struct place_path folder = *path;
    *strrchr(folder.text, '/') = '\0';
    return folder;
}

static enum hf_error sync_folder(const struct place_path *folder)
{
    SCOPED(fd) int fd = open(folder->text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && (fsync(fd) == 0 || errno == EINVAL) ? HF_OK : HF_EIO;
}

/* Whether the object still is what the caller takes it for. */
static enum hf_error check_expected(const struct engine *engine, const char *path,
                                    const struct engine_version *expected)
{
    SCOPED(engine_object) struct engine_object object = {0};
    enum hf_error error = read_object(engine, path, &object);
    if (error != HF_OK && error != HF_ENOTFOUND)
        return error;
    return same_version(&object.version, expected) ? HF_OK : HF_ECHANGED;
}

static enum hf_error make_temporary(const struct engine *engine, size_t number,
                                    struct place_path *out_path)
{
    return text_format(out_path->text, sizeof out_path->text, "%s/" TEMPORARY_NAME "%zu",
                       engine->place->addresses[0], number);
}

/* Writes the object beside all objects. */
static enum hf_error put_aside(struct engine *engine, const struct engine_task *task, size_t number,
                               bool sync)
{
    struct place_path path, folder, temporary;
    TRY(make_path(engine, task->path, &path));
    TRY(make_temporary(engine, number, &temporary));
    folder = folder_of(&path);
    enum hf_error error = check_expected(engine, task->path, &task->expected);
    if (error == HF_OK)
        error = folder_make(folder.text, 0755);
    if (error == HF_OK)
        error = write_file(temporary.text, task->bytes, task->length, sync);
    return note(engine, path.text, error);
}

/* And puts it in its place. *out_folder is the one to sync. */
static enum hf_error put_in_place(struct engine *engine, struct engine_task *task, size_t number,
                                  struct place_path *out_folder)
{
    struct place_path path, temporary;
    TRY(make_path(engine, task->path, &path));
    TRY(make_temporary(engine, number, &temporary));
    const char *name = NULL;
    SCOPED(fd) int parent = open_parent(engine, task->path, &name);
    if (parent < 0 || renameat(AT_FDCWD, temporary.text, parent, name) != 0)
        return note(engine, path.text, HF_EIO);
    task->object.version = engine_version_of(task->bytes, task->length);
    *out_folder = folder_of(&path);
    return HF_OK;
}

/* Those that lie beside each other have their folder synced once. */
static void put_all_in_place(struct engine *engine, struct engine_task *tasks, size_t count)
{
    struct place_path folder, before = {0};
    size_t last = count;
    for (size_t i = 0; i < count; i++) {
        if (tasks[i].error == HF_OK)
            tasks[i].error = put_in_place(engine, &tasks[i], i, &folder);
        if (tasks[i].error != HF_OK)
            continue;
        if (last != count && strcmp(before.text, folder.text) != 0)
            tasks[last].error = note(engine, before.text, sync_folder(&before));
        before = folder;
        last = i;
    }
    if (last != count)
        tasks[last].error = note(engine, before.text, sync_folder(&before));
}

/* On a disk that is full they would be in the way of what is put next. */
static void remove_temporary(const struct engine *engine, size_t number)
{
    struct place_path temporary;
    if (make_temporary(engine, number, &temporary) == HF_OK)
        (void)unlink(temporary.text);
}

static enum hf_error take_lock(struct engine *engine, deadline_ms until, int *out_lock)
{
    struct place_path path;
    TRY(folder_check(engine));
    TRY(make_path(engine, LOCK_NAME, &path));
    return note(engine, path.text, lock_take(path.text, until, out_lock));
}

/* All are on the disk before the first one takes its place: a sync of each would take as long for
   ten thousand as all the rest of an admin's work. */
static void folder_put_all(struct engine *engine, struct engine_task *tasks, size_t count,
                           deadline_ms until)
{
    SCOPED(fd) int lock = -1;
    const enum hf_error locked = take_lock(engine, until, &lock);
    for (size_t i = 0; i < count; i++) {
        tasks[i].error = locked == HF_OK && clock_ms() >= until ? HF_EDEADLINE : locked;
        if (tasks[i].error == HF_OK)
            tasks[i].error = put_aside(engine, &tasks[i], i, count == 1);
    }
    const bool synced = locked == HF_OK && (count == 1 || syncfs(lock) == 0);
    for (size_t i = 0; i < count && !synced; i++)
        if (tasks[i].error == HF_OK)
            tasks[i].error = note(engine, engine->place->addresses[0], HF_EIO);
    put_all_in_place(engine, tasks, count);
    for (size_t i = 0; i < count && locked == HF_OK; i++)
        if (tasks[i].error != HF_OK)
            remove_temporary(engine, i);
}

/* One that is walked through. */
struct walk {
    const struct engine *engine;
    const char *prefix;
    deadline_ms until;
    engine_take *take;
    void *context;
};

DEFINE_SCOPED(dir, DIR *, closedir, NULL);

static enum hf_error walk_folder(const struct walk *walk, const char *folder, unsigned depth);

/* `name` is the object's path, or a folder's. Neither where the other begins is of no use. */
static enum hf_error walk_entry(const struct walk *walk, const char *name, unsigned depth)
{
    struct place_path path;
    struct stat status;
    const size_t length = strlen(name), prefix = strlen(walk->prefix);
    if (strncmp(name, walk->prefix, length < prefix ? length : prefix) != 0)
        return HF_OK;
    TRY(make_path(walk->engine, name, &path));
    if (lstat(path.text, &status) != 0)
        return errno == ENOENT ? HF_OK : HF_EIO;
    if (S_ISDIR(status.st_mode))
        return walk_folder(walk, name, depth + 1);
    return S_ISREG(status.st_mode) && length >= prefix ? walk->take(name, walk->context) : HF_OK;
}

static enum hf_error walk_folder(const struct walk *walk, const char *folder, unsigned depth)
{
    struct place_path path, name;
    TRY(make_path(walk->engine, folder, &path));
    SCOPED(dir) DIR *dir = opendir(path.text);
    if (dir == NULL)
        return HF_EIO;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (clock_ms() >= walk->until)
            return HF_EDEADLINE;
        if (entry->d_name[0] == '.' || depth > DEPTH_MAX)
            continue;
        TRY(text_format(name.text, sizeof name.text, "%s%s%s", folder, folder[0] ? "/" : "",
                        entry->d_name));
        if (engine_path_valid(name.text))
            TRY(walk_entry(walk, name.text, depth));
    }
    return HF_OK;
}

static enum hf_error folder_list(struct engine *engine, const char *prefix, deadline_ms until,
                                 engine_take *take, void *context)
{
    const struct walk walk = {engine, prefix, until, take, context};
    TRY(folder_check(engine));
    return note(engine, engine->place->addresses[0], walk_folder(&walk, "", 0));
}

const struct engine_operations folder_operations = {folder_get_all, folder_put_all, folder_list};
