#include "tools/help.h"

#include <errno.h>
#include <string.h>

#include "config.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/say.h"

/* Columns of the left side of the option list. */
#define LEFT_COLUMN 30

int help_flush(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_EIO, NULL, "standard output");
}

static void print_option(const struct option_row *row)
{
    char left[80] = "", letter[] = "-x, ";
    letter[1] = (char)row->id;
    (void)snprintf(left, sizeof left, "%s--%s%s%s", row->id < OPTION_ALL ? letter : "    ",
                   row->name, row->argument != NULL ? " " : "",
                   row->argument != NULL ? row->argument : "");
    printf("  %-*s  %s\n", LEFT_COLUMN, left, row->summary);
}

static void print_synopsis(const struct command_table *table, const struct command *command)
{
    printf("usage: %s %s", table->program, command->name);
    for (const struct option_row *row = command->options; row->name != NULL; row++) {
        if (row->id < OPTION_ALL)
            printf(" [-%c", row->id);
        else
            printf(" [--%s", row->name);
        printf("%s%s]%s", row->argument != NULL ? " " : "",
               row->argument != NULL ? row->argument : "", row->repeats ? "..." : "");
    }
    printf("%s%s\n", command->operands[0] != '\0' ? " " : "", command->operands);
}

int help_command(const struct command_table *table, const struct command *command)
{
    print_synopsis(table, command);
    printf("\n%s %s: %s.\n", table->program, command->name, command->summary);
    if (command->detail != NULL)
        printf("%s\n", command->detail);
    printf("\n");
    for (const struct option_row *row = command->options; row->name != NULL; row++)
        print_option(row);
    printf("  %-*s  %s\n", LEFT_COLUMN, "-h, --help", "print this help");
    return help_flush();
}

int help_options(const struct command *command)
{
    for (const struct option_row *row = command->options; row->name != NULL; row++) {
        const char *space = row->argument != NULL ? " " : "",
                   *argument = row->argument != NULL ? row->argument : "";
        if (row->id < OPTION_ALL)
            printf("-%c%s%s\n", row->id, space, argument);
        printf("--%s%s%s\n", row->name, space, argument);
    }
    printf("--help\n");
    return help_flush();
}

void help_program(const struct command_table *table, FILE *stream)
{
    fprintf(stream, "usage: %s COMMAND [OPTION]...\n\n%s\n\n", table->program, table->summary);
    for (const struct command *command = table->commands; command->name != NULL; command++)
        fprintf(stream, "  %-8s  %s\n", command->name, command->summary);
    fprintf(stream, "\n  %s COMMAND --help   more about a command\n", table->program);
    fprintf(stream, "  %s --version        the version\n\n%s\n", table->program, table->footer);
}

static int list_commands(const struct command_table *table)
{
    for (const struct command *command = table->commands; command->name != NULL; command++)
        printf("%s\n", command->name);
    return help_flush();
}

int help_word(const struct command_table *table, const char *word)
{
    char next[NEXT_MAX];
    if (word == NULL) {
        help_program(table, stderr);
        return TOOL_USAGE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        help_program(table, stdout);
        return help_flush();
    }
    if (strcmp(word, "--version") == 0) {
        printf("%s %s\n", table->program, PACKAGE_VERSION);
        return help_flush();
    }
    if (strcmp(word, "--list-commands") == 0)
        return list_commands(table);
    (void)say_next(next, "%s --help", table->program);
    if (word[0] == '-')
        return say_failure(TOOL_USAGE, HF_OK, next, "unknown option");
    if (say_quotable(word))
        return say_failure(TOOL_USAGE, HF_OK, next, "%s: there is no such command", word);
    return say_failure(TOOL_USAGE, HF_OK, next, "there is no such command");
}
