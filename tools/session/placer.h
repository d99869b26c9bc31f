/* The user's half of the session helper: it parses what came from outside, and owns nothing but the
 * user's. */
#ifndef HF_SESSION_PLACER_H
#define HF_SESSION_PLACER_H

#include "common/wire.h"
#include "store/switch.h"

struct answer_rules;

/* What a placer is given; `socket` leads to the unsealer. All borrowed. */
struct placer_work {
    const struct wire_request *request;
    const struct source_answers *answers;
    const struct token_switch *named; /* WIRE_REFRESH: all of `tokens:`, asked or not */
    struct answer_rules *rules;
    int socket;
};

/* Each runs as the user, to its end, in a process of its own, and reports over the socket. An end
   without a report tells the other half enough. */
typedef void placer(const struct placer_work *work);

/* Places what the answers hold. */
placer placer_open;
/* Wraps the identity under a new password. */
placer placer_rewrap;
/* Goes by the origins in the ring that there is: what a fresh answer still has stays on, what it
   has anew is exchanged, what it has no more is removed. */
placer placer_refresh;
/* Replies with one token, which this machine's keys open, and touches no ring. */
placer placer_fetch;

#endif
