/* Renewing a token by its grant, in steps that may each be the last one. */
#ifndef HF_HUB_REFRESH_H
#define HF_HUB_REFRESH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/account.h"
#include "hub/request.h"
#include "keyring/grant.h"
#include "store/document.h"

/* How long after a fault nobody asks again, in seconds: a twentieth of what is left, within these.
   Without a token it is the shorter one. */
#define REFRESH_PAUSE     60
#define REFRESH_PAUSE_MAX 3600
/* Longest that one waits for another who asks the Hub and then saves, in milliseconds. */
#define REFRESH_LOCK_PATIENCE (HUB_PATIENCE + 15000)
/* The life of a token whose Hub does not say it: the public Hub's 30 days. */
#define REFRESH_LIFE UINT64_C(2592000)

struct refresh {
    const char *name; /* borrowed */
    uint64_t now;
    struct account account;
    ring_serial ring;
    bool again;                        /* what was placed has expired: it is to be renewed itself */
    struct ring_grant held;            /* what the ring has, or is to have next, in that key */
    struct secret *room;               /* owned; for ring_grant_update */
    struct document *document;         /* owned; the user's, as it was at the start */
    const struct sealed_token *sealed; /* borrowed from it; NULL: it has none of that name */
};

/* What is to be done with what the ring holds. */
enum refresh_step {
    REFRESH_NOTHING, /* it is not due: another process was quicker, or will try later */
    REFRESH_ASK,     /* ask the Hub */
    REFRESH_SAVE,    /* a fresh token is there that the document does not have */
    REFRESH_PLACE,   /* the document has it, and the ring's token may be the old one */
    REFRESH_STALE,   /* the document has another token than the ring: renewed on another machine */
    REFRESH_USELESS, /* the document has none that a grant could renew */
};

/* Decides. `present` says whether the ring has the token itself; `sealed` is the document's token
   of that name, or NULL. */
enum refresh_step refresh_decide(const struct ring_grant *held, bool present,
                                 const struct sealed_token *sealed, uint64_t now);

/* Seconds from a fault until the Hub is asked again. */
uint64_t refresh_pause(bool present, uint64_t expires, uint64_t now);

/* Does it, under the lock of refreshes. 0: the token in the ring is good. */
int refresh_work(const char *name);

void refresh_clear(struct refresh *refresh);
static inline void refresh_scope_end(struct refresh *held)
{
    refresh_clear(held);
}

#endif
