#include "tools/hf-token-hub/refresh.h"

#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "hub/grant.h"
#include "hub/oauth.h"
#include "hub/request.h"
#include "store/files.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/add.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/when.h"

/* Longest that one waits for another who asks the Hub and then saves. */
#define LOCK_PATIENCE (HUB_PATIENCE + 15000)

void refresh_clear(struct refresh *refresh)
{
    ring_grant_clear(&refresh->held);
    document_free(refresh->document);
    refresh->document = NULL;
}

enum refresh_step refresh_decide(const struct ring_grant *held, bool present, uint64_t saved,
                                 uint64_t now)
{
    if (held->fresh != NULL && saved == held->expires)
        return REFRESH_PLACE;
    if (saved > held->expires && held->expires != 0)
        return REFRESH_STALE;
    if (held->fresh != NULL)
        return REFRESH_SAVE;
    if (held->due > now || (held->due == 0 && present))
        return REFRESH_NOTHING;
    return REFRESH_ASK;
}

static bool is_present(const struct refresh *refresh)
{
    SCOPED(secret) struct secret *token = NULL;
    return ring_get(refresh->ring, refresh->name, &token) == HF_OK;
}

/* Nothing is said as long as there is a token that still works: who waits has a command to run. */
static int end_badly(const struct refresh *refresh, const char *why, const char *next)
{
    if (is_present(refresh))
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, next, "%s has expired, and could not be renewed: %s",
                       refresh->name, why);
}

/* Nobody asks for a while, so that a Hub in trouble is not asked by each command. */
static int postpone(struct refresh *refresh, const char *why, const char *next)
{
    refresh->held.due = refresh->now + REFRESH_PAUSE;
    (void)!ring_grant_put(refresh->ring, refresh->name, &refresh->held);
    return end_badly(refresh, why, next);
}

/* The document's grant is marked as of no use, so that the next login does not bring it back. */
static void forget_grant(const struct refresh *refresh)
{
    SCOPED(own) struct own own;
    if (own_open("refresh", &own) != TOOL_OK)
        return;
    struct sealed_token *token = document_find(own.document, refresh->name);
    if (token == NULL || memcmp(token->id, refresh->sealed->id, sizeof token->id) != 0)
        return;
    token->has_grant = false;
    (void)own_save(&own);
}

/* The Hub says that the grant is void. That is said at once, while the token may still work. */
static int end_grant(const struct refresh *refresh)
{
    char next[NEXT_MAX];
    (void)!ring_grant_remove(refresh->ring, refresh->name);
    forget_grant(refresh);
    return say_failure(is_present(refresh) ? TOOL_OK : TOOL_FAILED, HF_OK,
                       say_next(next, "hf-token login --name %s", refresh->name),
                       "%s cannot be renewed any more: the Hub does not take its grant",
                       refresh->name);
}

static int say_gone(const struct refresh *refresh)
{
    return say_failure(TOOL_FAILED, HF_OK, "hf-token unlock; or log in again",
                       "%s was taken out of this session meanwhile", refresh->name);
}

/* Step 3, once the document has the fresh token or never will. The token first, then the grant
   without it: who is killed in between leaves a grant that says REFRESH_PLACE. */
static int finish(struct refresh *refresh)
{
    struct ring_grant *held = &refresh->held;
    if (refresh->gone)
        return say_gone(refresh);
    enum hf_error error = place_token(refresh->ring, refresh->name, held->fresh, held->expires);
    secret_free(TAKE(held->fresh));
    held->due = grant_due(refresh->now, held->expires);
    if (error == HF_OK)
        error = ring_grant_put(refresh->ring, refresh->name, held);
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error, "hf-token doctor",
                       "putting the renewed %s into the ring", refresh->name);
}

/* The user has logged in again or out while the Hub was asked: what came is of no use. The ring's
   grant may be the new one already. */
static int drop(struct refresh *refresh)
{
    SCOPED(ring_grant) struct ring_grant now = {0};
    if (ring_grant_get(refresh->ring, refresh->name, &now) == HF_OK && now.fresh != NULL)
        (void)!ring_grant_remove(refresh->ring, refresh->name);
    return end_badly(refresh, "it was changed meanwhile", "Try again.");
}

/* The disk is full, or the like: the token is used from the ring, where it waits to be saved. */
static int keep_unsaved(struct refresh *refresh)
{
    struct ring_grant *held = &refresh->held;
    if (refresh->gone)
        return say_gone(refresh);
    held->due = refresh->now + REFRESH_PAUSE;
    enum hf_error error = place_token(refresh->ring, refresh->name, held->fresh, held->expires);
    if (error == HF_OK)
        error = ring_grant_put(refresh->ring, refresh->name, held);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor",
                           "putting the renewed %s into the ring", refresh->name);
    say_note("%s was renewed, and waits in the ring to be saved: it is lost with your last session",
             refresh->name);
    return TOOL_OK;
}

/* Step 2: the document, sealed to whom the old token was sealed to, which takes public keys alone.
   Who is killed before the rename leaves REFRESH_SAVE, and behind it REFRESH_PLACE. */
