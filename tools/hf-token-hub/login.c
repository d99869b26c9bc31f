#include <string.h>

#include "common/secret.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/add.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/newcomer.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/intake.h"
#include "tools/when.h"

struct login {
    const char *name, *expires; /* as they were given, or NULL */
    enum seal_choice seal;
    enum newcomer_way way;
    bool unasked; /* --no-check */
};

static int read_word(struct login *login, const struct arguments *arguments, int argument,
                     const char *value)
{
    switch (argument) {
    case ARGUMENT_OPERAND:
        return arguments_wrong(arguments, "there is a word too many: a token is never an argument");
    case 'n':
        login->name = value;
        return -1;
    case OPTION_EXPIRES:
        login->expires = value;
        return -1;
    case OPTION_SEAL:
        return add_seal_parse(arguments, value, &login->seal) == TOOL_OK ? -1 : TOOL_USAGE;
    case OPTION_NO_CHECK:
        login->unasked = true;
        return -1;
    default:
        return newcomer_option(arguments, argument, &login->way);
    }
}

/* -1 to go on. */
static int read_words(struct login *login, struct arguments *arguments, struct newcomer *newcomer)
{
    const char *value = "";
    int argument, code = -1;
    while (code == -1 && (argument = arguments_next(arguments, &value)) != ARGUMENT_END)
        code = read_word(login, arguments, argument, value);
    if (code != -1)
        return code;
    if (login->name != NULL)
        code = intake_name("login", login->name);
    if (code <= TOOL_OK)
        code = intake_expires("login", login->expires, newcomer->now, &newcomer->until);
    newcomer->way = login->way;
    return code == TOOL_OK ? -1 : code;
}

static int store(const struct login *login, struct adding *adding, const struct newcomer *newcomer)
{
    struct addition addition = {.name_is_wish = login->name == NULL,
                                .created = newcomer->now,
                                .expires = newcomer->expires,
                                .token = newcomer->token,
                                .grant = newcomer->grant,
                                .about = newcomer->about};
    if (login->name != NULL)
        memcpy(addition.name, login->name, strlen(login->name) + 1);
    else
        about_name(newcomer->about.display_name, addition.name);
    int code = add_store(adding, &addition);
    if (code != TOOL_OK) {
        if (!addition.may_be_stored)
            newcomer_drop(newcomer);
        return code;
    }
    code = add_place(adding, &addition);
    newcomer_say(newcomer, addition.name);
    return code;
}

/* The login password before a login in the browser: once that has brought a token, little is left
   to go wrong. Of a paste the token comes first, as standard input has it. */
static int take_in(const struct login *login, struct adding *adding, struct newcomer *newcomer)
{
    const bool by_browser = newcomer->way == WAY_BROWSER;
    int code = by_browser ? add_password(adding) : TOOL_OK;
    if (code == TOOL_OK)
        code = newcomer_fetch(newcomer);
    if (code == TOOL_OK && !login->unasked)
        code = newcomer_check(newcomer);
    if (code == TOOL_OK && !by_browser)
        code = add_password(adding);
    return code;
}

int login_command(struct arguments *arguments)
{
    struct login login = {0};
    SCOPED(newcomer) struct newcomer newcomer = {.command = "login", .now = when_now()};
    SCOPED(adding) struct adding adding = {0};
    int code = read_words(&login, arguments, &newcomer);
    if (code != -1)
        return code;
    code = speak_begin("login", &newcomer.endpoint);
    if (code == TOOL_OK)
        code = add_begin("login", login.seal, &adding);
    if (code == TOOL_OK)
        code = add_room(&adding, login.name);
    if (code == TOOL_OK)
        code = newcomer_choose(&newcomer);
    if (code != TOOL_OK)
        return code;
    code = take_in(&login, &adding, &newcomer);
    if (code == TOOL_OK)
        return store(&login, &adding, &newcomer);
    newcomer_drop(&newcomer);
    return code;
}
