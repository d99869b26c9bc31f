#include "tools/fleet/names.h"

#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64
/* More than any fleet has; an engine's list may have no end. */
#define NAMES_MAX 1000000

void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->all[i]);
    free(names->all);
    *names = (struct names){0};
}

static enum hf_error grow(struct names *names)
{
    const size_t room = names->room > 0 ? 2 * names->room : ROOM_FIRST;
    char **all = reallocarray(names->all, room, sizeof *all);
    if (all == NULL)
        return HF_ENOMEM;
    names->all = all;
    names->room = room;
    return HF_OK;
}

enum hf_error names_add(struct names *names, const char *name)
{
    if (names->count == NAMES_MAX)
        return HF_ETOOBIG;
    if (names->count == names->room)
        TRY(grow(names));
    char *copy = strdup(name);
    if (copy == NULL)
        return HF_ENOMEM;
    names->all[names->count++] = copy;
    return HF_OK;
}

static int compare(const void *one, const void *other)
{
    return strcmp(*(char *const *)one, *(char *const *)other);
}

void names_sort(struct names *names)
{
    size_t kept = 0;
    if (names->count == 0)
        return;
    qsort(names->all, names->count, sizeof *names->all, compare);
    for (size_t i = 1; i < names->count; i++) {
        if (strcmp(names->all[kept], names->all[i]) == 0)
            free(names->all[i]);
        else
            names->all[++kept] = names->all[i];
    }
    names->count = kept + 1;
}

bool names_have(const struct names *names, const char *name)
{
    const char *const key = name;
    return names->count > 0 &&
           bsearch(&key, names->all, names->count, sizeof *names->all, compare) != NULL;
}

bool names_remove(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->all[i], name) != 0)
            continue;
        names_remove_at(names, i);
        return true;
    }
    return false;
}

void names_remove_at(struct names *names, size_t index)
{
    free(names->all[index]);
    names->count--;
    memmove(&names->all[index], &names->all[index + 1],
            (names->count - index) * sizeof *names->all);
}
