#include "tools/dispatch.h"

#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/beside.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/say.h"

const struct dispatch_row *dispatch_find(const struct dispatch_row *rows, const char *name)
{
    for (; rows->name != NULL; rows++)
        if (strcmp(rows->name, name) == 0)
            return rows;
    return NULL;
}

int dispatch(const struct command_table *table, const struct dispatch_row *rows, char **words)
{
    const struct command *command = words[0] != NULL ? command_find(table, words[0]) : NULL;
    const struct dispatch_row *row = command != NULL ? dispatch_find(rows, words[0]) : NULL;
    if (row == NULL)
        return help_word(table, words[0]);
    struct arguments arguments = {.table = table, .command = command, .words = words + 1};
    return row->run(&arguments);
}

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

int dispatch_beside(const struct command_table *table, const struct dispatch_row *rows, int argc,
                    char **argv)
{
    const struct command *command = argc > 1 ? command_find(table, argv[1]) : NULL;
    if (command == NULL || command->program == PROGRAM_HERE)
        return dispatch(table, rows, argv + (argc > 0));
    struct arguments arguments = {.table = table, .command = command, .words = argv + 2};
    return run_there(&arguments, argv);
}
