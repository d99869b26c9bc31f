/* That an engine took longer than it may, a moment ago: a login asks its sources twice where the
 * session is not the user's own yet, as sudo's is not, and each would wait as long again. */
#ifndef HF_TOOLS_SOURCE_OUTAGE_H
#define HF_TOOLS_SOURCE_OUTAGE_H

#include <stdbool.h>

#include "tools/source/cache.h"

/* Seconds for which nobody waits again, but for refresh: it has just had an answer, and to wait is
   its business. */
#define OUTAGE_LASTS 20

bool outage_lasts(const struct cache *cache);

/* How the engine was asked; all on clock_ms. */
struct outage_ask {
    deadline_ms start, end; /* when that began, and was over */
    deadline_ms until;      /* how long it might take */
};

/* Keeps how asking ended: HF_EDEADLINE begins an outage, all else ends it. Where it was the asker
   who had no more time, that says nothing of the engine, and what is there stays: who wants an
   answer at once must not keep others from theirs. */
void outage_note(const struct cache *cache, const struct outage_ask *ask, enum hf_error error);

#endif
