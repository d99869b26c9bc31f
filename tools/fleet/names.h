/* A list of names: of users, of hosts. */
#ifndef HF_FLEET_NAMES_H
#define HF_FLEET_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

/* Begin with {0}; names_clear frees what is owned. */
struct names {
    char **all;
    size_t count, room;
};
void names_clear(struct names *names);
static inline void names_scope_end(struct names *held)
{
    names_clear(held);
}

/* Appends a copy. HF_ENOMEM. */
HF_CHECKED enum hf_error names_add(struct names *names, const char *name);

/* Sorts them, and leaves each name once. */
void names_sort(struct names *names);

/* Whether a sorted list has a name. */
bool names_have(const struct names *names, const char *name);

/* Takes a name out; false where it is not there. */
bool names_remove(struct names *names, const char *name);
void names_remove_at(struct names *names, size_t index);

#endif
