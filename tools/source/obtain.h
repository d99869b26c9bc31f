/* Gets an object: from the cache where the head vouches for it, from the engine, and where that
 * fails from the cache again. */
#ifndef HF_TOOLS_SOURCE_OBTAIN_H
#define HF_TOOLS_SOURCE_OBTAIN_H

#include "tools/source/asking.h"
#include "tools/source/object.h"

struct obtained {
    char *bytes; /* owned; the verified object as it was signed */
    size_t length;
    struct content content;
    uint64_t confirmed;    /* when the engine last said so, at most the present */
    enum hf_error trouble; /* why it comes from the cache; HF_OK: it is the engine's own word.
                              asking->reason may have more */
};
void obtained_clear(struct obtained *obtained);
static inline void obtained_scope_end(struct obtained *held)
{
    obtained_clear(held);
}

/* Of documents alone the cache serves where the engine cannot, or gave what is refused, up to the
   site's maximum age. HF_ESTALE: what it has is older, and the engine was not reached.
   HF_ENOTFOUND: the engine has none, and never had while we asked; what engine_get and object_open
   give; HF_EROLLBACK. */
HF_CHECKED enum hf_error obtain(struct asking *asking, const struct object *object,
                                struct obtained *out_obtained);

#endif
