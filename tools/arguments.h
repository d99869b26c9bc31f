/* A command line, read word by word against a command's rows; options and operands may mix. */
#ifndef HF_TOOLS_ARGUMENTS_H
#define HF_TOOLS_ARGUMENTS_H

#include <stdbool.h>

struct command;
struct command_table;

/* What arguments_next gives besides an option's id. */
enum argument {
    ARGUMENT_END = 0,
    ARGUMENT_OPERAND = -1,
    ARGUMENT_HELP = -2,
    ARGUMENT_LIST = -3,
    ARGUMENT_WRONG = -4, /* and it has been said */
};

struct arguments {
    const struct command_table *table; /* borrowed, as all here */
    const struct command *command;
    char **words;        /* NULL-terminated, from the next word on */
    const char *cluster; /* letters that are left of a word such as -fn */
    bool ended;          /* "--" was seen */
};

/* The next option's id with its value in *out_value, or the next operand, or one of the above. A
   value may be the next word or stand behind = or the letter. */
int arguments_next(struct arguments *arguments, const char **out_value);

/* Of a command that lists: takes --json, and one operand, for whom; false for anything else. */
bool arguments_listing(int argument, const char *value, bool *json, const char **operand);

/* Ends a command on what it does not take: prints help or options (exit code 0), or that an operand
   is one too many, and gives the exit code. */
int arguments_stop(const struct arguments *arguments, int argument);

/* Says that the command line is wrong, without repeating it, and gives the command's usage_exit. */
int arguments_wrong(const struct arguments *arguments, const char *why);

/* The same for want of an operand, the first being at place 0: names it as the table does. */
int arguments_missing(const struct arguments *arguments, int place);

/* Reads a command line of operands alone, exactly up to `maximum`; out_operands has NULL for each
   one that is missing. -1 to go on, else the exit code. */
int arguments_operands(struct arguments *arguments, int minimum, int maximum,
                       const char **out_operands);

#endif
