/* Sealed things for the tests of store/: pairs, recipients, tokens, documents. */
#ifndef HF_TESTS_UNIT_SEALED_H
#define HF_TESTS_UNIT_SEALED_H

#include "store/document.h"
#include "store/seal.h"
#include "store/slot.h"
#include "tests/unit/check.h"

static inline int start_store(void **state)
{
    (void)state;
    return store_start() == HF_OK ? 0 : -1;
}

static inline struct key_pair new_pair(void)
{
    struct key_pair pair = {0};
    OK(key_pair_new(&pair));
    return pair;
}

static inline struct recipient recipient_of(enum slot_kind kind, const struct key_pair *pair)
{
    struct recipient recipient = {.kind = kind};
    memcpy(recipient.public_key, pair->public_key, KEY_BYTES);
    return recipient;
}

/* A token of alice's for one pair. */
static inline struct sealed_token sealed_for(const struct key_pair *pair, const char *name,
                                             const char *text)
{
    struct sealed_token sealed = {0};
    SCOPED(secret) struct secret *token = secret_of(text);
    const struct recipient recipient = recipient_of(SLOT_HOST, pair);
    OK(token_seal("alice", name, 1790000000, 1890000000, token, NULL, &recipient, 1, &sealed));
    return sealed;
}

/* The whole way: the slot with the pair, the token with its key. */
static inline enum hf_error open_with(const struct key_pair *pair, const char *user,
                                      const struct sealed_token *sealed, size_t slot,
                                      struct secret **out_token, struct secret **out_grant)
{
    SCOPED(secret) struct secret *key = NULL;
    const struct slot_context context = {user, sealed->name, sealed->id,
                                         sealed->slots[slot].recipient};
    TRY(slot_open(&context, pair, sealed->slots[slot].sealed, &key));
    return token_open(user, sealed, key, out_token, out_grant);
}

#endif
