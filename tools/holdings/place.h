/* Putting tokens into the ring from a user's own command, and keeping its default in step with the
 * documents. */
#ifndef HF_HOLDINGS_PLACE_H
#define HF_HOLDINGS_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "keyring/ring.h"

struct holdings;
struct secret;

/* The ring that this process may write: the one that any session of the user has, else a new one,
   if this process has a session keyring of the user. HF_ENOSESSION, what ring_ensure gives. */
HF_CHECKED enum hf_error place_ring(ring_serial *out_ring);

/* Places a token until it expires (0: never). HF_EEXPIRED, what ring_put gives. */
HF_CHECKED enum hf_error place_token(ring_serial ring, const char *name, const struct secret *token,
                                     uint64_t expires);

/* Makes the documents' default that of the ring, as the next login would. HF_OK where they have
 * none. */
HF_CHECKED enum hf_error place_default(ring_serial ring, const struct holdings *holdings);

/* What the ring is told of a token whose document is not the user's own; false where it is theirs.
 */
struct holding;
struct ring_origin;
bool place_origin(const struct holding *holding, uint64_t now, struct ring_origin *out_origin);

#endif
