#include <string.h>

#include "common/secret.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/add.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/newcomer.h"
#include "tools/hf-token-hub/outgoing.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/holdings/holdings.h"
#include "tools/intake.h"
#include "tools/when.h"

/* -1 to go on. */
static int read_words(struct arguments *arguments, struct newcomer *newcomer, const char **out_name)
{
    const char *value = "", *expires = NULL;
    int argument, code = -1;
    while (code == -1 && (argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_EXPIRES)
            expires = value;
        else if (argument == ARGUMENT_OPERAND && *out_name == NULL)
            *out_name = value;
        else
            code = newcomer_option(arguments, argument, &newcomer->way);
    }
    if (code != -1)
        return code;
    if (*out_name == NULL)
        return arguments_missing(arguments, 0);
    code = intake_expires("rotate", expires, newcomer->now, &newcomer->until);
    return code == TOOL_OK ? -1 : code;
}

/* Only what lies in the user's own document can be exchanged there. */
static int find_old(struct outgoing *old, const char *name)
{
    int code = outgoing_find(old, name);
    if (code != TOOL_OK || outgoing_is_own(old))
        return code;
    return say_failure(TOOL_FAILED, HF_OK, "Ask the administrator of this machine to rotate it.",
                       "rotate: %s is not in your own document", old->holding->name);
}

static int check_other(const struct outgoing *old, const struct newcomer *newcomer)
{
    const size_t length = secret_length(newcomer->token);
    if (old->token == NULL || secret_length(old->token) != length ||
        memcmp(secret_view(old->token), secret_view(newcomer->token), length) != 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK,
                       "Nothing was changed. Make a new one first, and give that.",
                       "rotate: that is the token that is there already");
}

/* A token that the Hub does not vouch for does not take the place of one that works. */
static int check_account(const struct outgoing *old, const struct newcomer *newcomer)
{
    const char *account = old->holding->sealed->about.account;
    struct token_about about = newcomer->about;
    char reason[NEXT_MAX], advice[NEXT_MAX], before[ABOUT_TEXT_MAX + 1];
    if (about.checked == 0)
        return say_failure(TOOL_FAILED, HF_OK, speak_advice(&newcomer->fault, advice),
                           "rotate: nothing was changed, for the new one could not be checked: %s",
                           speak_reason(&newcomer->fault, reason));
    if (account[0] == '\0' || strcmp(account, about.account) == 0)
        return TOOL_OK;
    memcpy(before, account, sizeof before);
    return say_failure(TOOL_FAILED, HF_OK,
                       "Nothing was changed. To add it beside the old one: hf-token login",
                       "rotate: the new token is of %s, and the old one of %s",
                       say_clean(about.account), say_clean(before));
}

/* The page lists many: the old one is told by its name there and its last characters. */
static const char *advise_by_hand(const struct outgoing *old, const struct hub_fault *fault,
                                  char next[static NEXT_MAX])
{
    struct token_about about = old->holding->sealed->about;
    char page[SETTINGS_SIZE], wait[WAIT_SIZE], masked[MASKED_SIZE] = "";
    const bool named = about.display_name[0] != '\0', read = old->token != NULL;
    return say_next(next, "The new one is in place. Revoke the old one%s%s%s%s%s at %s%s",
                    named || read ? " (" : "", say_clean(about.display_name),
                    named && read ? ", " : "", read ? about_masked(old->token, masked) : "",
                    named || read ? ")" : "", speak_settings(&old->endpoint, page),
                    speak_wait(fault, wait));
}

/* The old one is out of the document and the ring by now. */
static int revoke_old(const struct outgoing *old)
{
    struct hub_fault fault = {0};
    char next[NEXT_MAX], reason[NEXT_MAX];
    bool told = false;
    if (old->token == NULL)
        return say_failure(TOOL_FAILED, HF_OK, advise_by_hand(old, &fault, next),
                           "rotate: the old token is not revoked: it could not be read here");
    if (outgoing_revoke(old, &told, &fault) != HUB_OK)
        return say_failure(TOOL_FAILED, HF_OK, advise_by_hand(old, &fault, next), "rotate: %s: %s",
                           told ? "whether the old token is gone is not known"
                                : "the old token could not be revoked",
                           speak_reason(&fault, reason));
    say_note("rotate: the Hub does not take the old one any more");
    return TOOL_OK;
}

static int replace(const struct outgoing *old, const struct newcomer *newcomer)
{
    SCOPED(adding) struct adding adding = {0};
    const struct sealed_token *sealed = old->holding->sealed;
    struct addition addition = {.instead = old->id,
                                .created = newcomer->now,
                                .expires = newcomer->expires,
                                .token = newcomer->token,
                                .grant = newcomer->grant,
                                .about = newcomer->about};
    memcpy(addition.name, sealed->name, sizeof addition.name);
    int code = add_begin_as("rotate", sealed, &adding);
    if (code == TOOL_OK)
        code = add_store(&adding, &addition);
    if (code == TOOL_NONE)
        code = say_failure(TOOL_FAILED, HF_OK, "Nothing was changed; try again.",
                           "rotate: another command has changed %s meanwhile", addition.name);
    if (code != TOOL_OK) {
        if (!addition.may_be_stored)
            newcomer_drop(newcomer);
        return code;
    }
    code = add_place(&adding, &addition);
    newcomer_say(newcomer, addition.name);
    const int revoked = revoke_old(old);
    return revoked != TOOL_OK ? revoked : code;
}

/* What makes the new one fit for the old one's place. */
static int check_new(struct outgoing *old, struct newcomer *newcomer)
{
    int code = newcomer_check(newcomer);
    if (code == TOOL_OK)
        code = check_account(old, newcomer);
    return code == TOOL_OK ? outgoing_hold(old) : code;
}

int rotate_command(struct arguments *arguments)
{
    SCOPED(newcomer) struct newcomer newcomer = {.command = "rotate", .now = when_now()};
    SCOPED(outgoing) struct outgoing old = OUTGOING("rotate");
    const char *name = NULL;
    int code = read_words(arguments, &newcomer, &name);
    if (code != -1)
        return code;
    code = speak_begin("rotate", &newcomer.endpoint);
    old.endpoint = newcomer.endpoint;
    if (code == TOOL_OK)
        code = find_old(&old, name);
    if (code == TOOL_OK)
        code = newcomer_choose(&newcomer);
    if (code == TOOL_OK)
        code = newcomer_fetch(&newcomer);
    /* The old one itself is not let go. */
    if (code == TOOL_OK && (code = check_other(&old, &newcomer)) != TOOL_OK)
        return code;
    if (code == TOOL_OK)
        code = check_new(&old, &newcomer);
    if (code == TOOL_OK)
        return replace(&old, &newcomer);
    newcomer_drop(&newcomer);
    return code;
}
