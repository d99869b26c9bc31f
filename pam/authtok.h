/* The login password's way from the auth phase to the session phase. */
#ifndef HF_PAM_AUTHTOK_H
#define HF_PAM_AUTHTOK_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "common/secret.h"

/* Keeps the password that PAM_AUTHTOK holds, if it is one at all (1 to PASSWORD_MAX bytes), for
   this user in this process; for sshd, which authenticates in a child, in the kernel too. It
   replaces what was kept before. What cannot be kept is not: tokens are then locked, which
   open_session says. */
void authtok_keep(pam_handle_t *pamh, const char *user);

/* Whether something is kept. */
bool authtok_is_kept(pam_handle_t *pamh);

/* Takes it out; NULL when there is none, when it is too old, or when it is another user's: sudo(8)
   authenticates the caller and opens the target's session. Nothing is kept afterwards. The caller
   owns the secret. */
struct secret *authtok_take(pam_handle_t *pamh, const char *user);

#endif
