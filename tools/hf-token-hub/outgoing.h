/* A stored token on its way out: found, read from the ring, and revoked at the Hub. */
#ifndef HF_HUB_OUTGOING_H
#define HF_HUB_OUTGOING_H

#include <stdbool.h>

#include "hub/endpoint.h"
#include "hub/fault.h"

struct holding;
struct holdings;
struct secret;

struct outgoing {
    const char *command; /* for messages; borrowed */
    struct endpoint endpoint;
    struct holdings *holdings;     /* owned */
    const struct holding *holding; /* borrowed from them */
    struct secret *token;          /* owned; NULL: it cannot be read here now */
    struct secret *grant;          /* owned; NULL: it has none */
};

/* Finds the token of that name, and reads it where the ring has it. Gives 0 or the exit code, and
   it has been said: also where it belongs to another Hub than the endpoint, because it is told to
   none but its own. outgoing_clear in each case. */
int outgoing_find(struct outgoing *outgoing, const char *name);

/* Whether the token is of the user's own document. */
bool outgoing_is_own(const struct outgoing *outgoing);

/* Tells the Hub to revoke it, and its grant with it, and asks whether it is gone. HUB_OK, or why
   not: *out_told says whether the Hub was told nevertheless. */
enum hub_fault_kind outgoing_revoke(const struct outgoing *outgoing, bool *out_told,
                                    struct hub_fault *out_fault);

void outgoing_clear(struct outgoing *outgoing);
static inline void outgoing_scope_end(struct outgoing *held)
{
    outgoing_clear(held);
}

#endif
