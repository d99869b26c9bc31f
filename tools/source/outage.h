/* That an engine took longer than it may, a moment ago: a login asks its sources twice where the
 * session is not the user's own yet, as sudo's is not, and each would wait as long again. */
#ifndef HF_TOOLS_SOURCE_OUTAGE_H
#define HF_TOOLS_SOURCE_OUTAGE_H

#include <stdbool.h>

#include "tools/source/cache.h"

/* Seconds for which nobody waits again; refresh, which asks for the head, does so all the same. */
#define OUTAGE_LASTS 20

bool outage_lasts(const struct cache *cache);

/* Keeps how asking ended: HF_EDEADLINE begins an outage, all else ends it. */
void outage_note(const struct cache *cache, enum hf_error error);

#endif
