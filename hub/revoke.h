/* Telling the Hub that a token is known to others: POST /api/credentials/revoke. */
#ifndef HF_HUB_REVOKE_H
#define HF_HUB_REVOKE_H

#include "hub/fault.h"

struct endpoint;
struct secret;

/* Sends the token, without authentication, as the Hub wants it. It answers 202 whatever comes of
   it, so HUB_OK says that it was received; whoami_ask tells whether it is gone. */
enum hub_fault_kind revoke_ask(const struct endpoint *endpoint, const struct secret *token,
                               struct hub_fault *out_fault);

#endif
