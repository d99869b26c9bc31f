/* hf-token: what is in a hurry it does itself, for the rest a program beside it takes its place. */
#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/beside.h"
#include "tools/command.h"
#include "tools/dispatch.h"
#include "tools/exit.h"
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

/* Help and the completion's lists are in the table that all of them have. */
static int run_there(struct arguments *arguments, char **words)
{
    const char *value = "", *first = arguments->words[0];
    if (first != NULL && (strcmp(first, "--help") == 0 || strcmp(first, "--list-options") == 0))
        return arguments_stop(arguments, arguments_next(arguments, &value));
    const enum program program = arguments->command->program;
    beside_execute(program, words);
    return say_failure(TOOL_FAILED, HF_EIO, BESIDE_MISSING, "%s: %s", arguments->command->name,
                       beside_path(program));
}

int main(int argc, char **argv)
{
    const struct command *command = argc > 1 ? command_find(&hf_token_table, argv[1]) : NULL;
    if (command == NULL || dispatch_find(commands_here, command->name) != NULL)
        return dispatch(&hf_token_table, commands_here, argv + (argc > 0));
    struct arguments arguments = {.table = &hf_token_table, .command = command, .words = argv + 2};
    return run_there(&arguments, argv);
}
