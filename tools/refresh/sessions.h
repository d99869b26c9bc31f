/* The users who have had a session since the machine started, and what a refresh does for each. */
#ifndef HF_TOOLS_REFRESH_SESSIONS_H
#define HF_TOOLS_REFRESH_SESSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/io.h"

struct sessions_order {
    uint8_t skip; /* sources that are not asked: struct wire_request */
    bool quiet;   /* only what goes wrong is said */
    deadline_ms until;
};

/* Goes by the origins in the rings of all of them, several at a time, so that one who is slow, or
   stops what runs as theirs, costs the others nothing. Gives 0 or the exit code, and it has been
   said. */
int sessions_refresh(const struct sessions_order *order);

#endif
