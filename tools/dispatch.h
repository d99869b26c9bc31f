/* From a command's name to the function that does it. */
#ifndef HF_TOOLS_DISPATCH_H
#define HF_TOOLS_DISPATCH_H

struct arguments;
struct command_table;

struct dispatch_row {
    const char *name; /* NULL ends the rows */
    int (*run)(struct arguments *arguments);
};

/* The row of that name, or NULL. */
const struct dispatch_row *dispatch_find(const struct dispatch_row *rows, const char *name);

/* Runs the command that the first word names with the words behind it, and gives its exit code;
   what is no command of these rows ends as help_word has it. `words` is NULL-terminated. */
int dispatch(const struct command_table *table, const struct dispatch_row *rows, char **words);

/* The same for a program's whole command line, where what has no row here is done by the program
   beside it that the table names: it takes this process's place. */
int dispatch_beside(const struct command_table *table, const struct dispatch_row *rows, int argc,
                    char **argv);

#endif