static int save(struct refresh *refresh)
{
    SCOPED(adding) struct adding adding = {0};
    struct addition addition = {.instead = refresh->sealed->id,
                                .created = refresh->now,
                                .expires = refresh->held.expires,
                                .token = refresh->held.fresh,
                                .grant = refresh->held.grant,
                                .about = refresh->sealed->about};
    memcpy(addition.name, refresh->sealed->name, sizeof addition.name);
    if (addition.about.checked != 0 && addition.about.expires != 0)
        addition.about.expires = refresh->held.expires;
    int code = add_begin_as("refresh", refresh->sealed, &adding);
    if (code == TOOL_OK)
        code = add_store(&adding, &addition);
    if (code == TOOL_NONE)
        return drop(refresh);
    return code == TOOL_OK ? finish(refresh) : keep_unsaved(refresh);
}

/* Whether the ring still has what this began with. A login replaces it, which ends this; logout,
   lock and the end of the last session take it away, and then nothing goes back into the ring. */
static bool is_replaced(struct refresh *refresh)
{
    SCOPED(ring_grant) struct ring_grant now = {0};
    const struct secret *before = refresh->held.grant;
    refresh->gone = ring_grant_get(refresh->ring, refresh->name, &now) != HF_OK;
    return !refresh->gone &&
           (secret_length(now.grant) != secret_length(before) ||
            memcmp(secret_view(now.grant), secret_view(before), secret_length(before)) != 0);
}

/* Step 1: from the answer to the ring. Between the two there is no system call but that of the
   kernel keyring, and this process has a session of its own and ignores signals. Where the ring
   does not take it, the document is all that is left. */
static int keep_answer(struct refresh *refresh, struct grant *grant, struct oauth_tokens *tokens)
{
    struct ring_grant *held = &refresh->held;
    const uint64_t created = refresh->sealed->created, expires = refresh->sealed->expires;
    uint64_t life = tokens->lifetime;
    if (is_replaced(refresh))
        return drop(refresh);
    if (life == 0)
        life = expires > created ? expires - created : REFRESH_LIFE;
    held->expires = refresh->now + life;
    held->due = refresh->now;
    held->fresh = TAKE(tokens->access);
    if (tokens->refresh != NULL) {
        struct secret *text = NULL;
        secret_free(grant->refresh);
        grant->refresh = TAKE(tokens->refresh);
        if (grant_print(grant, &text) == HF_OK) {
            secret_free(held->grant);
            held->grant = text;
        }
    }
    if (!refresh->gone)
        (void)!ring_grant_put(refresh->ring, refresh->name, held);
    return save(refresh);
}

static int ask(struct refresh *refresh)
{
    SCOPED(grant) struct grant grant = {0};
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    struct hub_fault fault = {0};
    char why[NEXT_MAX], next[NEXT_MAX];
    enum hf_error error = grant_parse(refresh->held.grant, &grant);
    if (error == HF_OK)
        error = hub_start();
    if (error != HF_OK)
        return postpone(refresh, error_text(error), "hf-token doctor");
    switch (oauth_refresh(&grant.endpoint, grant.client_id, grant.refresh, &tokens, &fault)) {
    case OAUTH_DONE:
        return keep_answer(refresh, &grant, &tokens);
    case OAUTH_INVALID:
        return end_grant(refresh);
    case OAUTH_CLIENT:
        return postpone(refresh, "the Hub does not know its client id any more",
                        say_next(next, "hf-token login --name %s", refresh->name));
    default:
        (void)speak_reason(&fault, why);
        return postpone(refresh, why, speak_advice(&fault, next));
    }
}

static int do_step(struct refresh *refresh)
{
    char next[NEXT_MAX];
    switch (refresh_decide(&refresh->held, is_present(refresh), refresh->sealed->expires,
                           refresh->now)) {
    case REFRESH_ASK:
        return ask(refresh);
    case REFRESH_SAVE:
        return save(refresh);
    case REFRESH_PLACE:
        return finish(refresh);
    case REFRESH_STALE:
        return postpone(refresh, "a newer one is in the document, which this session has not",
                        say_next(next, "hf-token unlock; or log in again"));
    default:
        return end_badly(refresh, "the Hub could not be asked a moment ago",
                         "Try again in a minute.");
    }
}

/* What the ring and the document have, under the lock. HF_ENOTFOUND: there is nothing to renew. */
static enum hf_error look(struct refresh *refresh)
{
    enum ring_way way;
    TRY(ring_find(&refresh->ring, &way));
    TRY(ring_grant_get(refresh->ring, refresh->name, &refresh->held));
    TRY(document_read(&refresh->account, &refresh->document));
    refresh->sealed = document_find(refresh->document, refresh->name);
    return refresh->sealed != NULL && refresh->sealed->has_grant ? HF_OK : HF_ENOTFOUND;
}

int refresh_work(const char *name)
{
    SCOPED(refresh) struct refresh refresh = {.name = name};
    SCOPED(fd) int lock = -1;
    int code = own_check_user("refresh");
    if (code != TOOL_OK)
        return code;
    enum hf_error error = account_by_uid(geteuid(), &refresh.account);
    if (error == HF_OK)
        error = refresh_lock(&refresh.account, clock_ms() + LOCK_PATIENCE, &lock);
    if (error == HF_OK)
        error = look(&refresh);
    /* Who had to wait for the lock has another present now. */
    refresh.now = when_now();
    if (error == HF_OK)
        return do_step(&refresh);
    /* A grant without a token in the document could not be saved: it is not used up. */
    if (error == HF_ENOTFOUND && refresh.ring != 0)
        (void)!ring_grant_remove(refresh.ring, name);
    return refresh.ring != 0 ? end_badly(&refresh, error_text(error), "hf-token doctor")
                             : say_failure(TOOL_FAILED, error, "hf-token doctor",
                                           "%s could not be renewed", name);
}
