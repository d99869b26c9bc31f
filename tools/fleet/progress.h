/* A bar on the terminal while many are worked on; elsewhere nothing. */
#ifndef HF_FLEET_PROGRESS_H
#define HF_FLEET_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Begin with {0}. */
struct progress {
    const char *what, *unit; /* borrowed */
    size_t total, done;
    bool drawn;
    int shown; /* percent that is on the screen */
};

/* Draws it where standard error is a terminal. */
void progress_begin(struct progress *progress, const char *what, const char *unit, size_t total);
void progress_add(struct progress *progress, size_t count);

/* Takes it away, before anything else is said. */
void progress_end(struct progress *progress);

#endif
