/* A password's way from a forked child's authenticate to its parent's open_session: a short-lived
 * kernel key. */
#ifndef HF_KEYRING_STASH_H
#define HF_KEYRING_STASH_H

#include <sys/types.h>

#include "common/error.h"
#include "common/secret.h"
#include "keyring/ring.h"

/* How long it may take from the password to the session: sshd's own LoginGraceTime, sshd_config(5).
 */
#define STASH_SECONDS 120

/* Keeps the password in an owner-only key of the calling (root's) user keyring, bound to the user's
   name. HF_EQUOTA, HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error stash_put(const char *user, const struct secret *password,
                                   ring_serial *out_serial);

/* Takes it out again and destroys the key, whether it could be read or not. A key that is no stash,
   or another user's, is left alone: HF_EUSER. HF_ENOTFOUND, HF_EEXPIRED, HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error stash_take(const char *user, ring_serial serial,
                                    struct secret **out_password);

/* Destroys a key that stash_put made. */
void stash_discard(ring_serial serial);

#endif
