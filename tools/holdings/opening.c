#include "tools/holdings/opening.h"

#include "common/secret.h"
#include "tools/exit.h"
#include "tools/holdings/holdings.h"
#include "tools/intake.h"
#include "tools/say.h"

int opening_identity(const char *command, const struct holdings *holdings,
                     struct key_pair *out_pair)
{
    SCOPED(secret) struct secret *password = NULL;
    if (holdings->identity_error == HF_ENOTFOUND)
        return say_failure(TOOL_NONE, HF_ENOIDENTITY,
                           "It is made by: hf-token login --seal password", "%s", command);
    if (holdings->identity_error != HF_OK)
        return say_failure(TOOL_FAILED, holdings->identity_error, "hf-token doctor",
                           "%s: the identity", command);
    int code = intake_password(command, "Login password (it is not shown): ", NULL, &password);
    if (code != TOOL_OK)
        return code;
    enum hf_error error =
        identity_unwrap(holdings->account.name, &holdings->identity, password, out_pair);
    if (error == HF_EPASSWORD)
        return say_failure(
            TOOL_LOCKED, error,
            "If root has changed it, give the one from before: hf-token unlock --rewrap", "%s",
            command);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: the identity", command);
    return TOOL_OK;
}
