#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token/commands.h"
#include "tools/obtain.h"
#include "tools/hf-token/print.h"

/* The semicolons are for csh, whose backquotes make one line of several. */
static const struct shell {
    const char *name;
    struct dress dress;
} shells[] = {
    {"sh",   {"export HF_TOKEN=", ";\n", true, "For this shell: eval \"$(hf-token env)\""}   },
    {"csh",
     {"setenv HF_TOKEN ", ";\n", true, "For this shell: eval \"`hf-token env --shell csh`\""}},
    {"fish",
     {"set -gx HF_TOKEN ", ";\n", true, "For this shell: hf-token env --shell fish | source"}},
};

static const struct shell *find_shell(const char *name)
{
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shells[i].name, name) == 0)
            return &shells[i];
    return NULL;
}

int env_command(struct arguments *arguments)
{
    struct want want = {.command = "env", .failure = TOOL_FAILED};
    const struct shell *shell = &shells[0];
    const char *value = "";
    bool force = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            want.option = value;
        else if (argument == 'f')
            force = true;
        else if (argument == OPTION_SHELL)
            shell = find_shell(value);
        else
            return arguments_stop(arguments, argument);
        if (shell == NULL)
            return arguments_wrong(arguments, "--shell is sh, csh or fish");
    }
    return print_token(&want, force, &shell->dress);
}
