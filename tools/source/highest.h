/* The highest generation that a source has seen of an object: an older one is a rollback, and so is
 * another content under the same number. It outlives the cache, which an administrator may empty.
 */
#ifndef HF_TOOLS_SOURCE_HIGHEST_H
#define HF_TOOLS_SOURCE_HIGHEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define DIGEST_BYTES 32 /* BLAKE2b of a payload: the same document may be signed again */

struct highest {
    uint64_t generation; /* 0: none was seen */
    uint8_t digest[DIGEST_BYTES];
};

/* Whether `new` may follow `seen`. With `any` an equal generation may have another content: the
   head's, which is opened and closed. */
HF_CHECKED enum hf_error highest_check(const struct highest *seen, const struct highest *new,
                                       bool any);

/* The file's one line: the generation in decimal, and the digest in hexadecimal. HF_EFORMAT. */
#define HIGHEST_LINE_MAX (20 + 1 + 2 * DIGEST_BYTES + 1)
HF_CHECKED enum hf_error highest_parse(const char *line, size_t length,
                                       struct highest *out_highest);
HF_CHECKED enum hf_error highest_print(const struct highest *highest,
                                       char out_line[static HIGHEST_LINE_MAX + 1]);

#endif
