/* The admin's keys: all come from one identity, store/identity.h, whose user is FLEET_IDENTITY. The
 * pools' private keys are pool_seal'ed to it. */
#ifndef HF_STORE_FLEET_KEY_H
#define HF_STORE_FLEET_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/document.h"
#include "store/signed.h"
#include "store/slot.h"

/* No user of a system has this name: passwd(5) ends it at the colon. */
#define FLEET_IDENTITY ":fleet"

/* HF_EFORMAT for an identity that is none, HF_ENOMEM. */
HF_CHECKED enum hf_error fleet_signing_key(const struct key_pair *identity,
                                           struct signing_key *out_key);

/* A mark says to the admin alone whether a token is the one that was sealed before, to the same
   recipients in the same order, so that nothing is sealed and published in vain. HF_ENAME,
   HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error fleet_mark(const struct key_pair *identity, const char *user,
                                    const char *name, uint64_t expires, const struct secret *token,
                                    const uint8_t (*recipients)[KEY_BYTES], size_t count,
                                    uint8_t out_mark[static TOKEN_MARK_BYTES]);

#endif
