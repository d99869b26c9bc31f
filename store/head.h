/* The head of what an admin publishes: says to hosts that something changed. */
#ifndef HF_STORE_HEAD_H
#define HF_STORE_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define HEAD_VERSION 1

struct head {
    uint64_t generation;    /* from 1 on; rises with each publication */
    uint64_t issued, until; /* seconds since the epoch, from 1 on; until is not before issued */
    bool open; /* a publication is under way, or was broken off: ask for each document */
};

/* What json_parse gives, HF_EVERSION, HF_EFORMAT. Whether `until` is past is the caller's. */
HF_CHECKED enum hf_error head_parse(const char *bytes, size_t length, struct head *out_head);

/* The text is malloc'd, the caller's. HF_EFORMAT for dates that head_parse would refuse, HF_ENOMEM.
 */
HF_CHECKED enum hf_error head_print(const struct head *head, char **out_text, size_t *out_length);

#endif
