/* The password phase: the user's identity follows a change of the password. */
#ifndef HF_PAM_PASSWORD_H
#define HF_PAM_PASSWORD_H

#include <security/pam_modules.h>

#include "pam/options.h"

/* For the second pass, after the new password is set. Nothing here can fail the change. */
void password_update(pam_handle_t *pamh, int flags, const struct options *options);

#endif
