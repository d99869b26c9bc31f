#include "tools/arguments.h"

#include <stddef.h>
#include <string.h>

#include "tools/command.h"
#include "tools/help.h"
#include "tools/say.h"

int arguments_wrong(const struct arguments *arguments, const char *why)
{
    char next[NEXT_MAX];
    (void)say_next(next, "%s %s --help", arguments->table->program, arguments->command->name);
    return say_failure(arguments->command->usage_exit, HF_OK, next, "%s: %s",
                       arguments->command->name, why);
}

/* An option is named in a message from its row, never from the command line. */
static int wrong_option(const struct arguments *arguments, const struct option_row *row,
                        const char *why)
{
    char text[NEXT_MAX];
    (void)say_next(text, "option --%s %s", row->name, why);
    (void)arguments_wrong(arguments, text);
    return ARGUMENT_WRONG;
}

/* What was typed is shown where it has an option's form; the rest may be a secret in the wrong
 * place. */
static int unknown_option(const struct arguments *arguments, const char *name, size_t length)
{
    char text[NEXT_MAX];
    if (say_option(name, length))
        (void)say_next(text, "unknown option --%.*s", (int)length, name);
    else
        (void)say_next(text, "unknown option");
    (void)arguments_wrong(arguments, text);
    return ARGUMENT_WRONG;
}

static int unknown_letter(const struct arguments *arguments, char letter)
{
    char text[NEXT_MAX];
    if (letter > ' ' && letter < 0x7f)
        (void)say_next(text, "unknown option -%c", letter);
    else
        (void)say_next(text, "unknown option");
    (void)arguments_wrong(arguments, text);
    return ARGUMENT_WRONG;
}

static const char *take_word(struct arguments *arguments)
{
    return *arguments->words == NULL ? NULL : *arguments->words++;
}

static int next_letter(struct arguments *arguments, const char **out_value)
{
    const char letter = *arguments->cluster++, *rest = arguments->cluster;
    if (*rest == '\0')
        arguments->cluster = NULL;
    if (letter == 'h')
        return ARGUMENT_HELP;
    for (const struct option_row *row = arguments->command->options; row->name != NULL; row++) {
        if (row->id != letter)
            continue;
        if (row->argument == NULL)
            return row->id;
        arguments->cluster = NULL;
        const char *value = *rest != '\0' ? rest : take_word(arguments);
        if (value == NULL)
            return wrong_option(arguments, row, "needs a value");
        *out_value = value;
        return row->id;
    }
    return unknown_letter(arguments, letter);
}

static int next_name(struct arguments *arguments, const char *word, const char **out_value)
{
    const size_t length = strcspn(word, "=");
    const char *value = word[length] == '=' ? word + length + 1 : NULL;
    if (strcmp(word, "help") == 0)
        return ARGUMENT_HELP;
    if (strcmp(word, "list-options") == 0)
        return ARGUMENT_LIST;
    for (const struct option_row *row = arguments->command->options; row->name != NULL; row++) {
        if (strlen(row->name) != length || strncmp(row->name, word, length) != 0)
            continue;
        if (row->argument == NULL)
            return value == NULL ? row->id : wrong_option(arguments, row, "takes no value");
        if (value == NULL)
            value = take_word(arguments);
        if (value == NULL)
            return wrong_option(arguments, row, "needs a value");
        *out_value = value;
        return row->id;
    }
    return unknown_option(arguments, word, length);
}

int arguments_next(struct arguments *arguments, const char **out_value)
{
    if (arguments->cluster != NULL)
        return next_letter(arguments, out_value);
    const char *word = take_word(arguments);
    if (word != NULL && !arguments->ended && strcmp(word, "--") == 0) {
        arguments->ended = true;
        word = take_word(arguments);
    }
    if (word == NULL)
        return ARGUMENT_END;
    if (arguments->ended || word[0] != '-' || word[1] == '\0') {
        *out_value = word;
        return ARGUMENT_OPERAND;
    }
    if (word[1] == '-')
        return next_name(arguments, word + 2, out_value);
    arguments->cluster = word + 1;
    return next_letter(arguments, out_value);
}

bool arguments_listing(int argument, const char *value, bool *json, const char **operand)
{
    if (argument == OPTION_JSON)
        *json = true;
    else if (argument == ARGUMENT_OPERAND && *operand == NULL)
        *operand = value;
    else
        return false;
    return true;
}

int arguments_stop(const struct arguments *arguments, int argument)
{
    switch (argument) {
    case ARGUMENT_HELP:
        return help_command(arguments->table, arguments->command);
    case ARGUMENT_LIST:
        return help_options(arguments->command);
    case ARGUMENT_OPERAND:
        return arguments_wrong(arguments, "there is a word too many");
    default:
        return arguments->command->usage_exit;
    }
}

int arguments_missing(const struct arguments *arguments, int place)
{
    const char *name = arguments->command->operands;
    char text[NEXT_MAX];
    for (; place > 0; place--) {
        name += strcspn(name, " ");
        name += strspn(name, " ");
    }
    (void)say_next(text, "%.*s is missing", (int)strcspn(name, " "), name);
    return arguments_wrong(arguments, text);
}

int arguments_operands(struct arguments *arguments, int minimum, int maximum,
                       const char **out_operands)
{
    const char *value = NULL;
    int count = 0, argument;
    for (int i = 0; i < maximum; i++)
        out_operands[i] = NULL;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != ARGUMENT_OPERAND || count == maximum)
            return arguments_stop(arguments, argument);
        out_operands[count++] = value;
    }
    return count < minimum ? arguments_missing(arguments, count) : -1;
}
