/* Tokens without a session: a `user` key of the user keyring that a program of root's makes when
 * the kernel is asked for it, request_key(2), and what both sides of that agree on. */
#ifndef HF_KEYRING_DEMAND_H
#define HF_KEYRING_DEMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

struct secret;

/* Behind it stands the token's name, or nothing for the default. */
#define DEMAND_PREFIX "hf-token.demand:"

/* The rule that turns it on: request-key(8) reads no other folder, whatever this was built for. */
#define DEMAND_RULE "/etc/request-key.d/hf-token.conf"

/* Whether the administrator has turned it on. */
bool demand_enabled(void);

/* Gives the token (the caller's), which may take as long as the sources; an answer is kept by the
   kernel, a refusal for a minute, so that asking again is cheap. Run it as the user, with all ids.
   HF_ENAME, HF_EQUOTA, HF_ENOMEM, HF_EKERNEL (also: no rule, or it may not ask), or why the other
   side refused: one of those that demand_errno has. */
HF_CHECKED enum hf_error demand_token(const char *name, struct secret **out_token);

/* Ends the calling user's keys of this kind, answers and refusals; *out_count of them. HF_EKERNEL.
 */
HF_CHECKED enum hf_error demand_clear(size_t *out_count);

/* The errno that a refusal goes by in the kernel, and back: the nearest of a few. What has none
   goes by HF_EUNAVAIL's, and what is none is HF_EKERNEL. */
int demand_errno(enum hf_error error);
enum hf_error demand_error(int number);

#endif
