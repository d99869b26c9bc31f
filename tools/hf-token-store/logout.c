#include <stddef.h>
#include <string.h>

#include "common/io.h"
#include "keyring/demand.h"
#include "store/files.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/line.h"
#include "tools/say.h"

/* Of the Hub that nobody names otherwise. */
#define STANDARD_HUB "https://huggingface.co"

/* Names of tokens, with commas between. */
struct names {
    char text[TOKENS_MAX * (TOKEN_NAME_MAX + 2)];
    char endpoint[ABOUT_ENDPOINT_MAX + 1]; /* of the Hub that they are of, as far as it is known */
    bool several;                          /* they are of more than one */
    size_t count;
};

static void add_name(struct names *names, const char *name)
{
    const size_t used = strlen(names->text);
    if (text_format(names->text + used, sizeof names->text - used, "%s%s", used > 0 ? ", " : "",
                    name) == HF_OK)
        names->count++;
}

/* What a document says is not authenticated: no page without https is advised. */
static void add_endpoint(struct names *names, const struct token_about *about)
{
    const bool told = about->checked != 0 && strncmp(about->endpoint, "https://", 8) == 0;
    const char *endpoint = told ? about->endpoint : STANDARD_HUB;
    if (names->endpoint[0] == '\0')
        memcpy(names->endpoint, endpoint, strlen(endpoint) + 1);
    else if (strcmp(names->endpoint, endpoint) != 0)
        names->several = true;
}

/* Those of the document that have this name, or all with NULL. */
static void collect(const struct document *document, const char *name, struct names *out_names)
{
    *out_names = (struct names){0};
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        if (name != NULL && strcmp(token->name, name) != 0)
            continue;
        add_name(out_names, token->name);
        add_endpoint(out_names, &token->about);
    }
}

/* Removes what the user's document has of this name, or all with NULL. */
static int remove_own(const char *name, struct names *out_removed)
{
    SCOPED(own) struct own own;
    int code = own_open("logout", &own);
    if (code != TOOL_OK)
        return code;
    collect(own.document, name, out_removed);
    for (size_t i = 0; i < out_removed->count; i++)
        if (document_remove(own.document, name != NULL ? name : own.document->tokens[0].name) !=
            HF_OK)
            break;
    return out_removed->count > 0 ? own_save(&own) : TOOL_OK;
}

/* After a logout there is nothing left here that could be sent to be revoked. */
static void say_removed(const struct names *removed)
{
    char next[NEXT_MAX], endpoint[ABOUT_ENDPOINT_MAX + 1];
    memcpy(endpoint, removed->endpoint, sizeof endpoint);
    (void)say_next(next, "To end %s there: %s%s; hf-token revoke NAME, before a logout, does both.",
                   removed->count == 1 ? "it" : "them",
                   removed->several ? "the settings page of each Hub" : say_clean(endpoint),
                   removed->several ? "" : "/settings/tokens");
    (void)say_failure(TOOL_OK, HF_OK, next, "logout: removed %s; the Hub still takes %s",
                      removed->text, removed->count == 1 ? "it" : "them");
}

/* What nobody has named, or NULL for all, is asked for, where somebody is there to answer. 0 to go
 * on. */
static int ask(const struct holdings *holdings, const char *name)
{
    SCOPED(document) struct document *document = NULL;
    struct names names;
    char question[NEXT_MAX];
    if (!line_interactive() || document_read(&holdings->account, &document) != HF_OK)
        return TOOL_OK;
    collect(document, name, &names);
    if (names.count == 0)
        return TOOL_OK;
    say_note("logout: this removes %s; the Hub still takes %s. To end one there, too: hf-token "
             "revoke NAME",
             names.text, names.count == 1 ? "it" : "them");
    (void)say_next(question, "Remove %zu token%s? [y/N] ", names.count,
                   names.count == 1 ? "" : "s");
    if (line_yes(question))
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, NULL, "logout: nothing was changed");
}

/* The default follows the documents as they are now. */
static enum hf_error update_default(void)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    TRY(holdings_read(&holdings));
    return holdings->ring.found ? place_default(holdings->ring.serial, holdings) : HF_OK;
}

static int remove_one(const struct holdings *holdings, const char *name)
{
    const struct holding *holding = holdings_find(holdings, name);
    struct names removed;
    if (holding == NULL)
        return holdings_say_none("logout", name);
    int code = remove_own(holding->name, &removed);
    if (code != TOOL_OK)
        return code;
    enum hf_error error =
        holdings->ring.found ? ring_remove(holdings->ring.serial, holding->name) : HF_OK;
    if (error == HF_OK || error == HF_ENOTFOUND || error == HF_EEXPIRED)
        error = update_default();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token lock", "logout: the ring");
    if (removed.count > 0)
        say_removed(&removed);
    if (removed.count > 0)
        holdings_say_default("logout", holdings, holding->name);
    else
        (void)say_failure(
            TOOL_OK, HF_OK, "Ask the administrator of this machine to remove it.",
            "logout: %s is out of the ring until your next login: it is not in your own document",
            holding->name);
    return TOOL_OK;
}

static int remove_all(const struct holdings *holdings)
{
    struct names removed;
    size_t rings = 0;
    int code = remove_own(NULL, &removed);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = ring_clear_all(&rings);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "logout: the ring");
    if (removed.count > 0)
        say_removed(&removed);
    else
        say_note("logout: you had no tokens of your own");
    for (size_t i = 0; i < holdings->count; i++)
        if (holdings->tokens[i].source != NULL && holdings->tokens[i].state != TOKEN_REVOKED &&
            holdings->tokens[i].state != TOKEN_WITHDRAWN &&
            strcmp(holdings->tokens[i].source, SOURCE_OWN) != 0)
            say_note("logout: %s comes back with your next login, from the source %s",
                     holdings->tokens[i].name, holdings->tokens[i].source);
    return TOOL_OK;
}

/* What was asked for without a session goes in each case: it can be the token that is meant, as the
   default, without bearing its name. */
static int forget_demanded(void)
{
    size_t count = 0;
    enum hf_error error = demand_clear(&count);
    return error == HF_OK
               ? TOOL_OK
               : say_failure(TOOL_FAILED, error, "hf-token doctor", "logout: the keyring");
}

int logout_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    const char *value = "", *name = NULL;
    bool all = false, yes = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_ALL)
            all = true;
        else if (argument == OPTION_YES)
            yes = true;
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
    const char *chosen = name != NULL ? name : holdings_default(holdings);
    if (!all && chosen[0] == '\0')
        return say_failure(TOOL_NONE, HF_OK, "To see the names: hf-token list",
                           "logout: there is no default token");
    if (name == NULL && !yes)
        code = ask(holdings, all ? NULL : chosen);
    if (code == TOOL_OK)
        code = forget_demanded();
    if (code != TOOL_OK)
        return code;
    return all ? remove_all(holdings) : remove_one(holdings, chosen);
}
