/* hf-token-store: hf-token's commands that need the documents. hf-token executes it with its own
 * words. */
#include <stddef.h>
#include <string.h>

#include "store/seal.h"
#include "tools/command.h"
#include "tools/dispatch.h"
#include "tools/exit.h"
#include "tools/harden.h"
#include "tools/hf-token-store/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-token";

static const struct dispatch_row commands_here[] = {
    {"status", status_command},
    {"list",   list_command  },
    {"use",    use_command   },
    {"rename", rename_command},
    {"logout", logout_command},
    {"unlock", unlock_command},
    {"hook",   hook_command  },
    {NULL,     NULL          },
};

int main(int argc, char **argv)
{
    harden();
    enum hf_error error = store_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium");
    if (argc > 1 && strcmp(argv[1], "explain") == 0)
        return explain_command(argv + 2);
    return dispatch(&hf_token_table, commands_here, argv + (argc > 0));
}
