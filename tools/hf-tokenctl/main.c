/* hf-tokenctl: the administrator's program. */
#include <stddef.h>
#include <unistd.h>

#include "store/seal.h"
#include "tools/dispatch.h"
#include "tools/exit.h"
#include "tools/harden.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-tokenctl";

static const struct dispatch_row commands_here[] = {
    {"init",      init_command     },
    {"seal",      seal_command     },
    {"list",      list_command     },
    {"remove",    remove_command   },
    {"refresh",   refresh_command  },
    {"on-demand", on_demand_command},
    {"doctor",    doctor_command   },
    {NULL,        NULL             },
};

int root_check(const char *command)
{
    if (geteuid() == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, "As root, or with sudo in front.",
                       "%s: only root may do this", command);
}

int user_say(const char *command, const char *user, enum hf_error error)
{
    const char *const next = "The name service must know the user: getent passwd";
    const char *shown = say_quotable(user) ? user : "of that name";
    if (error == HF_ENOTFOUND)
        return say_failure(TOOL_NONE, HF_OK, next, "%s: there is no user %s", command, shown);
    return say_failure(TOOL_FAILED, error, next, "%s: the user %s", command, shown);
}

int main(int argc, char **argv)
{
    harden();
    enum hf_error error = store_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium");
    return dispatch_beside(&hf_tokenctl_table, commands_here, argc, argv);
}
