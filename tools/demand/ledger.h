/* How much of root's work a user can cause by asking: one request at a time, so many a minute, and
 * a few of all users at once. The kernel bounds none of that, request_key(2). */
#ifndef HF_DEMAND_LEDGER_H
#define HF_DEMAND_LEDGER_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/io.h"

/* A user's tokens, each by its name and one as the default, each twice: more in a minute is a loop
   that goes round what the kernel remembers. */
#define LEDGER_REQUESTS 40
#define LEDGER_WINDOW   60000 /* milliseconds */
#define LEDGER_AT_ONCE  8     /* of all users; hf-token-session has bounds of its own */

/* Of one user, the one that is served among them: more are turned away at once, because nobody can
   be killed who waits. */
#define LEDGER_WAITING 4

/* Locks, held as long as the request is served. */
struct ledger {
    int waiting, own, shared;
    bool quiet; /* its refusal has been logged in this window */
};
#define LEDGER_NONE ((struct ledger){.waiting = -1, .own = -1, .shared = -1})
void ledger_leave(struct ledger *ledger);
static inline void ledger_scope_end(struct ledger *held)
{
    ledger_leave(held);
}

/* Waits for the user's turn, and counts. Those that are no users have one place together, with
   `uid` 0. HF_ETRYAGAIN (too many in this minute, or that wait), HF_EDEADLINE, HF_EIO. */
HF_CHECKED enum hf_error ledger_enter(struct ledger *ledger, uid_t uid, deadline_ms until);

/* Waits for one of the places of all. HF_EDEADLINE, HF_EIO. */
HF_CHECKED enum hf_error ledger_share(struct ledger *ledger, deadline_ms until);

#endif
