/* Putting tokens into the ring from a user's own command, and keeping its default in step with the
 * documents. */
#ifndef HF_HOLDINGS_PLACE_H
#define HF_HOLDINGS_PLACE_H

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

#endif
