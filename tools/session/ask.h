/* What the two halves of the session helper say to each other: the placer asks, the unsealer
 * answers. */
#ifndef HF_SESSION_ASK_H
#define HF_SESSION_ASK_H

#include <stdint.h>

#include "common/name.h"
#include "common/wire.h"
#include "store/document.h"
#include "store/identity.h"
#include "store/slot.h"

enum ask_kind {
    ASK_HOST_PUBLIC = 1, /* which public key is this machine's */
    ASK_HOST_SLOT,       /* open a slot with the machine's key */
    ASK_IDENTITY,        /* unwrap this identity with the (old) password and keep it */
    ASK_USER_SLOT,       /* open a slot with that identity */
    ASK_POOL_SLOT,       /* open a slot with the key of `recipient`, one of this machine's pools */
    ASK_POOL,            /* of a refresh: is there a key of `recipient`, one of its pools */
    ASK_WRAP,            /* wrap that identity under the new password */
    ASK_REPORT,          /* the end: here is the reply for the module */
};

/* All fixed in size, no pointers. The user's name is not among it: the unsealer has its own, from
 * PAM. */
struct ask {
    uint32_t kind;
    char name[TOKEN_NAME_MAX + 1];
    uint8_t id[TOKEN_ID_BYTES];
    uint8_t sealed[SLOT_SEALED_BYTES];
    uint8_t recipient[KEY_BYTES]; /* the pool's public key */
    struct identity identity;
    struct wire_reply report; /* its token_length bytes follow */
};

struct answer {
    uint32_t error;  /* enum hf_error */
    uint32_t system; /* errno of that error */
    uint8_t key[KEY_BYTES];
    struct identity identity;
};

#endif
