#include "tools/holdings/verdict.h"

#include <string.h>

#include "keyring/asked.h"
#include "tools/exit.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/when.h"

static void set_next(struct verdict *verdict, int code, const char *next)
{
    verdict->code = code;
    (void)say_next(verdict->next, "%s", next);
}

/* The administrator's word, or the lack of it. */
static void judge_origin(struct verdict *verdict, const struct holding *holding)
{
    char when[WHEN_TEXT_MAX];
    (void)when_print(holding->origin->confirmed, when);
    const char *source = holding->origin->source;
    if (holding->state == TOKEN_REVOKED) {
        (void)say_next(verdict->why, "%s: the administrator revoked it (%s)", holding->name, when);
        set_next(verdict, TOOL_NONE,
                 "Ask for a new one: under this name it comes with the machine's next refresh.");
    } else if (holding->state == TOKEN_CUT_OFF) {
        (void)say_next(verdict->why, "%s: this machine has not reached %s since %s", holding->name,
                       source, when);
        set_next(verdict, TOOL_NONE,
                 "It comes back once the machine reaches it: see to the network.");
    } else if (holding->origin->state == ORIGIN_UNNAMED) {
        (void)say_next(verdict->why,
                       "%s: this machine's configuration no longer names the source %s (%s)",
                       holding->name, source, when);
        set_next(verdict, TOOL_NONE, "It comes back once " HF_CONF_FILE " names it again.");
    } else {
        (void)say_next(verdict->why, "%s: the administrator took it from this machine (%s)",
                       holding->name, when);
        set_next(verdict, TOOL_NONE, "Ask for it: it comes back with the machine's next refresh.");
    }
}

/* Whether the ring had it, or it has never been there. */
static void judge_absent(struct verdict *verdict, const struct holding *holding)
{
    if (holding->sealed == NULL) {
        (void)say_next(verdict->why, "%s is not in the ring any more", holding->name);
        set_next(verdict, TOOL_LOCKED, "The machine's next refresh brings it back, or a login.");
        return;
    }
    (void)say_next(verdict->why,
                   "%s is not in the ring: it is sealed to this machine, which opens it at login",
                   holding->name);
    set_next(verdict, TOOL_LOCKED, "Log in again. If it is not there then: hf-token doctor");
}

static void judge_holding(struct verdict *verdict, const struct holding *holding)
{
    const char *name = holding->name;
    switch (holding->state) {
    case TOKEN_READY:
    case TOKEN_DUE:
        verdict->code = TOOL_OK;
        break;
    case TOKEN_LOCKED:
        (void)say_next(verdict->why, "%s is locked: it is sealed with the login password", name);
        set_next(verdict, TOOL_LOCKED, "hf-token unlock");
        break;
    case TOKEN_EXPIRED:
        (void)say_next(verdict->why, "%s has expired", name);
        verdict->code = TOOL_NONE;
        (void)say_next(verdict->next, "hf-token login --name %s", name);
        break;
    case TOKEN_REVOKED:
    case TOKEN_WITHDRAWN:
    case TOKEN_CUT_OFF:
        judge_origin(verdict, holding);
        break;
    case TOKEN_ABSENT:
        judge_absent(verdict, holding);
        break;
    default:
        (void)say_next(verdict->why, "%s is sealed to another machine or identity", name);
        verdict->code = TOOL_LOCKED;
        (void)say_next(verdict->next, "hf-token login --name %s", name);
    }
}

/* A source that did not answer may be the one that has it. */
static bool judge_trouble(struct verdict *verdict, const struct holdings *holdings)
{
    const struct holdings_source *source = holdings_trouble(holdings);
    if (holdings->switch_error != HF_OK)
        (void)say_next(verdict->why, HF_CONF_FILE ": %s", error_text_open(holdings->switch_error));
    else if (source != NULL)
        (void)say_next(verdict->why, "source %s: %s", source->name, error_text(source->error));
    else
        return false;
    set_next(verdict, TOOL_FAILED, "hf-token doctor");
    return true;
}

/* Whom the module passes over has no session that could open anything. */
static void judge_root(struct verdict *verdict)
{
    (void)say_next(verdict->why, "nothing is ever placed for root");
    (void)say_next(verdict->next, "%s", own_first_advice());
}

