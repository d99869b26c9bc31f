#include <string.h>

#include "common/secret.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/outgoing.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/holdings/verdict.h"
#include "tools/line.h"

/* Why the token cannot be read here, and what to do. */
static int say_unreadable(const struct outgoing *outgoing)
{
    struct selection selection = {.by = SELECT_BY_OPTION};
    struct verdict verdict;
    char next[NEXT_MAX], page[SETTINGS_SIZE];
    const char *name = outgoing->holding->name;
    memcpy(selection.name, name, strlen(name) + 1);
    verdict_of(outgoing->holdings, &selection, &verdict);
    (void)speak_settings(&outgoing->endpoint, page);
    if (verdict.code == TOOL_LOCKED)
        return say_failure(TOOL_LOCKED, HF_OK,
                           say_next(next, "%s; or revoke it at %s", verdict.next, page),
                           "revoke: %s", verdict.why);
    return say_failure(verdict.code != TOOL_OK ? verdict.code : TOOL_FAILED, HF_OK,
                       say_next(next, "Revoke it at %s; then: hf-token logout %s", page, name),
                       "revoke: %s cannot be read here%s%s", name,
                       verdict.why[0] != '\0' ? ": " : "", verdict.why);
}

/* 0 for yes. */
static int ask(const struct arguments *arguments, const struct outgoing *outgoing)
{
    char prompt[NEXT_MAX];
    if (!line_interactive())
        return arguments_wrong(arguments, "without a terminal to ask on it needs --yes");
    say_note("revoke: then nobody can use %s any more, wherever copies of it lie",
             outgoing->holding->name);
    (void)say_next(prompt, "Revoke %s at %s? [y/N] ", outgoing->holding->name,
                   outgoing->endpoint.url);
    if (line_yes(prompt))
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, NULL, "revoke: nothing was changed");
}

static int tell(const struct outgoing *outgoing)
{
    struct hub_fault fault;
    char reason[NEXT_MAX], next[NEXT_MAX], wait[WAIT_SIZE];
    const char *name = outgoing->holding->name;
    bool told = false;
    if (outgoing_revoke(outgoing, &told, &fault) == HUB_OK)
        return TOOL_OK;
    (void)speak_reason(&fault, reason);
    (void)say_next(next, "Nothing was removed here. To try again%s: hf-token revoke %s",
                   speak_wait(&fault, wait), name);
    if (told)
        return say_failure(TOOL_FAILED, HF_OK, next,
                           "revoke: the Hub was told, but whether %s is gone is not known: %s",
                           name, reason);
    return say_failure(TOOL_FAILED, HF_OK, next, "revoke: the Hub could not be told: %s", reason);
}

/* TOOL_NONE, unsaid: another token has that name since, as after a login. */
static int remove_own(const struct outgoing *outgoing)
{
    SCOPED(own) struct own own;
    const char *name = outgoing->holding->name;
    int code = own_open("revoke", &own);
    if (code != TOOL_OK)
        return code;
    const struct sealed_token *present = document_find(own.document, name);
    if (present != NULL && memcmp(present->id, outgoing->id, sizeof outgoing->id) != 0)
        return TOOL_NONE;
    return document_remove(own.document, name) == HF_OK ? own_save(&own) : TOOL_OK;
}

static enum hf_error remove_from_ring(const struct outgoing *outgoing)
{
    SCOPED(holdings) struct holdings *now = NULL;
    const struct holdings_ring *ring = &outgoing->holdings->ring;
    if (!ring->found)
        return HF_OK;
    enum hf_error error = ring_remove(ring->serial, outgoing->holding->name);
    if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        return error;
    TRY(holdings_read(&now));
    return place_default(ring->serial, now);
}

static int remove_here(const struct outgoing *outgoing)
{
    const char *name = outgoing->holding->name;
    int code = outgoing_is_own(outgoing) ? remove_own(outgoing) : TOOL_OK;
    if (code == TOOL_NONE) {
        say_note("revoke: the Hub does not take that %s any more; there is another one by now",
                 name);
        return TOOL_OK;
    }
    enum hf_error error = remove_from_ring(outgoing);
    if (error != HF_OK)
        code = say_failure(TOOL_FAILED, error, "hf-token lock", "revoke: the ring");
    if (code != TOOL_OK)
        return say_failure(code, HF_OK, "hf-token logout NAME",
                           "revoke: the Hub does not take %s any more, but it is still here", name);
    say_note("revoke: the Hub does not take %s any more, and it is removed here", name);
    holdings_say_default("revoke", outgoing->holdings, name);
    if (!outgoing_is_own(outgoing))
        (void)say_failure(TOOL_OK, HF_OK, "Ask the administrator of this machine to remove it.",
                          "revoke: %s comes back with your next login: it is not in your own "
                          "document",
                          name);
    return TOOL_OK;
}

/* -1 to go on. */
static int read_words(struct arguments *arguments, const char **out_name, bool *out_yes)
{
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_YES)
            *out_yes = true;
        else if (argument == ARGUMENT_OPERAND && *out_name == NULL)
            *out_name = value;
        else
            return arguments_stop(arguments, argument);
    }
    return *out_name == NULL ? arguments_missing(arguments, 0) : -1;
}

int revoke_command(struct arguments *arguments)
{
    SCOPED(outgoing) struct outgoing outgoing = OUTGOING("revoke");
    const char *name = NULL;
    bool yes = false;
    int code = read_words(arguments, &name, &yes);
    if (code != -1)
        return code;
    code = own_check_user("revoke");
    if (code == TOOL_OK)
        code = speak_begin("revoke", &outgoing.endpoint);
    if (code == TOOL_OK)
        code = outgoing_find(&outgoing, name);
    if (code == TOOL_OK && outgoing.token == NULL)
        code = say_unreadable(&outgoing);
    if (code == TOOL_OK && !yes)
        code = ask(arguments, &outgoing);
    if (code == TOOL_OK)
        code = outgoing_hold(&outgoing);
    if (code == TOOL_OK)
        code = tell(&outgoing);
    return code == TOOL_OK ? remove_here(&outgoing) : code;
}
