/* The user's ring in the kernel: one keyring of tokens, held alive by session keyrings alone. */
#ifndef HF_KEYRING_RING_H
#define HF_KEYRING_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/name.h"
#include "common/secret.h"

/* Serial of a key or keyring, keyrings(7); never negative or 0 here. */
typedef int32_t ring_serial;

/* Names and permissions of DESIGN's layout; keyctl_setperm(3) has the bits. */
#define RING_DESCRIPTION  "hf-token"
#define RING_TOKEN_PREFIX "hf-token:"
#define RING_DEFAULT      "hf-token.default"
#define RING_LOCKED       "hf-token.locked"
#define RING_POINTER      "hf-token.ring"
#define RING_PERMISSION   0x003f0000u /* the owner's all; none for possessor, group, others */

/* Tokens that a ring is listed with: all documents of all sources together. */
#define RING_TOKENS_MAX 64

/* How the ring was reached. */
enum ring_way { RING_BY_SESSION, RING_BY_POINTER, RING_BY_LISTING };

/* Finds the ring of the calling process's effective user: through the session keyring, else the
   pointer in the user keyring, else /proc/keys. Only a keyring that this user owns, with no more
   than RING_PERMISSION, is taken. HF_ENOTFOUND, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_find(ring_serial *out_ring, enum ring_way *out_way);

/* The ring, made when there is none, linked into this process's session keyring, and pointed to
   from the user keyring. *out_linked says whether this call made the link. Run it as the user, with
   all ids. HF_ENOSESSION (the session keyring is not the user's own, or revoked), HF_EQUOTA,
   HF_EKERNEL. */
HF_CHECKED enum hf_error ring_ensure(ring_serial *out_ring, bool *out_linked);

/* Places a token that is the user's own, replacing one of the same name, whose origin goes
   (keyring/origin.h). It gets its permissions and its timeout (seconds; 0 for none) before it can
   be found. HF_EQUOTA, HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_put(ring_serial ring, const char *name, const struct secret *token,
                                  unsigned timeout);

/* The same but for the origin; gives the new key's serial. */
HF_CHECKED enum hf_error ring_put_key(ring_serial ring, const char *name,
                                      const struct secret *token, unsigned timeout,
                                      ring_serial *out_key);

/* The key of a token. HF_ENOTFOUND, HF_EEXPIRED, HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_token_key(ring_serial ring, const char *name, ring_serial *out_key);

/* Reads a token into a new secret, which is the caller's. HF_ENOTFOUND, HF_EEXPIRED, HF_ENAME,
   HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_get(ring_serial ring, const char *name, struct secret **out_token);

/* Removes a token, its origin and its grant, keyring/grant.h; HF_OK when there was a token or a
   grant. HF_ENOTFOUND, HF_EEXPIRED (the kernel will do it), HF_ENAME, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_remove(ring_serial ring, const char *name);

/* The names in the ring, expired ones left out, in no particular order; *out_count of them.
 * HF_EKERNEL. */
HF_CHECKED enum hf_error
ring_names(ring_serial ring, char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1], size_t *out_count);

/* The default token's name, and setting it. HF_ENOTFOUND, HF_ENAME, HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error ring_default(ring_serial ring, char out_name[TOKEN_NAME_MAX + 1]);
HF_CHECKED enum hf_error ring_set_default(ring_serial ring, const char *name);

/* Whether there is nothing in it: no token, and no trace of one. */
bool ring_is_empty(ring_serial ring);

/* Whether ring_lock_all has emptied it, and no login has come since, which takes that mark away by
   ring_unlock: HF_EKERNEL. */
bool ring_is_locked(ring_serial ring);
HF_CHECKED enum hf_error ring_unlock(ring_serial ring);

/* Empties every ring of the calling user, in all sessions at once; *out_count of them. HF_EKERNEL.
 */
HF_CHECKED enum hf_error ring_clear_all(size_t *out_count);
/* The same, and leaves the mark, as far as the user's quota lets it. */
HF_CHECKED enum hf_error ring_lock_all(size_t *out_count);

#endif
