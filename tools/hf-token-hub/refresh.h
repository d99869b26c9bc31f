/* Renewing a token by its grant, in steps that may each be the last one. */
#ifndef HF_HUB_REFRESH_H
#define HF_HUB_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/account.h"
#include "keyring/grant.h"
#include "store/document.h"

/* How long after a fault nobody asks again, in seconds. */
#define REFRESH_PAUSE 60
/* The life of a token whose Hub does not say it: the public Hub's 30 days. */
#define REFRESH_LIFE UINT64_C(2592000)

struct refresh {
    const char *name; /* borrowed */
    uint64_t now;
    struct account account;
    ring_serial ring;
    bool gone;                         /* the ring's grant was taken away meanwhile */
    struct ring_grant held;            /* what the ring has, or is to have next */
    struct document *document;         /* owned; the user's, as it was at the start */
    const struct sealed_token *sealed; /* borrowed from it */
};

/* What is to be done with what the ring holds. */
enum refresh_step {
    REFRESH_NOTHING, /* it is not due: another process was quicker, or will try later */
    REFRESH_ASK,     /* ask the Hub */
    REFRESH_SAVE,    /* a fresh token is there that the document does not have */
    REFRESH_PLACE,   /* the document has it, and the ring's token may be the old one */
    REFRESH_STALE,   /* the document has a newer token than the ring: renewed on another machine */
};

/* Decides. `present` says whether the ring has the token itself; `saved` is when the document's
   token expires. */
enum refresh_step refresh_decide(const struct ring_grant *held, bool present, uint64_t saved,
                                 uint64_t now);

/* Does it, under the lock of refreshes. 0: the token in the ring is good. */
int refresh_work(const char *name);

void refresh_clear(struct refresh *refresh);
static inline void refresh_scope_end(struct refresh *held)
{
    refresh_clear(held);
}

#endif
