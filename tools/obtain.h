/* The selected token's way from the ring into this process. */
#ifndef HF_TOKEN_OBTAIN_H
#define HF_TOKEN_OBTAIN_H

#include <stdbool.h>

#include "common/name.h"
#include "keyring/ring.h"

struct secret;

/* Who wants it, for messages: `failure` is the exit code of anything that is no absence. */
struct want {
    const char *command;
    const char *option; /* the value of -n, or NULL */
    int failure;
    bool optional; /* without a token it goes on: nothing is said of that */
};

/* Gives the token, which is the caller's, and 0; where it is due, or only its grant is left, it is
   refreshed first, by a program beside this one that is waited for. Else the exit code, and it has
   been said; where the token is not in the ring, hf-token-store takes this process's place to say
   why. An optional one gives TOOL_NONE instead, whatever was in its way. */
int obtain_token(const struct want *want, struct secret **out_token);

/* The default's name; where a full key quota kept it out of the ring, one token alone is it. What
   ring_default gives. */
HF_CHECKED enum hf_error obtain_default(ring_serial ring, char out_name[TOKEN_NAME_MAX + 1]);

#endif
