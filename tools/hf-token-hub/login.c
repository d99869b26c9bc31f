#include <string.h>

#include "common/secret.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/add.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

struct login {
    enum seal_choice seal;
    struct addition addition;
    struct secret *token;
};

static void login_scope_end(struct login *login)
{
    secret_free(login->token);
}

/* -1 to go on. */
static int read_words(struct login *login, struct arguments *arguments)
{
    const char *value = "", *name = "main", *expires = NULL;
    int argument, code = TOOL_OK;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == ARGUMENT_OPERAND)
            return arguments_wrong(arguments,
                                   "there is a word too many: a token is never an argument");
        if (argument == 'n')
            name = value;
        else if (argument == OPTION_EXPIRES)
            expires = value;
        else if (argument == OPTION_SEAL)
            code = add_seal_parse(arguments, value, &login->seal);
        else if (argument != OPTION_NO_CHECK)
            return arguments_stop(arguments, argument);
        if (code != TOOL_OK)
            return code;
    }
    code = intake_name("login", name);
    if (code != TOOL_OK)
        return code;
    memcpy(login->addition.name, name, strlen(name) + 1);
    code = intake_expires("login", expires, login->addition.created, &login->addition.expires);
    return code == TOOL_OK ? -1 : code;
}

int login_command(struct arguments *arguments)
{
    SCOPED(login) struct login login = {.addition = {.created = when_now()}};
    SCOPED(adding) struct adding adding = {0};
    const struct intake intake = {.command = "login"};
    int code = read_words(&login, arguments);
    if (code != -1)
        return code;
    code = add_begin("login", login.seal, &adding);
    if (code == TOOL_OK)
        code = intake_ask(&intake, &login.token);
    if (code == TOOL_OK)
        code = add_password(&adding);
    login.addition.token = login.token;
    if (code == TOOL_OK)
        code = add_store(&adding, &login.addition);
    return code == TOOL_OK ? add_place(&adding, &login.addition) : code;
}
