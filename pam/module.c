/* pam_hf_token: the six entry points of a PAM module, pam(3). Policy lives in the phases' own
 * files. */
#include <security/pam_modules.h>

#include "pam/authtok.h"
#include "pam/host.h"
#include "pam/options.h"
#include "pam/password.h"
#include "pam/session.h"

#define EXPORT __attribute__((visibility("default")))

/* Verifies nothing, so it has no say: PAM_IGNORE. */
EXPORT int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct account account;
    struct options options = options_parse(pamh, argc, argv);
    (void)flags;
    if (host_account(pamh, &options, &account))
        authtok_keep(pamh, account.name);
    return PAM_IGNORE;
}

/* PAM_SUCCESS and never PAM_IGNORE: a stack whose modules all ignore setcred fails it, and libpam
   runs that stack in the order that authenticate chose. */
EXPORT int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_SUCCESS;
}

EXPORT int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    (void)pamh;
    (void)flags;
    (void)argc;
    (void)argv;
    return PAM_IGNORE;
}

EXPORT int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options = options_parse(pamh, argc, argv);
    session_open(pamh, flags, &options);
    return PAM_SUCCESS;
}

EXPORT int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options = options_parse(pamh, argc, argv);
    (void)flags;
    session_close(pamh, &options);
    return PAM_SUCCESS;
}

EXPORT int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
    struct options options = options_parse(pamh, argc, argv);
    if ((flags & PAM_UPDATE_AUTHTOK) != 0)
        password_update(pamh, flags, &options);
    return PAM_IGNORE;
}
