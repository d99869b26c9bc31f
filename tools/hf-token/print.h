/* The token on standard output, past stdio, whose buffers nobody wipes. */
#ifndef HF_TOKEN_PRINT_H
#define HF_TOKEN_PRINT_H

#include <stdbool.h>

struct want;

/* How it is dressed: what stands before and behind it, and whether a shell will read it. */
struct dress {
    const char *before, *after;
    bool escaped;
    const char *instead; /* what to do on a terminal */
};

/* Prints the token; on a terminal only with `force`. Gives the exit code. */
int print_token(const struct want *want, bool force, const struct dress *dress);

#endif
