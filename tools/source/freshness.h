/* How old what the cache has may be: for a token without asking, and for one with the engine out of
 * reach. */
#ifndef HF_TOOLS_SOURCE_FRESHNESS_H
#define HF_TOOLS_SOURCE_FRESHNESS_H

#include <stdbool.h>
#include <stdint.h>

#include "tools/source/cache.h"

/* Seconds that the head speaks for all that was asked under it: refresh asks for it each minute. */
#define FRESH_HEAD 90
/* Seconds that a record may lie in the future, the clock having been set back; its age counts from
   the present then. What lies further ahead has no age, and is too old. */
#define FRESH_AHEAD 3600

/* Both may have no record. */
struct freshness {
    const struct kept *object, *head;
    uint64_t now;
};

/* The head was confirmed a moment ago, no publication is under way, and it is the one under which
   the record was confirmed: there is nothing to ask for. */
bool freshness_vouched(const struct freshness *fresh);

/* When the engine last said that the record is what it has, by itself or by its head; at most the
   present. 0: there is no record, or no such time. */
uint64_t freshness_confirmed(const struct freshness *fresh);

/* Whether that is at most `maximum` seconds ago. */
bool freshness_within(const struct freshness *fresh, uint32_t maximum);

/* The generation to note in a record that is asked for now; 0: the head cannot speak for it. */
uint64_t freshness_head(const struct kept *head);

#endif
