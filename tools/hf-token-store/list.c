#include <stdio.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/output.h"
#include "tools/holdings/own.h"
#include "tools/holdings/verdict.h"
#include "tools/json-out.h"
#include "tools/say.h"

static int print_names(const struct holdings *holdings)
{
    for (size_t i = 0; i < holdings->count; i++)
        printf("%s\n", holdings->tokens[i].name);
    return help_flush();
}

static int print_json(const struct holdings *holdings)
{
    const char *name = holdings_default(holdings);
    struct json_object *list = json_out_object();
    json_out_text(list, "user", holdings->account.name);
    json_out_text(list, "default", name[0] != '\0' ? name : NULL);
    json_out_add(list, "tokens", output_tokens_json(holdings));
    return json_out_print(list);
}

static int print_text(const struct holdings *holdings)
{
    if (holdings->count == 0 && holdings_locked(holdings))
        (void)say_failure(TOOL_OK, HF_OK, VERDICT_LOCKED_NEXT, "list: " VERDICT_LOCKED);
    else if (holdings->count == 0 && holdings->switch_error == HF_OK &&
             holdings_trouble(holdings) == NULL)
        (void)say_failure(TOOL_OK, HF_OK, own_first_advice(), "list: there are no tokens yet");
    output_tokens(holdings);
    return help_flush();
}

/* A list that leaves out a source is no whole list: it is printed, and the exit code tells. */
static int say_trouble(const struct holdings *holdings)
{
    const struct holdings_source *source = holdings_trouble(holdings);
    if (holdings->switch_error != HF_OK)
        return say_failure(TOOL_FAILED, holdings->switch_error, "hf-token doctor",
                           "list: " HF_CONF_FILE);
    if (source != NULL)
        return say_failure(TOOL_FAILED, source->error, "hf-token doctor", "list: source %s",
                           source->name);
    return TOOL_OK;
}

int list_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    int (*print)(const struct holdings *) = print_text;
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_JSON && argument != OPTION_NAMES)
            return arguments_stop(arguments, argument);
        int (*wanted)(const struct holdings *) = argument == OPTION_JSON ? print_json : print_names;
        if (print != print_text && print != wanted)
            return arguments_wrong(arguments, "--json and --names exclude each other");
        print = wanted;
    }
    int code = holdings_begin("list", &holdings);
    if (code != TOOL_OK)
        return code;
    code = print(holdings);
    int trouble = say_trouble(holdings);
    return code != TOOL_OK ? code : trouble;
}
