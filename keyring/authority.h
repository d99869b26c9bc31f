/* The other side of keyring/demand.h: the key that the kernel wants, for the program of root's that
 * it started to make it, keyctl_assume_authority(3). */
#ifndef HF_KEYRING_AUTHORITY_H
#define HF_KEYRING_AUTHORITY_H

#include <sys/types.h>

#include "common/error.h"
#include "common/name.h"
#include "keyring/ring.h"

struct secret;

/* Seconds that the kernel repeats a refusal for. */
#define AUTHORITY_REFUSED 60

/* What is wanted, by the kernel's own word. */
struct demand {
    uid_t owner;                   /* the requester's, which the key will belong to */
    char name[TOKEN_NAME_MAX + 1]; /* of the token; empty: the default */
};

/* Reads what is wanted. The authority is given up again, so that no child has it. HF_EKERNEL (this
   process was not started for that key), HF_ENAME (nothing that is a token's name; out_demand has
   the owner then). */
HF_CHECKED enum hf_error authority_demand(ring_serial key, struct demand *out_demand);

/* Answers with the token, for so many seconds (at least 1). It is shut to all but its owner before
   there is anything in it. HF_EQUOTA, HF_EPOLICY (the requester keeps the key where no permission
   of it can be set), HF_EKERNEL: the kernel waits for an answer still. */
HF_CHECKED enum hf_error authority_grant(ring_serial key, const struct secret *token,
                                         unsigned seconds);

/* Answers with a refusal, which the kernel repeats for a minute. HF_EKERNEL. */
HF_CHECKED enum hf_error authority_refuse(ring_serial key, enum hf_error why);

#endif
