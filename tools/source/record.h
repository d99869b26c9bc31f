/* A record of the cache: an object as an engine gave it, and when the engine last said so. */
#ifndef HF_TOOLS_SOURCE_RECORD_H
#define HF_TOOLS_SOURCE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "engine/engine.h"

/* Fixed size, in the machine's own byte order, like all that stays on one machine; the object's
   bytes follow. Another version of this program that changes it changes the magic. */
#define RECORD_MAGIC "HFCACHE1"
struct record_header {
    char magic[8];
    uint64_t confirmed;
    uint64_t head;
    uint64_t length;
    char version[ENGINE_VERSION_MAX + 1]; /* zero bytes behind its end */
};
#define RECORD_MAX (sizeof(struct record_header) + ENGINE_OBJECT_MAX)

struct record {
    uint64_t confirmed; /* seconds since the epoch; never 0 */
    uint64_t head; /* generation of the head that was known before the object was asked; 0: none */
    struct engine_version version; /* printable ASCII; empty where the engine gave something else */
    const char *bytes;             /* borrowed */
    size_t length;                 /* 1 to ENGINE_OBJECT_MAX */
};

/* The record's bytes point into `bytes`. HF_EFORMAT: cut off, longer, of another version. */
HF_CHECKED enum hf_error record_parse(const char *bytes, size_t length, struct record *out_record);

/* What record_parse reads; malloc'd, the caller's. HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error record_print(const struct record *record, char **out_bytes,
                                      size_t *out_length);

#endif
