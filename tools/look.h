/* Looks into the keys of a user, whose root cannot see: a child becomes that user, who may stop it,
 * so that it is not waited for. */
#ifndef HF_TOOLS_LOOK_H
#define HF_TOOLS_LOOK_H

#include <stdbool.h>

#include "common/account.h"
#include "common/error.h"
#include "keyring/ring.h"

/* Milliseconds that it may take. */
#define LOOK_PATIENCE 1000

/* What is looked for in the ring that was found. */
typedef bool look_at(ring_serial ring);

/* Whether the user has a ring, and `look` (which may be NULL) finds in it what it wants. For root,
   in a process of one thread. HF_EDEADLINE, HF_ECHILD, HF_EIO. */
HF_CHECKED enum hf_error look_for_ring(const struct account *account, look_at *look,
                                       bool *out_found);

#endif
