#include "common/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* mallopt(3); which byte it is does not matter. */
void wiping_start(void)
{
    (void)mallopt(M_PERTURB, 0x55);
}

void *wiping_malloc(size_t size)
{
    return malloc(size);
}

void *wiping_calloc(size_t count, size_t size)
{
    return calloc(count, size);
}

void wiping_free(void *memory)
{
    if (memory == NULL)
        return;
    explicit_bzero(memory, malloc_usable_size(memory));
    free(memory);
}

/* realloc(3) would leave the old bytes behind where it moves them. */
void *wiping_realloc(void *memory, size_t size)
{
    size_t old = memory == NULL ? 0 : malloc_usable_size(memory);
    if (memory != NULL && size <= old && size >= old / 2)
        return memory;
    void *moved = malloc(size);
    if (moved == NULL || memory == NULL)
        return moved;
    memcpy(moved, memory, old < size ? old : size);
    wiping_free(memory);
    return moved;
}

char *wiping_strdup(const char *text)
{
    return strdup(text);
}