static bool judge_locked(struct verdict *verdict, const struct holdings *holdings)
{
    if (!holdings_locked(holdings))
        return false;
    (void)say_next(verdict->why, "%s", VERDICT_LOCKED);
    set_next(verdict, TOOL_LOCKED, VERDICT_LOCKED_NEXT);
    return true;
}

static void judge_unopened(struct verdict *verdict, const struct asked_source *source,
                           const char *when)
{
    (void)say_next(verdict->why,
                   "%s has a token for you that this machine could not open at your login (%s): %s",
                   source->name, when, source->why);
    set_next(verdict, TOOL_LOCKED, "Tell the administrator: hf-tokenctl doctor");
}

/* Whether the last login went without an engine's answer, whose it may be to give, or could not
   open what it gave. One that this machine asks no more counts for nothing. */
static bool judge_asked(struct verdict *verdict, const struct holdings *holdings)
{
    struct asked asked;
    char when[WHEN_TEXT_MAX];
    const struct asked_source *source = NULL;
    if (asked_read(&asked) != HF_OK)
        return false;
    for (size_t i = 0; i < holdings->source_count && source == NULL; i++)
        source = asked_find(&asked, holdings->sources[i].name);
    if (source == NULL)
        return false;
    (void)when_print(asked.when, when);
    if (source->kind == ASKED_UNOPENED) {
        judge_unopened(verdict, source, when);
        return true;
    }
    (void)say_next(verdict->why, "no token: %s gave no answer at your login (%s): %s", source->name,
                   when, source->why);
    set_next(verdict, TOOL_NONE,
             "Log in again. If it stays so, tell the administrator: hf-tokenctl doctor");
    return true;
}

/* An engine that was asked at login, and had nothing to say but that. */
static bool judge_engine(struct verdict *verdict, const struct holdings *holdings)
{
    const char *engine = holdings_engine(holdings);
    if (engine == NULL)
        return false;
    (void)say_next(verdict->why, "there is no token for you: %s, asked at login, has none", engine);
    set_next(verdict, TOOL_NONE, VERDICT_ENGINE_NEXT);
    return true;
}

/* A name that nobody knows may be a token in the wrong place: then it is not repeated. */
static void judge_unknown(struct verdict *verdict, const struct holdings *holdings,
                          struct selection *selection)
{
    if (selection->by == SELECT_BY_DEFAULT) {
        if (holdings->count == 0 && judge_engine(verdict, holdings))
            return;
        (void)say_next(verdict->why, "there is no token yet");
        set_next(verdict, TOOL_NONE, "hf-token login");
        return;
    }
    if (say_quotable(selection->name))
        (void)say_next(verdict->why, "there is no token %s, which %s names", selection->name,
                       select_origin(selection));
    else
        (void)say_next(verdict->why, "there is no token of the name that %s gives",
                       select_origin(selection));
    set_next(verdict, TOOL_NONE,
             "To see the names: hf-token list. To add one: hf-token login --name NAME");
}

void verdict_of(const struct holdings *holdings, struct selection *selection,
                struct verdict *out_verdict)
{
    const char *name =
        selection->by == SELECT_BY_DEFAULT ? holdings_default(holdings) : selection->name;
    memset(out_verdict, 0, sizeof *out_verdict);
    if (selection->error != HF_OK) {
        (void)say_next(out_verdict->why, "%s: %s", select_origin(selection),
                       error_text(selection->error));
        set_next(out_verdict, TOOL_FAILED, "It must hold a token's name, and never the token.");
        return;
    }
    out_verdict->holding = holdings_find(holdings, name);
    if (out_verdict->holding != NULL)
        judge_holding(out_verdict, out_verdict->holding);
    else if (!judge_trouble(out_verdict, holdings) && !judge_locked(out_verdict, holdings) &&
             !judge_asked(out_verdict, holdings))
        judge_unknown(out_verdict, holdings, selection);
    if (holdings->account.uid == 0 &&
        (out_verdict->code == TOOL_NONE || out_verdict->code == TOOL_LOCKED))
        judge_root(out_verdict);
}
