#include <stdbool.h>

#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-token/commands.h"
#include "tools/obtain.h"
#include "tools/hf-token/print.h"

int token_command(struct arguments *arguments)
{
    const struct dress plain = {
        .before = "", .after = "\n", .instead = "For a program: hf-token run -- CMD"};
    struct want want = {.command = "token", .failure = TOOL_FAILED};
    const char *value = "";
    bool force = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            want.option = value;
        else if (argument == 'f')
            force = true;
        else
            return arguments_stop(arguments, argument);
    }
    return print_token(&want, force, &plain);
}
