/* The placer's way to a token: which slot is for whom, and what the unsealer has to say to it. */
#ifndef HF_SESSION_OPENER_H
#define HF_SESSION_OPENER_H

#include <stdbool.h>

#include "common/error.h"
#include "common/secret.h"
#include "common/wire.h"
#include "store/document.h"
#include "store/identity.h"

struct opener_kind;
struct ring_origin;

/* `request` is borrowed, and `socket` leads to the unsealer. All else is the opener's. */
struct opener {
    const struct wire_request *request;
    int socket;
    bool asked_host, asked_identity;
    struct secret *host_public;
    enum hf_error host_error;
    struct identity identity;
    enum hf_error identity_error; /* HF_EPASSWORD: it is wrapped under another password */
    /* Of the slot by which the last token was opened, or could be; a static array's row. */
    const struct opener_kind *kind;
    uint8_t recipient[KEY_BYTES];
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

/* Whether one of the token's slots is for a key that this machine has now, or for a user's
   identity; nothing is opened, and no private key is read. HF_ENOSLOT: none is. What hostkey_public
   and asking give. */
HF_CHECKED enum hf_error opener_finds_key(struct opener *opener, const struct sealed_token *token);

/* Whether this machine has, by now, the key that an origin names. HF_ENOSLOT: it has it no more, or
   it is not one of its own. The rest as above. */
HF_CHECKED enum hf_error opener_has_key(const struct opener *opener,
                                        const struct ring_origin *origin);

/* Writes into an origin whose key opened the last token, or was found for it. */
void opener_tell(const struct opener *opener, struct ring_origin *origin);

#endif
