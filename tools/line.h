/* One secret line: from the terminal, with echo off, or from standard input where that is no
 * terminal. */
#ifndef HF_TOOLS_LINE_H
#define HF_TOOLS_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct secret;

/* Whether lines come from a terminal, so that questions make sense. */
bool line_interactive(void);

/* Asks and reads up to a line end, which is left out, or the end of input. The line is the
   caller's. What is longer than `maximum` is read to its end and refused (HF_ETOOBIG). A signal
   that ends or stops this process takes effect after the terminal is as it was. HF_EEMPTY (nothing
   before the end of input), HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error line_ask(const char *prompt, size_t maximum, struct secret **out_line);

/* Whether the answer to a question begins with y; an end of input is none. */
bool line_yes(const char *question);

#endif
