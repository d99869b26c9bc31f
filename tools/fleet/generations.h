/* The highest generation of each object that this folder has seen or put. An engine that brings an
 * old copy back is told by it: signed anew, hosts would take what was revoked. */
#ifndef HF_FLEET_GENERATIONS_H
#define HF_FLEET_GENERATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"

struct fleet;

struct generations {
    const struct fleet *fleet; /* borrowed */
    void *tree;                /* of tsearch(3), by path */
    bool changed;              /* since it was written */
    bool fixed;                /* nothing is written: what is done is only tried */
};
void generations_clear(struct generations *generations);

/* Reads the folder's file; none is an empty one. `generations` begins with {0}, and is to be
   cleared in any case. HF_EFORMAT, what fleet_read gives. */
HF_CHECKED enum hf_error generations_read(const struct fleet *fleet,
                                          struct generations *generations);

/* What is known of an object; 0: nothing. */
uint64_t generations_highest(const struct generations *generations, const char *path);

/* Keeps a generation that is higher. HF_ENOMEM. */
HF_CHECKED enum hf_error generations_keep(struct generations *generations, const char *path,
                                          uint64_t generation);

/* What is about to be put counts only when it was: had it been kept before, and the put failed, the
   engine would seem to have gone back. HF_ENOMEM. */
HF_CHECKED enum hf_error generations_make(struct generations *generations, const char *path,
                                          uint64_t generation);
void generations_put(struct generations *generations, const char *path);

/* Writes the file, where anything has changed. What fleet_write gives, HF_ENOMEM. */
HF_CHECKED enum hf_error generations_write(struct generations *generations);

#endif
