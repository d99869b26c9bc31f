/* Weak ETags, RFC 9110 section 8.8.1: no put is compared by them. Apache's are weak in the first
 * second. */
#ifndef HF_ENGINE_WEAK_H
#define HF_ENGINE_WEAK_H

#include <stdbool.h>

#include "engine/inside.h"

/* `tag` may be NULL. */
bool weak_is(const char *tag);

/* Whether two tags are of the same version, weak or not: section 8.8.3.2. */
bool weak_same(const char *tag, const char *other);

/* Where versions that puts expect are weak: waits until they cannot be any more, and gets the
   objects again. Those that are not the same any more stay weak; engine->weak says that the server
   gives no others. HTTPS alone. */
void weak_settle(struct engine *engine, struct engine_task *tasks, size_t count, deadline_ms until);

#endif
