/* The placer's way to a token: which slot is for whom, and what the unsealer has to say to it. */
#ifndef HF_SESSION_OPENER_H
#define HF_SESSION_OPENER_H

#include <stdbool.h>

#include "common/error.h"
#include "common/secret.h"
#include "common/wire.h"
#include "store/document.h"
#include "store/identity.h"

/* `request` is borrowed, and `socket` leads to the unsealer. All else is the opener's. */
struct opener {
    const struct wire_request *request;
    int socket;
    bool asked_host, asked_identity;
    struct secret *host_public;
    enum hf_error host_error;
    struct identity identity;
    enum hf_error identity_error; /* HF_EPASSWORD: it is wrapped under another password */
};

void opener_clear(struct opener *opener);
static inline void opener_scope_end(struct opener *held)
{
    opener_clear(held);
}

/* Opens a token of the request's user: by this machine's slots, by those of its pools, and where a
   session is being opened by the login password. Both secrets are the caller's; `out_grant` may be
   NULL. HF_ENOSLOT: it is sealed to none of these. HF_EALTERED, HF_ENOHOSTKEY, HF_ENOPASSWORD,
   HF_EPASSWORD, HF_ENOIDENTITY, what identity_read and asking give. */
HF_CHECKED enum hf_error opener_open(struct opener *opener, const struct sealed_token *token,
                                     struct secret **out_token, struct secret **out_grant);

#endif
