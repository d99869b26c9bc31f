#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/say.h"

#define STILL_VALID                                                                                \
    "the Hub still takes what is not revoked at https://huggingface.co/settings/tokens"

/* Removes what the user's document has of it; *out_removed says whether that was anything. */
static int remove_own(const char *name, bool all, bool *out_removed)
{
    SCOPED(own) struct own own;
    bool removed = false;
    int code = own_open("logout", &own);
    if (code != TOOL_OK)
        return code;
    while (all && own.document->token_count > 0 &&
           document_remove(own.document, own.document->tokens[0].name) == HF_OK)
        removed = true;
    if (!all)
        removed = document_remove(own.document, name) == HF_OK;
    *out_removed = removed;
    return removed ? own_save(&own) : TOOL_OK;
}

/* The default follows the documents as they are now. */
static enum hf_error update_default(void)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    TRY(holdings_read(&holdings));
    return holdings->ring.found ? place_default(holdings->ring.serial, holdings) : HF_OK;
}

/* A removed default leaves its place to another token: what `run` gives from now on is said. */
static void say_default(const struct holdings *before, const char *removed)
{
    SCOPED(holdings) struct holdings *now = NULL;
    if (strcmp(holdings_default(before), removed) == 0 && holdings_read(&now) == HF_OK &&
        holdings_default(now)[0] != '\0')
        say_note("logout: the default is %s now", holdings_default(now));
}

static int remove_one(const struct holdings *holdings, const char *name)
{
    const struct holding *holding = holdings_find(holdings, name);
    bool removed = false;
    if (holding == NULL)
        return say_failure(TOOL_NONE, HF_OK, "To see the names: hf-token list",
                           "logout: there is no such token");
    int code = remove_own(holding->name, false, &removed);
    if (code != TOOL_OK)
        return code;
    enum hf_error error =
        holdings->ring.found ? ring_remove(holdings->ring.serial, holding->name) : HF_OK;
    if (error == HF_OK || error == HF_ENOTFOUND || error == HF_EEXPIRED)
        error = update_default();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token lock", "logout: the ring");
    if (removed)
        say_note("logout: removed %s; " STILL_VALID, holding->name);
    if (removed)
        say_default(holdings, holding->name);
    else
        (void)say_failure(
            TOOL_OK, HF_OK, "Ask the administrator of this machine to remove it.",
            "logout: %s is out of the ring until your next login: it is not in your own document",
            holding->name);
    return TOOL_OK;
}

static int remove_all(const struct holdings *holdings)
{
    bool removed = false;
    size_t rings = 0;
    int code = remove_own("", true, &removed);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = ring_clear_all(&rings);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "logout: the ring");
    say_note(removed ? "logout: removed all tokens of yours; " STILL_VALID
                     : "logout: you had no tokens of your own");
    for (size_t i = 0; i < holdings->count; i++)
        if (holdings->tokens[i].source != NULL &&
            strcmp(holdings->tokens[i].source, SOURCE_OWN) != 0)
            say_note("logout: %s comes back with your next login, from the source %s",
                     holdings->tokens[i].name, holdings->tokens[i].source);
    return TOOL_OK;
}

int logout_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    const char *value = "", *name = NULL;
    bool all = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_ALL)
            all = true;
        else if (argument == ARGUMENT_OPERAND && name == NULL)
            name = value;
        else
            return arguments_stop(arguments, argument);
    }
    if (all && name != NULL)
        return arguments_wrong(arguments, "it is a name or --all");
    int code = holdings_begin("logout", &holdings);
    if (code != TOOL_OK)
        return code;
    return all ? remove_all(holdings)
               : remove_one(holdings, name != NULL ? name : holdings_default(holdings));
}
