#include "tools/holdings/opening.h"

#include "common/secret.h"
#include "tools/exit.h"
#include "tools/holdings/holdings.h"
#include "tools/intake.h"
#include "tools/say.h"

static const struct {
    const char *prompt, *next;
} openings[] = {
    [OPENING_LOGIN] = {.prompt = "Login password (it is not shown): ",
                       .next = "Try again; where root has changed it, with the one from before: "
                               "hf-token unlock --rewrap"                              },
    [OPENING_EARLIER] = {.prompt = "Earlier login password (it is not shown): ",
                       .next = "Try again with the password from before root's change."},
};

int opening_identity(const char *command, const struct holdings *holdings, enum opening opening,
                     struct key_pair *out_pair)
{
    SCOPED(secret) struct secret *password = NULL;
    if (holdings->identity_error == HF_ENOTFOUND)
        return say_failure(TOOL_NONE, HF_ENOIDENTITY,
                           "It is made by: hf-token login --seal password", "%s", command);
    if (holdings->identity_error != HF_OK)
        return say_failure(TOOL_FAILED, holdings->identity_error, "hf-token doctor",
                           "%s: the identity", command);
    int code = intake_password(command, openings[opening].prompt, NULL, &password);
    if (code != TOOL_OK)
        return code;
    enum hf_error error =
        identity_unwrap(holdings->account.name, &holdings->identity, password, out_pair);
    if (error == HF_EPASSWORD)
        return say_failure(TOOL_LOCKED, error, openings[opening].next, "%s", command);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: the identity", command);
    return TOOL_OK;
}
