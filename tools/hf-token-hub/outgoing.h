/* A stored token on its way out: found, read from the ring, and revoked at the Hub. */
#ifndef HF_HUB_OUTGOING_H
#define HF_HUB_OUTGOING_H

#include <stdbool.h>
#include <stdint.h>

#include "hub/endpoint.h"
#include "hub/fault.h"
#include "store/document.h"

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
    struct secret *fresh;          /* owned; what a refresh gave and could not save, or NULL */
    uint8_t id[TOKEN_ID_BYTES];    /* after outgoing_hold: of the document's token */
    int lock;                      /* owned; -1: none */
};
#define OUTGOING(command_name)                                                                     \
    {                                                                                              \
        .command = (command_name), .lock = -1                                                      \
    }

/* Finds the token of that name, and reads it where the ring has it. Gives 0 or the exit code, and
   it has been said: also where it belongs to another Hub than the endpoint, because it is told to
   none but its own. outgoing_clear in each case. */
int outgoing_find(struct outgoing *outgoing, const char *name);

/* Keeps refreshes away from now until outgoing_clear, and reads again what one has made since
   outgoing_find. Gives 0 or the exit code, and it has been said: also where another token has that
   name by now. */
int outgoing_hold(struct outgoing *outgoing);

/* Whether the token is of the user's own document. */
bool outgoing_is_own(const struct outgoing *outgoing);

/* Tells the Hub to revoke it, and its grant and what is fresh with it, and asks whether it is gone.
   HUB_OK, or why not: *out_told says whether the Hub was told nevertheless. */
enum hub_fault_kind outgoing_revoke(const struct outgoing *outgoing, bool *out_told,
                                    struct hub_fault *out_fault);

void outgoing_clear(struct outgoing *outgoing);
static inline void outgoing_scope_end(struct outgoing *held)
{
    outgoing_clear(held);
}

#endif
