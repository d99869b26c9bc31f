#include "tools/dispatch.h"

#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/help.h"

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
