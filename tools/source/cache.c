#include "tools/source/cache.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void kept_clear(struct kept *kept)
{
    free(kept->file);
    *kept = (struct kept){0};
}

/* The files are read and written by this account alone. */
static struct file_rule own_rule(size_t maximum)
{
    return (struct file_rule){.owner = geteuid(), .forbidden = 077, .maximum = maximum};
}

/* In a folder of somebody else's, who could bring back old files, nothing is read or written. */
static enum hf_error check_folder(const char *path)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return HF_EIO;
    if (!S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        return HF_EOWNER;
    return (status.st_mode & 022) == 0 ? HF_OK : HF_EMODE;
}

/* ROOM/SOURCE/FILE and an ending, so that none is the temporary file of another's: a user may be
   called alice.new. */
static enum hf_error find_path(const char *room, const struct cache *cache, const char *file,
                               const char *ending, struct cache_path *out_path)
{
    char folder[CACHE_PATH_MAX + 1];
    TRY(text_format(folder, sizeof folder, "%s/%s", room, cache->source));
    TRY(check_folder(folder));
    return text_format(out_path->text, sizeof out_path->text, "%s/%s%s", folder, file, ending);
}

/* The same for writing: the folders are made. ROOM itself is the administrator's to give. */
static enum hf_error make_path(const char *room, const struct cache *cache, const char *file,
                               const char *ending, struct cache_path *out_path)
{
    char folder[CACHE_PATH_MAX + 1];
    const char *slash = strchr(file, '/');
    const int part = slash == NULL ? 0 : (int)(slash - file);
    TRY(text_format(folder, sizeof folder, "%s/%s%s%.*s", room, cache->source, part > 0 ? "/" : "",
                    part, file));
    TRY(folder_make(folder, 0700));
    return find_path(room, cache, file, ending, out_path);
}

enum hf_error cache_file(const struct cache *cache, const char *name, struct cache_path *out_path)
{
    return make_path(HF_CACHE_FOLDER, cache, name, "", out_path);
}

enum hf_error cache_read_plain(const struct cache_path *path, char **out_file,
                               struct record *out_record)
{
    const struct file_rule rule = own_rule(RECORD_MAX);
    SCOPED(text) char *file = NULL;
    size_t length = 0;
    TRY(file_read(path->text, &rule, &file, &length));
    TRY(record_parse(file, length, out_record));
    *out_file = TAKE(file);
    return HF_OK;
}

enum hf_error cache_write_plain(const struct cache_path *path, const struct record *record)
{
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    TRY(record_print(record, &bytes, &length));
    return file_replace(path->text, bytes, length, 0600);
}

static enum hf_error read_record(const struct cache *cache, const struct object *object,
                                 struct kept *kept)
{
    struct cache_path path;
    SCOPED(text) char *file = NULL;
    TRY(find_path(HF_CACHE_FOLDER, cache, object->file, ".record", &path));
    TRY(cache_read_plain(&path, &file, &kept->record));
    TRY(object_open(object, cache->signers, cache->now, kept->record.bytes, kept->record.length,
                    &kept->content));
    kept->file = TAKE(file);
    return HF_OK;
}

static enum hf_error read_highest(const struct cache *cache, const struct object *object,
                                  struct highest *out_highest)
{
    const struct file_rule rule = own_rule(HIGHEST_LINE_MAX);
    struct cache_path path;
    char line[HIGHEST_LINE_MAX];
    size_t length = 0;
    TRY(find_path(HF_SEEN_FOLDER, cache, object->file, ".seen", &path));
    TRY(file_read_into(path.text, &rule, line, &length));
    return highest_parse(line, length, out_highest);
}

/* The head is opened and closed without a new number. */
static bool changes_freely(const struct object *object)
{
    return object->kind == SIGNED_HEAD;
}

void cache_read(const struct cache *cache, const struct object *object, struct kept *out_kept)
{
    struct kept kept = {0};
    if (read_record(cache, object, &kept) != HF_OK)
        kept = (struct kept){0};
    if (read_highest(cache, object, &kept.highest) != HF_OK)
        kept.highest = (struct highest){0};
    const struct highest *own = &kept.content.highest;
    if (kept.file != NULL && highest_check(&kept.highest, own, changes_freely(object)) == HF_OK)
        kept.highest = *own;
    else if (kept.file != NULL) {
        const struct highest highest = kept.highest;
        kept_clear(&kept);
        kept.highest = highest;
    }
    *out_kept = kept;
}

static enum hf_error write_highest(const struct cache *cache, const struct object *object,
                                   const struct highest *highest)
{
    struct cache_path path;
    struct highest before;
    char line[HIGHEST_LINE_MAX + 1];
    if (read_highest(cache, object, &before) == HF_OK &&
        memcmp(&before, highest, sizeof before) == 0)
        return HF_OK;
    TRY(make_path(HF_SEEN_FOLDER, cache, object->file, ".seen", &path));
    TRY(highest_print(highest, line));
    return file_replace(path.text, line, strlen(line), 0600);
}

static enum hf_error write_record(const struct cache *cache, const struct object *object,
                                  const struct record *record)
{
    struct cache_path path;
    TRY(make_path(HF_CACHE_FOLDER, cache, object->file, ".record", &path));
    return cache_write_plain(&path, record);
}

/* A removal needs no room on the disk. */
static void drop_record(const struct cache *cache, const struct object *object)
{
    struct cache_path path;
    if (find_path(HF_CACHE_FOLDER, cache, object->file, ".record", &path) == HF_OK)
        (void)unlink(path.text);
}

static enum hf_error take_lock(const struct cache *cache, const struct object *object,
                               deadline_ms until, int *out_lock)
{
    struct cache_path path;
    TRY(make_path(HF_SEEN_FOLDER, cache, object->file, ".lock", &path));
    return lock_take(path.text, until, out_lock);
}

enum hf_error cache_write(const struct cache *cache, const struct object *object,
                          const struct record *record, const struct content *content,
                          deadline_ms until)
{
    SCOPED(kept) struct kept kept = {0};
    SCOPED(fd) int lock = -1;
    const enum hf_error locked = take_lock(cache, object, until, &lock);
    cache_read(cache, object, &kept);
    if (highest_check(&kept.highest, &content->highest, changes_freely(object)) != HF_OK)
        return HF_ECHANGED;
    const bool wrote = locked == HF_OK && write_record(cache, object, record) == HF_OK;
    if (!wrote && content->highest.generation > kept.highest.generation)
        drop_record(cache, object);
    if (locked == HF_OK)
        (void)write_highest(cache, object, &content->highest);
    return HF_OK;
}
