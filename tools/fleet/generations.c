#include "tools/fleet/generations.h"

#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/object-path.h"
#include "tools/fleet/fleet.h"

/* A million users. */
#define TEXT_MAX (128u << 20)
/* Generations are JSON's numbers. */
#define DIGITS_MAX 16

struct known {
    uint64_t highest, made; /* made: about to be put, or 0 */
    char path[];
};

static int compare(const void *one, const void *other)
{
    const struct known *first = one, *second = other;
    return strcmp(first->path, second->path);
}

void generations_clear(struct generations *generations)
{
    tdestroy(generations->tree, free);
    generations->tree = NULL;
}

static struct known *entry_new(const char *path)
{
    const size_t size = strlen(path) + 1;
    struct known *entry = malloc(sizeof *entry + size);
    if (entry != NULL) {
        *entry = (struct known){.highest = 0};
        memcpy(entry->path, path, size);
    }
    return entry;
}

static struct known *find(const struct generations *generations, const char *path)
{
    struct known *key = entry_new(path);
    struct known **found = key != NULL ? tfind(key, &generations->tree, compare) : NULL;
    free(key);
    return found != NULL ? *found : NULL;
}

/* The entry of a path, made where there is none; NULL: no memory. */
static struct known *get(struct generations *generations, const char *path)
{
    struct known *entry = entry_new(path);
    struct known **found = entry != NULL ? tsearch(entry, &generations->tree, compare) : NULL;
    if (found == NULL || *found != entry)
        free(entry);
    return found != NULL ? *found : NULL;
}

uint64_t generations_highest(const struct generations *generations, const char *path)
{
    const struct known *entry = find(generations, path);
    return entry != NULL ? entry->highest : 0;
}

static void raise(struct generations *generations, struct known *entry, uint64_t generation)
{
    if (entry->highest >= generation)
        return;
    entry->highest = generation;
    generations->changed = true;
}

enum hf_error generations_keep(struct generations *generations, const char *path,
                               uint64_t generation)
{
    struct known *entry = get(generations, path);
    if (entry == NULL)
        return HF_ENOMEM;
    raise(generations, entry, generation);
    return HF_OK;
}

enum hf_error generations_make(struct generations *generations, const char *path,
                               uint64_t generation)
{
    struct known *entry = get(generations, path);
    if (entry == NULL)
        return HF_ENOMEM;
    entry->made = generation;
    return HF_OK;
}

void generations_put(struct generations *generations, const char *path)
{
    struct known *entry = find(generations, path);
    if (entry != NULL)
        raise(generations, entry, entry->made);
}

/* "PATH GENERATION" */
static enum hf_error take_line(struct generations *generations, const char *line, size_t length)
{
    char path[OBJECT_PATH_MAX + 1];
    const char *space = memchr(line, ' ', length);
    const size_t used = space != NULL ? (size_t)(space - line) : 0;
    const size_t digits = used > 0 ? length - used - 1 : 0;
    if (used == 0 || used > OBJECT_PATH_MAX || digits == 0 || digits > DIGITS_MAX ||
        strspn(space + 1, "0123456789") != digits)
        return HF_EFORMAT;
    memcpy(path, line, used);
    path[used] = '\0';
    return generations_keep(generations, path, strtoull(space + 1, NULL, 10));
}

enum hf_error generations_read(const struct fleet *fleet, struct generations *generations)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    generations->fleet = fleet;
    const enum hf_error error = fleet_read(fleet, FLEET_GENERATIONS_FILE, TEXT_MAX, &text, &length);
    if (error == HF_ENOTFOUND || error == HF_EEMPTY)
        return HF_OK;
    TRY(error);
    for (const char *line = text, *end; line < text + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text + length - line));
        if (end == NULL)
            return HF_EFORMAT;
        TRY(take_line(generations, line, (size_t)(end - line)));
    }
    generations->changed = false;
    return HF_OK;
}

/* twalk_r goes through them in order. */
static void print(const void *node, VISIT which, void *context)
{
    const struct known *entry = *(const struct known *const *)node;
    if ((which == postorder || which == leaf) && entry->highest > 0)
        fprintf(context, "%s %" PRIu64 "\n", entry->path, entry->highest);
}

enum hf_error generations_write(struct generations *generations)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    if (!generations->changed || generations->fixed)
        return HF_OK;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return HF_ENOMEM;
    twalk_r(generations->tree, print, out);
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed != 0)
        return HF_ENOMEM;
    TRY(fleet_write(generations->fleet, FLEET_GENERATIONS_FILE, text, length));
    generations->changed = false;
    return HF_OK;
}
