/* What import found, as its user sees it: the list, and the question for each. */
#ifndef HF_CLIENTS_SHOWN_H
#define HF_CLIENTS_SHOWN_H

#include <stdbool.h>

struct candidate;
struct candidates;
struct place_file;

/* Prints each token, masked, with its places. */
void shown_print(const struct candidates *found);

/* Asks whether to move it, on the terminal; an answer that is neither yes nor no is asked for
   again. `home` is shown as ~. */
bool shown_ask(const struct candidates *found, const struct candidate *candidate, const char *home);

/* The line of the file's bytes where the token stands first, from 1. */
unsigned shown_line(const struct place_file *file, const struct candidate *candidate);

#endif
