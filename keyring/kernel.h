/* keyctl(2) with our errors, and what a key says of itself. For keyring/ alone. */
#ifndef HF_KEYRING_KERNEL_H
#define HF_KEYRING_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "keyring/ring.h"

#define KEY_TYPE_MAX        31
#define KEY_DESCRIPTION_MAX 511 /* enough for any of ours; a longer one is none of ours */

/* What keyctl_describe(3) tells. */
struct key_about {
    char type[KEY_TYPE_MAX + 1];
    uid_t owner;
    uint32_t permission;
    char description[KEY_DESCRIPTION_MAX + 1];
};

/* The error that errno stands for after a keyctl call. */
enum hf_error kernel_error(void);

/* HF_ENOTFOUND also for a key that cannot be ours, since its description is too long. */
HF_CHECKED enum hf_error key_describe(ring_serial key, struct key_about *out_about);

/* Whether a key is the calling user's own, of that type, and shut to all others. */
bool key_is_own(const struct key_about *about, const char *type);

/* Makes a key shut to all but its owner, with its timeout (seconds, 0: none), and only then links
   it, displacing one of the same type and description. `bytes` may be NULL for a keyring.
   HF_EQUOTA, HF_EKERNEL. */
HF_CHECKED enum hf_error key_place(const char *type, const char *description, const void *bytes,
                                   size_t length, unsigned timeout, ring_serial into,
                                   ring_serial *out_key);

/* Exchanges a key's payload, whatever links to it; the ring that it came from may not any more. A
   timeout that it had is gone. HF_ENOTFOUND, HF_EEXPIRED, HF_EQUOTA (it is as it was), HF_EKERNEL.
 */
HF_CHECKED enum hf_error key_update(ring_serial key, const struct secret *bytes);

/* Takes a key out of wherever it is linked to. keyctl_unlink(3) would not do: it goes by type and
   description, __key_unlink_begin of the kernel, and so takes out the one that has displaced this.
   HF_ENOTFOUND, HF_EKERNEL. */
HF_CHECKED enum hf_error key_end(ring_serial key);

/* A `user` key of the ring that is the caller's own. HF_ENOTFOUND, HF_EEXPIRED, HF_EKERNEL. */
HF_CHECKED enum hf_error key_find(ring_serial ring, const char *description, ring_serial *out_key);

/* Reads a key of at most `maximum` bytes into a new secret, the caller's. HF_ENOTFOUND,
   HF_EEXPIRED, HF_ETOOBIG, HF_ENOMEM, HF_EKERNEL. */
HF_CHECKED enum hf_error key_read(ring_serial key, size_t maximum, struct secret **out_bytes);

/* Finds the `user` key of that description that is the caller's own, and reads it. When another
   process replaces it in between, what is there then is found. As key_find and key_read. */
HF_CHECKED enum hf_error key_get(ring_serial ring, const char *description, size_t maximum,
                                 ring_serial *out_key, struct secret **out_bytes);

/* Keys whose description is a prefix of ours and the name of a token. HF_ENAME, and as above. */
#define KEY_NAMED_SIZE (32 + TOKEN_NAME_MAX)
HF_CHECKED enum hf_error key_named(const char *prefix, const char *name,
                                   char out_description[static KEY_NAMED_SIZE]);
HF_CHECKED enum hf_error key_find_named(ring_serial ring, const char *prefix, const char *name,
                                        ring_serial *out_key);
HF_CHECKED enum hf_error key_get_named(ring_serial ring, const char *prefix, const char *name,
                                       size_t maximum, ring_serial *out_key,
                                       struct secret **out_bytes);
/* Takes it out of this ring alone. */
HF_CHECKED enum hf_error key_remove_named(ring_serial ring, const char *prefix, const char *name);

/* The names behind `prefix` of the caller's own `user` keys in the ring, of those that can be read
   now; at most RING_TOKENS_MAX, in no particular order. HF_EKERNEL. */
HF_CHECKED enum hf_error key_names(ring_serial ring, const char *prefix,
                                   char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1],
                                   size_t *out_count);

#endif
