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

/* A key's payload is this header, the grant's bytes and those of `fresh`, with nothing between or
   behind. Numbers have this machine's byte order: a key never leaves it. */
#define RING_GRANT_VERSION 2
#define RING_ID_BYTES      16
struct ring_grant_header {
    uint32_t version;                    /* RING_GRANT_VERSION */
    uint32_t grant_length, fresh_length; /* 1 to GRANT_MAX; 0 (none) to TOKEN_MAX */
    uint32_t zero;
    uint64_t due, expires;
    uint8_t id[RING_ID_BYTES], before[RING_ID_BYTES];
};

struct ring_grant {
    ring_serial key;               /* the one that it was read from; 0: it was not */
    uint8_t id[RING_ID_BYTES];     /* of the document's token that it goes with, or will */
    uint8_t before[RING_ID_BYTES]; /* of the one that was refreshed to it; zeros: none was */
    uint64_t due;                  /* seconds since the epoch from when on to refresh; 0: never */
    uint64_t expires;              /* of the token, or of `fresh` where there is one; 0: never */
    struct secret *grant;          /* owned; the text, hf-token-store(5) */
    struct secret *fresh;          /* owned; a token that is not in the document yet, or NULL */
};
void ring_grant_clear(struct ring_grant *grant);
static inline void ring_grant_scope_end(struct ring_grant *held)
{
    ring_grant_clear(held);
}

/* When a token of these dates is due: a tenth of its life before its end, at most a day. 0 where it
   does not expire. */
uint64_t grant_due(uint64_t created, uint64_t expires);

/* Whether it is of the document's token with that id: as it is, or as it was before a refresh that
   the document does not have. */
bool ring_grant_is_of(const struct ring_grant *grant, const uint8_t id[static RING_ID_BYTES]);

/* Places it in a key of its own, replacing the one of that name in one step: whoever is killed
   leaves the old or the new one. HF_EQUOTA, HF_ENAME, HF_EFORMAT (a text that ring_grant_get would
   refuse), HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_grant_put(ring_serial ring, const char *name,
                                        const struct ring_grant *grant);

/* Reads it; the result is the caller's. HF_ENOTFOUND, HF_EFORMAT, HF_ENAME, HF_ENOMEM, HF_EKERNEL.
 */
HF_CHECKED enum hf_error ring_grant_get(ring_serial ring, const char *name,
                                        struct ring_grant *out_grant);

/* Room for ring_grant_update, so that it needs nothing that could fail or take time. HF_ENOMEM. */
HF_CHECKED enum hf_error ring_grant_room(struct secret **out_room);

/* Writes it into the key that it was read from, in one system call. Where another process has
   taken that key out of the ring meanwhile, or put another in its place, the ring stays as that
   process left it; this gives HF_OK or HF_ENOTFOUND then. HF_EQUOTA, HF_EFORMAT, HF_EKERNEL: the
   key is as it was. */
HF_CHECKED enum hf_error ring_grant_update(const struct ring_grant *grant, struct secret *room);

/* Puts grant->fresh in the token's place until it expires, as long as that grant's key is the one
   that the ring has. HF_ENOTFOUND: it is not, and the ring is as it was. HF_EEXPIRED, what ring_put
   gives. */
HF_CHECKED enum hf_error ring_grant_place_fresh(ring_serial ring, const char *name,
                                                const struct ring_grant *grant, uint64_t now);

/* HF_ENOTFOUND, HF_ENAME, HF_EKERNEL. ring_remove does it too. */
HF_CHECKED enum hf_error ring_grant_remove(ring_serial ring, const char *name);

/* Ends the very key that it was read from; one that is in its place by now stays. HF_ENOTFOUND: it
   was gone already. HF_EKERNEL. */
HF_CHECKED enum hf_error ring_grant_end(const struct ring_grant *grant);

/* Whether the token of that name has a grant. */
bool ring_grant_exists(ring_serial ring, const char *name);

/* Whether the token of that name waits to be refreshed; false where it has no grant. */
bool ring_grant_is_due(ring_serial ring, const char *name, uint64_t now);

/* Whether the ring's token of that name was refreshed from the document's token with that id. To
   place the document's would lose a grant. */
bool ring_grant_is_newer(ring_serial ring, const char *name,
                         const uint8_t id[static RING_ID_BYTES]);

struct ring_origin;

/* A token as a document has it. All borrowed. One with an origin has no grant, and lasts as long as
   that says. */
struct ring_entry {
    const char *name;
    const uint8_t *id;                  /* of the sealed token, RING_ID_BYTES */
    const struct secret *token, *grant; /* grant NULL: none */
    uint64_t created, expires;          /* expires 0: never */
    const struct ring_origin *origin;   /* keyring/origin.h; NULL: the user's own */
};

/* Places both. Of a token that has expired the grant alone is placed, which is due at once; without
   a grant, that is HF_EEXPIRED, and one left by a token before is removed. What ring_put,
   ring_grant_put and ring_origin_place give. */
HF_CHECKED enum hf_error ring_place(ring_serial ring, const struct ring_entry *entry, uint64_t now);

#endif
