/* The user's half of the session helper: it parses what came from outside, and owns nothing but the
 * user's. */
#ifndef HF_SESSION_PLACER_H
#define HF_SESSION_PLACER_H

#include "common/wire.h"
#include "store/switch.h"

/* Runs as the user, to its end, in a process of its own: places what the answers hold and reports
   over the socket. An end without a report tells the other half enough. */
void placer_open(const struct wire_request *request, const struct source_answers *answers,
                 int socket);

/* The same for a change of the password: wraps the identity anew. */
void placer_rewrap(const struct wire_request *request, int socket);

#endif
