/* The session phase: places the user's tokens, and takes back at the end what it gave. */
#ifndef HF_PAM_SESSION_H
#define HF_PAM_SESSION_H

#include <security/pam_modules.h>

#include "pam/options.h"

/* Nothing here can fail a login: what goes wrong is one line in the log. */
void session_open(pam_handle_t *pamh, int flags, const struct options *options);
void session_close(pam_handle_t *pamh, const struct options *options);

#endif
