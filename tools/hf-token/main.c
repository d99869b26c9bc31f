/* hf-token: what is in a hurry it does itself, for the rest a program beside it takes its place. */
#include <stddef.h>

#include "tools/command.h"
#include "tools/dispatch.h"
#include "tools/hf-token/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-token";

static const struct dispatch_row commands_here[] = {
    {"run",   run_command  },
    {"token", token_command},
    {"env",   env_command  },
    {"lock",  lock_command },
    {NULL,    NULL         },
};

int main(int argc, char **argv)
{
    return dispatch_beside(&hf_token_table, commands_here, argc, argv);
}
