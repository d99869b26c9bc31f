/* hf-tokenctl: the administrator's program. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "store/seal.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/harden.h"
#include "tools/help.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/say.h"

const char program_name[] = "hf-tokenctl";

static const struct {
    const char *name;
    int (*run)(struct arguments *arguments);
} commands_here[] = {
    {"init", init_command},
    {"seal", seal_command},
    {"list", list_command},
};

int root_check(const char *command)
{
    if (geteuid() == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, "As root, or with sudo in front.",
                       "%s: only root may do this", command);
}

int user_say(const char *command, const char *user, enum hf_error error)
{
    const char *const next = "The name service must know the user: getent passwd";
    const char *shown = say_quotable(user) ? user : "of that name";
    if (error == HF_ENOTFOUND)
        return say_failure(TOOL_NONE, HF_OK, next, "%s: there is no user %s", command, shown);
    return say_failure(TOOL_FAILED, error, next, "%s: the user %s", command, shown);
}

int main(int argc, char **argv)
{
    const struct command *command = argc > 1 ? command_find(&hf_tokenctl_table, argv[1]) : NULL;
    harden();
    if (command == NULL)
        return help_word(&hf_tokenctl_table, argc > 1 ? argv[1] : NULL);
    struct arguments arguments = {
        .table = &hf_tokenctl_table, .command = command, .words = argv + 2};
    enum hf_error error = store_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "libsodium");
    for (size_t i = 0; i < sizeof commands_here / sizeof commands_here[0]; i++)
        if (strcmp(commands_here[i].name, command->name) == 0)
            return commands_here[i].run(&arguments);
    return help_word(&hf_tokenctl_table, argv[1]);
}
