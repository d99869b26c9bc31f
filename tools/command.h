/* A subcommand as the parser, the help and the completion see it: a row of a table. */
#ifndef HF_TOOLS_COMMAND_H
#define HF_TOOLS_COMMAND_H

#include <stdbool.h>

/* Ids of options without a letter; one with a letter has that as its id. */
enum option_id {
    OPTION_ACCEPT_OLD = 256,
    OPTION_ALL,
    OPTION_BRING_BACK,
    OPTION_BROWSER,
    OPTION_DEFAULT,
    OPTION_DRY_RUN,
    OPTION_EXPIRES,
    OPTION_FLEET,
    OPTION_FORMAT,
    OPTION_JSON,
    OPTION_NAMES,
    OPTION_NO_CHECK,
    OPTION_OPTIONAL,
    OPTION_PASSWORD_FILE,
    OPTION_PASTE,
    OPTION_QUIET,
    OPTION_REWRAP,
    OPTION_SEAL,
    OPTION_SHELL,
    OPTION_TO,
    OPTION_UNDO,
    OPTION_USERS,
    OPTION_VALID,
    OPTION_WITH,
    OPTION_YES,
};

/* Which program does a command: hf-token or hf-tokenctl itself, or one beside it. */
enum program { PROGRAM_HERE, PROGRAM_STORE, PROGRAM_HUB, PROGRAM_FLEET };

struct option_row {
    int id;
    const char *name;     /* without the dashes; NULL ends the rows */
    const char *argument; /* what help calls its value; NULL: takes none. Words with | between are
                             the choice */
    const char *summary;
    bool repeats;
};

struct command {
    const char *name; /* NULL ends the table */
    const char *operands;
    const char *summary; /* one line, for the list of commands */
    const char *detail;  /* more lines for its own help, or NULL */
    const struct option_row *options;
    int usage_exit; /* exit code of a wrong command line */
    enum program program;
};

/* A program's table, with what its help says above and below it. */
struct command_table {
    const char *program, *summary, *footer;
    const struct command *commands;
};

/* hf-token's table, which the programs beside it share. */
extern const struct command_table hf_token_table;

/* The row of that name, or NULL. */
const struct command *command_find(const struct command_table *table, const char *name);

#endif
