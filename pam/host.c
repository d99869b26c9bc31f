#include "pam/host.h"

#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

const char *host_item(pam_handle_t *pamh, int item)
{
    const void *value = NULL;
    if (pam_get_item(pamh, item, &value) != PAM_SUCCESS || value == NULL)
        return "";
    return value;
}

static const char *reason_to_skip(pam_handle_t *pamh, const struct options *options,
                                  struct account *account)
{
    const char *user = host_item(pamh, PAM_USER);
    if (geteuid() != 0)
        return "the application does not run as root";
    if (strcmp(host_item(pamh, PAM_SERVICE), "systemd-user") == 0)
        return "the service systemd-user has a session keyring of its own";
    if (!user_name_valid(user) || account_by_name(user, account) != HF_OK)
        return "there is no such user";
    if (account->uid == 0 || account->uid < options->minimum_uid)
        return "the user is below minimum_uid";
    return NULL;
}

bool host_account(pam_handle_t *pamh, const struct options *options, struct account *out_account)
{
    struct account account;
    const char *reason = reason_to_skip(pamh, options, &account);
    if (reason != NULL) {
        if (options->debug)
            pam_syslog(pamh, LOG_DEBUG, "nothing to do: %s", reason);
        return false;
    }
    *out_account = account;
    return true;
}

void host_tell(pam_handle_t *pamh, int flags, const struct options *options, const char *text)
{
    if (((unsigned)flags & PAM_SILENT) == 0 && !options->quiet)
        (void)pam_info(pamh, "%s", text);
}
