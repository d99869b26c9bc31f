/* The kernel's own listing of keys, /proc/keys: the last way to a ring. For keyring/ alone. */
#ifndef HF_KEYRING_FIND_H
#define HF_KEYRING_FIND_H

#include <stddef.h>

#include "common/error.h"
#include "keyring/ring.h"

#define FIND_RINGS_MAX 64

/* Whether this is a ring of the calling user: type, description, owner, permissions. */
HF_CHECKED enum hf_error ring_check(ring_serial ring);

/* The calling user's rings of /proc/keys, checked. HF_EIO where there is no /proc/keys. */
HF_CHECKED enum hf_error ring_listing(ring_serial rings[FIND_RINGS_MAX], size_t *out_count);

#endif
