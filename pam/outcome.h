/* What came of a phase, as the one line in the authentication log. */
#ifndef HF_PAM_OUTCOME_H
#define HF_PAM_OUTCOME_H

#include <security/pam_modules.h>

#include "common/account.h"
#include "common/wire.h"
#include "pam/options.h"

/* `error` is the module's own; the reply counts when that is HF_OK. A user who has no token leaves
   one with the option debug alone. */
void outcome_log_open(pam_handle_t *pamh, const struct options *options,
                      const struct account *account, enum hf_error error,
                      const struct wire_reply *reply);
void outcome_log_rewrap(pam_handle_t *pamh, const struct account *account, enum hf_error error,
                        const struct wire_reply *reply);

#endif
