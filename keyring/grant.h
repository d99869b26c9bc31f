/* What a token that can be refreshed has beside it in the ring: `user` keys "hf-token.grant:NAME".
 */
#ifndef HF_KEYRING_GRANT_H
#define HF_KEYRING_GRANT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"
#include "keyring/ring.h"

#define RING_GRANT_PREFIX "hf-token.grant:"

struct ring_grant {
    uint64_t due;         /* seconds since the epoch from when on to refresh; 0: never */
    uint64_t expires;     /* of the token, or of `fresh` where there is one; 0: never */
    struct secret *grant; /* owned; the text, hf-token-store(5) */
    struct secret *fresh; /* owned; a token that is not in the document yet, or NULL */
};
void ring_grant_clear(struct ring_grant *grant);
static inline void ring_grant_scope_end(struct ring_grant *held)
{
    ring_grant_clear(held);
}

/* When a token of these dates is due: a tenth of its life before its end, at most a day. 0 where it
   does not expire. */
uint64_t grant_due(uint64_t created, uint64_t expires);

/* Places it, replacing the one of that name in one step: whoever is killed leaves the old or the
   new one. HF_EQUOTA, HF_ENAME, HF_ETOOBIG, HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_grant_put(ring_serial ring, const char *name,
                                        const struct ring_grant *grant);

/* Reads it; the result is the caller's. HF_ENOTFOUND, HF_EFORMAT, HF_ENAME, HF_ENOMEM, HF_EKERNEL.
 */
HF_CHECKED enum hf_error ring_grant_get(ring_serial ring, const char *name,
                                        struct ring_grant *out_grant);

/* HF_ENOTFOUND, HF_EKERNEL. ring_remove does it too. */
HF_CHECKED enum hf_error ring_grant_remove(ring_serial ring, const char *name);

/* Whether the token of that name waits to be refreshed; false where it has no grant. */
bool ring_grant_is_due(ring_serial ring, const char *name, uint64_t now);

#endif
