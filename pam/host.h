/* What the module asks of the application that hosts it: the user, and a way to tell them
 * something. */
#ifndef HF_PAM_HOST_H
#define HF_PAM_HOST_H

#include <security/pam_modules.h>
#include <stdbool.h>

#include "common/account.h"
#include "pam/options.h"

/* The user of this transaction, when the module serves them: known, at or above minimum_uid, in a
   service that is not systemd-user (which replaces the session keyring afterwards), and with root
   behind the call. Never prompts. */
bool host_account(pam_handle_t *pamh, const struct options *options, struct account *out_account);

/* A line for the user, unless the application or the administrator wants none. */
void host_tell(pam_handle_t *pamh, int flags, const struct options *options, const char *text);

/* A string item of pam_get_item(3), or the empty string; borrowed from libpam. */
const char *host_item(pam_handle_t *pamh, int item);

#endif
