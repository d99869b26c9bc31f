/* Where a token of the ring came from, for tokens that an administrator manages: `user` keys
 * "hf-token.origin:NAME", which outlive the token that they speak of. */
#ifndef HF_KEYRING_ORIGIN_H
#define HF_KEYRING_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "keyring/grant.h"
#include "keyring/ring.h"

#define RING_ORIGIN_PREFIX  "hf-token.origin:"
#define RING_ORIGIN_VERSION 2

enum ring_origin_state {
    ORIGIN_PLACED = 1, /* the token is in the ring, or its time ran out */
    ORIGIN_REVOKED,    /* a fresh answer of its source did not have it any more */
    ORIGIN_WITHDRAWN,  /* a fresh answer has it, sealed to no key of this machine's any more */
    ORIGIN_UNNAMED,    /* this machine's configuration does not name its source any more */
    ORIGIN_STATE_COUNT
};

/* Whose key has opened the token. */
enum ring_origin_key {
    ORIGIN_KEY_UNKNOWN,
    ORIGIN_KEY_HOST,
    ORIGIN_KEY_POOL,
    ORIGIN_KEY_USER,
    ORIGIN_KEY_COUNT
};

#define RING_RECIPIENT_BYTES 32

/* The payload, in this machine's byte order. A token of the user's own document has none. That of
   version 1, which a session has from before an upgrade, ends with `source`, and has ids and states
   of the same numbers; `key` and `asked` are 0 there, and so they are read, and its end as the
   token's own. */
struct ring_origin {
    uint32_t version, state;
    uint64_t generation; /* of the document */
    uint64_t expires;    /* the token's own end, or its document's; 0: never */
    uint64_t confirmed;  /* when its source last said that this is what it has; or of the end */
    uint32_t lifetime;   /* seconds behind `confirmed` that the token stays; 0: no limit */
    uint16_t key;        /* enum ring_origin_key */
    uint16_t asked; /* 1: HF_CONF_FILE, by which a refresh asks, named the source; 0: another did */
    uint8_t id[RING_ID_BYTES]; /* of the sealed token */
    char source[SOURCE_NAME_MAX + 1];
    uint8_t recipient[RING_RECIPIENT_BYTES]; /* that key, the public half; zeros: unknown */
    uint64_t token_expires;                  /* the token's own end alone; 0: never */
};

/* The origin alone. HF_EQUOTA, HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_put(ring_serial ring, const char *name,
                                         const struct ring_origin *origin);
/* One of an earlier version comes as one of this. HF_ENOTFOUND, HF_EFORMAT, HF_ENAME, HF_ENOMEM,
   HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_get(ring_serial ring, const char *name,
                                         struct ring_origin *out_origin);
/* HF_ENOTFOUND, HF_ENAME, HF_EKERNEL. ring_remove does it too. */
HF_CHECKED enum hf_error ring_origin_remove(ring_serial ring, const char *name);

/* The names that have an origin, in no particular order. */
HF_CHECKED enum hf_error ring_origin_names(ring_serial ring,
                                           char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1],
                                           size_t *out_count);

/* When the token of that origin ends by the kernel's hand, seconds since the epoch; 0: never. */
uint64_t ring_origin_end(const struct ring_origin *origin);

/* Seconds from `now` to that end, at least 1; 0: there is none. HF_EEXPIRED: it is past. */
HF_CHECKED enum hf_error ring_origin_left(const struct ring_origin *origin, uint64_t now,
                                          unsigned *out_seconds);

/* Places a token of that origin, and its origin with it, until ring_origin_end. HF_EEXPIRED: that
   is past, and nothing is done. HF_EQUOTA, HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_place(ring_serial ring, const char *name,
                                           const struct secret *token,
                                           const struct ring_origin *origin, uint64_t now);

/* What follows is for a token that has an origin, and leaves alone what the user puts in its place
   meanwhile: HF_ENOTFOUND where there is no origin (any more). All three keep `origin` where they
   are done; else what is there stays. */

/* A fresh answer has the same token: its key has until the new end. HF_EEXPIRED: that is past, or
   the token is there no more and must be placed anew, by ring_origin_exchange. HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_extend(ring_serial ring, const char *name,
                                            const struct ring_origin *origin, uint64_t now);

/* A fresh answer has another token of that name, or the one that is not in the ring any more.
   HF_EEXPIRED, HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_exchange(ring_serial ring, const char *name,
                                              const struct secret *token,
                                              const struct ring_origin *origin, uint64_t now);

/* It is this machine's no more, as the origin's state says: ends the token where it is still there.
 * HF_EKERNEL. */
HF_CHECKED enum hf_error ring_origin_end_token(ring_serial ring, const char *name,
                                               const struct ring_origin *origin);

#endif
