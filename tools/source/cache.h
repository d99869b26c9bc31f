/* What a source keeps of an engine's objects, in folders of HF_ACCOUNT: below
 * HF_CACHE_FOLDER/SOURCE the last good record of each, below HF_SEEN_FOLDER/SOURCE the highest
 * generation. */
#ifndef HF_TOOLS_SOURCE_CACHE_H
#define HF_TOOLS_SOURCE_CACHE_H

#include <stdbool.h>

#include "common/io.h"
#include "tools/source/object.h"
#include "tools/source/record.h"

#define CACHE_PATH_MAX 4095
struct cache_path {
    char text[CACHE_PATH_MAX + 1];
};

/* What there is of one object. */
struct kept {
    char *file;             /* owned; NULL: there is no record that could be used */
    struct record record;   /* borrows from it */
    struct content content; /* of that record */
    struct highest highest; /* seen ever, of the record or without one */
};
void kept_clear(struct kept *kept);
static inline void kept_scope_end(struct kept *held)
{
    kept_clear(held);
}

/* Whose cache, and by what its records are believed. All borrowed. */
struct cache {
    const char *source;
    const struct signers *signers;
    uint64_t now;
};

/* Reads what there is. A record is not used when it is cut off, another's, does not verify any
   more, is outdated, or was superseded: a document that could not be kept, the disk being full,
   must not leave a revoked one behind. Never fails: what cannot be read is not there. */
void cache_read(const struct cache *cache, const struct object *object, struct kept *out_kept);

/* Keeps a record whose content is given, and its generation; what cannot be written stays
   unwritten, because a full disk must not cost a login its token. HF_ECHANGED: another run has kept
   a later one meanwhile, so that this one must not be used. */
HF_CHECKED enum hf_error cache_write(const struct cache *cache, const struct object *object,
                                     const struct record *record, const struct content *content,
                                     deadline_ms until);

/* A file of the source's own in its folder of the cache, which is made where it is missing. HF_EIO,
   HF_EOWNER and HF_EMODE where the folder is not this account's alone. */
HF_CHECKED enum hf_error cache_file(const struct cache *cache, const char *name,
                                    struct cache_path *out_path);

/* Reads and replaces a record of which nothing is to be verified, such a file. */
HF_CHECKED enum hf_error cache_read_plain(const struct cache_path *path, char **out_file,
                                          struct record *out_record);
HF_CHECKED enum hf_error cache_write_plain(const struct cache_path *path,
                                           const struct record *record);

#endif
