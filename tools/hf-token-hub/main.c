/* hf-token-hub: hf-token's commands that speak with the Hub or with its clients. hf-token executes
 * it with its own words. */
#include <stddef.h>
#include <string.h>

#include "store/seal.h"
#include "tools/command.h"
#include "tools/dispatch.h"
#include "tools/exit.h"
#include "tools/harden.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-token";

static const struct dispatch_row commands_here[] = {
    {"login",          login_command         },
    {"whoami",         whoami_command        },
    {"check",          check_command         },
    {"rotate",         rotate_command        },
    {"revoke",         revoke_command        },
    {"doctor",         doctor_command        },
    {"import",         import_command        },
    {"git-credential", git_credential_command},
    {"git-setup",      git_setup_command     },
    {NULL,             NULL                  },
};

int main(int argc, char **argv)
{
    harden();
    enum hf_error error = store_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium");
    if (argc > 1 && strcmp(argv[1], "refresh") == 0)
        return refresh_command(argv + 2);
    return dispatch(&hf_token_table, commands_here, argv + (argc > 0));
}
