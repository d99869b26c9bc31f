/* What the tests of published things share: a signer, and those that a machine trusts. */
#ifndef HF_TESTS_UNIT_SIGNING_H
#define HF_TESTS_UNIT_SIGNING_H

#include "store/fleet-key.h"
#include "store/signed.h"
#include "tests/unit/sealed.h"

/* A signer as an admin's fresh identity has it. */
static inline struct signing_key new_signer(void)
{
    SCOPED(key_pair) struct key_pair identity = new_pair();
    struct signing_key key = {0};
    OK(fleet_signing_key(&identity, &key));
    return key;
}

static inline void trust(struct signers *signers, const struct signing_key *key)
{
    assert_true(signers->count < SIGNERS_MAX);
    memcpy(signers->keys[signers->count++], key->public_key, SIGNER_BYTES);
}

#endif
