/* hf-token-fleet: hf-tokenctl's commands for many machines. hf-tokenctl executes it with its own
 * words. It needs no root: what it publishes is signed and sealed on the administrator's machine.
 */
#include <stddef.h>

#include "common/memory.h"
#include "engine/engine.h"
#include "store/seal.h"
#include "tools/command.h"
#include "tools/dispatch.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/harden.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-tokenctl";

static const struct dispatch_row commands_here[] = {
    {"key",       key_command      },
    {"provision", provision_command},
    {"status",    status_command   },
    {"rotate",    rotate_command   },
    {"revoke",    revoke_command   },
    {"publish",   publish_command  },
    {NULL,        NULL             },
};

int main(int argc, char **argv)
{
    harden();
    wiping_start();
    enum hf_error error = store_start();
    if (error == HF_OK)
        error = engine_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium or libcurl");
    return dispatch(&hf_tokenctl_table, commands_here, argv + (argc > 0));
}
