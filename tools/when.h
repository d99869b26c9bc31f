/* Dates of tokens: as --expires takes them, as people read them. */
#ifndef HF_TOOLS_WHEN_H
#define HF_TOOLS_WHEN_H

#include <stdint.h>

#include "common/error.h"

/* The latest date that can be given: far, and well within the 15 digits of a document's numbers. */
#define WHEN_DAYS_MAX 36500

/* Room for YYYY-MM-DD and time. */
#define WHEN_TEXT_MAX 40

/* Seconds since the epoch. */
uint64_t when_now(void);

/* YYYY-MM-DD is that day's first moment in local time, Nd is N days from `now`; it must lie behind
   `now`. HF_EFORMAT, HF_EEXPIRED. */
HF_CHECKED enum hf_error when_parse(const char *text, uint64_t now, uint64_t *out_when);

/* The same, of a list that has to mean the same wherever it is read: the day in UTC. */
HF_CHECKED enum hf_error when_parse_utc(const char *text, uint64_t now, uint64_t *out_when);

/* Writes YYYY-MM-DD in local time, with the time of day where it is not midnight; "never" for 0.
 * Gives the buffer. */
const char *when_print(uint64_t when, char text[static WHEN_TEXT_MAX]);

#endif
