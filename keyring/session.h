/* The session keyring of the process: whose it is, a fresh one for a user, and its end. */
#ifndef HF_KEYRING_SESSION_H
#define HF_KEYRING_SESSION_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/error.h"
#include "keyring/ring.h"

/* Whether the calling thread has a session keyring of its own that `uid` owns; neither a revoked
   one, nor the kernel's stand-in _uid_ses.UID, nor none counts. */
bool session_belongs_to(uid_t uid);

/* Joins the calling thread to a fresh session keyring of the caller's own, so that children do not
   hold the one that it had. HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error session_shed(void);

/* Joins the calling thread to a fresh session keyring and gives that to the user. It stays the
   thread's, and its children's. Needs root where `uid` is another's. On failure the thread may be
   left in an empty session keyring of its own. HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error session_join(uid_t uid, gid_t gid, ring_serial *out_session);

/* The serial of the session keyring, or 0. */
ring_serial session_serial(void);

/* Revokes the session keyring, if it is still the one given; whoever holds it has nothing any more.
 */
void session_revoke(ring_serial session);

/* Takes the ring's link out of the session keyring, if that is still the one given. */
void session_unlink(ring_serial session, ring_serial ring);

#endif
