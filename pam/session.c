#include "pam/session.h"

#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/helper.h"
#include "common/io.h"
#include "common/secret.h"
#include "keyring/session.h"
#include "pam/authtok.h"
#include "pam/helper.h"
#include "pam/host.h"
#include "pam/outcome.h"

#define OPENED_DATA "hf-token.session"
#define STALE_TEXT                                                                                 \
    "Your Hugging Face tokens are sealed with an earlier password. To open them: hf-token unlock " \
    "--rewrap"

/* What close_session has to undo. */
struct opened {
    ring_serial session; /* the session keyring that got the link */
    ring_serial ring;    /* the link that open made, or 0 */
    bool joined;         /* open made that session keyring */
};

static void forget(pam_handle_t *pamh, void *data, int status)
{
    (void)pamh;
    (void)status;
    free(data);
}

static const struct opened *opened(pam_handle_t *pamh)
{
    const void *data = NULL;
    return pam_get_data(pamh, OPENED_DATA, &data) == PAM_SUCCESS ? data : NULL;
}

/* Without this record close_session does nothing, and the kernel ends the keyring with its last
 * process. */
static void remember(pam_handle_t *pamh, const struct opened *now)
{
    struct opened *record = malloc(sizeof *record);
    const struct opened *before = opened(pamh);
    if (record == NULL)
        return;
    *record = *now;
    /* A second open_session of one handle: what the first one did is still to be undone. */
    if (before != NULL && before->session == now->session) {
        record->joined |= before->joined;
        record->ring = before->ring != 0 ? before->ring : now->ring;
    }
    if (pam_set_data(pamh, OPENED_DATA, record, forget) != PAM_SUCCESS)
        free(record);
}

/* su, sudo and cron of Debian have no pam_keyinit: the process has its caller's session keyring, or
   none. It gets a fresh one, but only for a user who has tokens: for all others nothing changes.
   The reply tells what kept the sources from answering. */
static enum hf_error own_session(const struct account *account, const struct options *options,
                                 deadline_ms until, struct wire_reply *reply, struct opened *now,
                                 bool *out_wanted)
{
    SCOPED(secret) struct secret *none = NULL;
    struct wire_request request;
    if (!session_belongs_to(account->uid)) {
        helper_request(&request, WIRE_OPEN, account, options);
        request.flags = WIRE_LOOK_ONLY;
        TRY(helper_run(&request, until, NULL, NULL, reply, &none));
        *out_wanted = false;
        if (reply->error != HF_OK || reply->sources == 0)
            return HF_OK;
        TRY(session_join(account->uid, account->gid, &now->session));
        now->joined = true;
    }
    now->session = session_serial();
    *out_wanted = true;
    return HF_OK;
}

/* expose=env: the site wants what a process without the helper would see; pam_hf_token(8) says what
 * it costs. */
static void expose(pam_handle_t *pamh, const struct secret *token)
{
    SCOPED(secret) struct secret *setting = NULL;
    static const char name[] = "HF_TOKEN=";
    size_t prefix = sizeof name - 1, length = secret_length(token);
    if (secret_new(prefix + length + 1, &setting) != HF_OK)
        return;
    memcpy(secret_bytes(setting), name, prefix);
    memcpy(secret_bytes(setting) + prefix, secret_view(token), length);
    secret_set_length(setting, prefix + length);
    (void)pam_putenv(pamh, (const char *)secret_view(setting));
}

static enum hf_error place(pam_handle_t *pamh, const struct account *account,
                           const struct options *options, const struct secret *password,
                           struct wire_reply *reply)
{
    SCOPED(secret) struct secret *token = NULL;
    struct wire_request request;
    struct opened now = {0};
    bool wanted = false;
    deadline_ms until = helper_deadline(options);
    TRY(own_session(account, options, until, reply, &now, &wanted));
    if (!wanted)
        return HF_OK;
    remember(pamh, &now);
    helper_request(&request, WIRE_OPEN, account, options);
    request.flags = options->expose_env ? WIRE_WANT_TOKEN : 0;
    TRY(helper_run(&request, until, password, NULL, reply, &token));
    if (reply->linked != 0) {
        now.ring = (ring_serial)reply->ring;
        remember(pamh, &now);
    }
    if (token != NULL)
        expose(pamh, token);
    return HF_OK;
}

void session_open(pam_handle_t *pamh, int flags, const struct options *options)
{
    SCOPED(secret) struct secret *password = NULL;
    struct account account;
    struct wire_reply reply = {0};
    bool served = host_account(pamh, options, &account);
    /* It was kept under the name that the name service gives; taken in each case, it is kept no
     * longer. */
    password = authtok_take(pamh, served ? account.name : "");
    if (!served)
        return;
    enum hf_error error = place(pamh, &account, options, password, &reply);
    outcome_log_open(pamh, options, &account, error, &reply);
    if (error == HF_OK && reply.stale != 0)
        host_tell(pamh, flags, options, STALE_TEXT);
}

void session_close(pam_handle_t *pamh, const struct options *options)
{
    const struct opened *record = opened(pamh);
    if (record == NULL)
        return;
    /* Where pam_keyinit has revoked the session keyring already, both find nothing to do. */
    if (record->joined)
        session_revoke(record->session);
    else if (record->ring != 0)
        session_unlink(record->session, record->ring);
    if (options->debug)
        pam_syslog(pamh, LOG_DEBUG, "session closed: %s",
                   record->joined      ? "its keyring is revoked"
                   : record->ring != 0 ? "its link is gone"
                                       : "there was no link of its own");
    (void)pam_set_data(pamh, OPENED_DATA, NULL, NULL);
}
