/* hf-token: what is in a hurry it does itself, for the rest a program beside it takes its place. */
#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token/commands.h"
#include "tools/beside.h"
#include "tools/say.h"

const char program_name[] = "hf-token";

static const struct {
    const char *name;
    int (*run)(struct arguments *arguments);
} commands_here[] = {
    {"run",   run_command  },
    {"token", token_command},
    {"env",   env_command  },
    {"lock",  lock_command },
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
    if (command == NULL)
        return help_word(&hf_token_table, argc > 1 ? argv[1] : NULL);
    struct arguments arguments = {.table = &hf_token_table, .command = command, .words = argv + 2};
    for (size_t i = 0; i < sizeof commands_here / sizeof commands_here[0]; i++)
        if (strcmp(commands_here[i].name, command->name) == 0)
            return commands_here[i].run(&arguments);
    return run_there(&arguments, argv);
}
