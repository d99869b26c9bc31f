#include "pam/password.h"

#include <string.h>

#include "common/account.h"
#include "common/helper.h"
#include "common/secret.h"
#include "pam/authtok.h"
#include "pam/helper.h"
#include "pam/host.h"
#include "pam/outcome.h"

#define STALE_TEXT                                                                                 \
    "The Hugging Face tokens stay sealed with the old password. To follow the new one: hf-token "  \
    "unlock --rewrap"

/* A password item as a secret; NULL when there is none, or none that we take. */
static struct secret *copy_item(pam_handle_t *pamh, int item)
{
    const char *text = host_item(pamh, item);
    struct secret *secret = NULL;
    size_t length = strnlen(text, PASSWORD_MAX + 1);
    if (length == 0 || length > PASSWORD_MAX || secret_copy(text, length, &secret) != HF_OK)
        return NULL;
    return secret;
}

void password_update(pam_handle_t *pamh, int flags, const struct options *options)
{
    SCOPED(secret) struct secret *old = copy_item(pamh, PAM_OLDAUTHTOK);
    SCOPED(secret) struct secret *new = copy_item(pamh, PAM_AUTHTOK);
    SCOPED(secret) struct secret *token = NULL;
    struct account account;
    struct wire_request request;
    struct wire_reply reply = {0};
    if (!host_account(pamh, options, &account))
        return;
    /* A login whose password had expired: the session that follows needs the new one. */
    if (authtok_is_kept(pamh))
        authtok_keep(pamh, account.name);
    if (new == NULL)
        return;
    helper_request(&request, WIRE_REWRAP, &account, options);
    enum hf_error error = helper_run(&request, helper_deadline(options), old, new, &reply, &token);
    outcome_log_rewrap(pamh, &account, error, &reply);
    if (error != HF_OK || (reply.error != HF_OK && reply.error != HF_ENOIDENTITY))
        host_tell(pamh, flags, options, STALE_TEXT);
}
