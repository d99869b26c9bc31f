#include "tools/help.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "config.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/say.h"

/* Columns of the left side of the option list. */
#define LEFT_COLUMN 30

/* Longest line of a synopsis, and the longest name of a command. */
#define LAST_COLUMN 90
#define NAME_COLUMN 14

int help_flush(void)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_EIO, NULL, "standard output");
}

static bool has_letter(const struct option_row *row)
{
    return row->id <= UCHAR_MAX;
}

static void print_option(const struct option_row *row)
{
    char left[80] = "", letter[] = "-x, ";
    letter[1] = (char)row->id;
    (void)snprintf(left, sizeof left, "%s--%s%s%s", has_letter(row) ? letter : "    ", row->name,
                   row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "");
    printf("  %-*s  %s\n", LEFT_COLUMN, left, row->summary);
}

/* An option as the synopsis has it. */
static void format_option(const struct option_row *row, char text[static 80])
{
    const char letter[] = {(char)row->id, '\0'};
    const bool lettered = has_letter(row);
    (void)snprintf(text, 80, "[-%s%s%s%s]%s", lettered ? "" : "-", lettered ? letter : row->name,
                   row->argument != NULL ? " " : "", row->argument != NULL ? row->argument : "",
                   row->repeats ? "..." : "");
}

/* Goes on in the next line, below the first option, where a word does not fit. */
static void print_word(const char *word, int indent, int *column)
{
    const int length = (int)strlen(word);
    if (length == 0)
        return;
    if (*column + 1 + length > LAST_COLUMN)
        *column = printf("\n%*s", indent, "") - 1;
    *column += printf(" %s", word);
}

static void print_synopsis(const struct command_table *table, const struct command *command)
{
    const int indent = printf("usage: %s %s", table->program, command->name);
    int column = indent;
    for (const struct option_row *row = command->options; row->name != NULL; row++) {
        char text[80];
        format_option(row, text);
        print_word(text, indent, &column);
    }
    print_word(command->operands, indent, &column);
    printf("\n");
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
        if (has_letter(row))
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
        fprintf(stream, "  %-*s  %s\n", NAME_COLUMN, command->name, command->summary);
    fprintf(stream, "\n  %s COMMAND --help   more about a command\n", table->program);
    fprintf(stream, "  %s --version        the version\n\n%s\n", table->program, table->footer);
}

static int list_commands(const struct command_table *table)
{
    for (const struct command *command = table->commands; command->name != NULL; command++)
        printf("%s\n", command->name);
    return help_flush();
}

/* Whether some command takes this option. */
static bool is_taken(const struct command_table *table, const char *name, size_t length)
{
    for (const struct command *command = table->commands; command->name != NULL; command++)
        for (const struct option_row *row = command->options; row->name != NULL; row++)
            if (strlen(row->name) == length && memcmp(row->name, name, length) == 0)
                return true;
    return false;
}

/* What was typed is shown where it has an option's form. */
static int say_option_first(const struct command_table *table, const char *word)
{
    const char *name = word[1] == '-' ? word + 2 : word + 1;
    const size_t length = strcspn(name, "=");
    char next[NEXT_MAX];
    if (is_taken(table, name, length))
        return say_failure(TOOL_USAGE, HF_OK,
                           say_next(next, "Options come behind it: %s COMMAND ... --%.*s",
                                    table->program, (int)length, name),
                           "option --%.*s stands before the command", (int)length, name);
    (void)say_next(next, "%s --help", table->program);
    if (length > 0 && say_option(name, length))
        return say_failure(TOOL_USAGE, HF_OK, next, "unknown option %.*s%.*s", (int)(name - word),
                           word, (int)length, name);
    return say_failure(TOOL_USAGE, HF_OK, next, "unknown option");
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
    if (word[0] == '-')
        return say_option_first(table, word);
    (void)say_next(next, "%s --help", table->program);
    if (say_quotable(word))
        return say_failure(TOOL_USAGE, HF_OK, next, "%s: there is no such command", word);
    return say_failure(TOOL_USAGE, HF_OK, next, "there is no such command");
}
