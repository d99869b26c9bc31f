/* Who may have a token without a session: what the site has set, and what it never can. */
#ifndef HF_DEMAND_POLICY_H
#define HF_DEMAND_POLICY_H

#include <stdbool.h>

#include "common/account.h"
#include "common/error.h"

struct site_settings;

/* Whether this is a user at all, by the module's rule: never root, and no system account. */
bool policy_is_user(uid_t uid);

/* HF_OK, HF_EPOLICY, or what is in the way of telling: HF_ECONFIG (there is no such group), HF_EIO.
 */
HF_CHECKED enum hf_error policy_check(const struct site_settings *settings,
                                      const struct account *account);

#endif
