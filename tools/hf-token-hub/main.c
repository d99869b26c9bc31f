/* hf-token-hub: hf-token's commands that speak with the Hub or with its clients. hf-token executes
 * it with its own words. */
#include <stddef.h>
#include <string.h>

#include "store/seal.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/harden.h"
#include "tools/help.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-token";

static const struct {
    const char *name;
    int (*run)(struct arguments *arguments);
} commands_here[] = {
    {"login",          login_command         },
    {"whoami",         whoami_command        },
    {"check",          check_command         },
    {"rotate",         rotate_command        },
    {"revoke",         revoke_command        },
    {"doctor",         doctor_command        },
    {"import",         import_command        },
    {"git-credential", git_credential_command},
    {"git-setup",      git_setup_command     },
};

static int run_here(const char *name, char **words)
{
    const struct command *command = command_find(&hf_token_table, name);
    struct arguments arguments = {.table = &hf_token_table, .command = command, .words = words};
    for (size_t i = 0; command != NULL && i < sizeof commands_here / sizeof commands_here[0]; i++)
        if (strcmp(commands_here[i].name, name) == 0)
            return commands_here[i].run(&arguments);
    return help_word(&hf_token_table, name);
}

int main(int argc, char **argv)
{
    harden();
    if (argc < 2)
        return help_word(&hf_token_table, NULL);
    enum hf_error error = store_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium");
    if (strcmp(argv[1], "refresh") == 0)
        return refresh_command(argv + 2);
    return run_here(argv[1], argv + 2);
}
