/* Help, version and the completion's lists, printed from the tables of commands on standard output.
 */
#ifndef HF_TOOLS_HELP_H
#define HF_TOOLS_HELP_H

#include <stdio.h>

struct command;
struct command_table;

/* The program's commands; help_program to a stream, because a bare call gets it as an error. */
void help_program(const struct command_table *table, FILE *stream);

/* Each prints and gives the exit code: 0, or 1 when standard output did not take it. */
int help_command(const struct command_table *table, const struct command *command);
int help_options(const struct command *command);

/* What a program does with a first word that is no command (--help, --version, --list-commands,
   none at all, a wrong one); gives the exit code. `word` may be NULL. */
int help_word(const struct command_table *table, const char *word);

/* Flushes standard output: 0, or 1 with a message when it did not take everything. */
int help_flush(void);

#endif
