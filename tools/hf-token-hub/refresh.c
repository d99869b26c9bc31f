#include "tools/hf-token-hub/refresh.h"

#include <string.h>
#include <sys/random.h>
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
#include "tools/when.h"

_Static_assert(TOKEN_ID_BYTES == RING_ID_BYTES, "the ring has the ids of the document's tokens");

void refresh_clear(struct refresh *refresh)
{
    ring_grant_clear(&refresh->held);
    secret_free(refresh->room);
    document_free(refresh->document);
    refresh->room = NULL;
    refresh->document = NULL;
}

static bool is_id(const struct sealed_token *sealed, const uint8_t id[static RING_ID_BYTES])
{
    return memcmp(sealed->id, id, RING_ID_BYTES) == 0;
}

/* What waits to be saved is never given up, since it is all that there is of it. */
static enum refresh_step decide_fresh(const struct ring_grant *held,
                                      const struct sealed_token *sealed)
{
    if (sealed == NULL || !ring_grant_is_of(held, sealed->id))
        return REFRESH_STALE;
    return is_id(sealed, held->id) ? REFRESH_PLACE : REFRESH_SAVE;
}

enum refresh_step refresh_decide(const struct ring_grant *held, bool present,
                                 const struct sealed_token *sealed, uint64_t now)
{
    if (held->fresh != NULL)
        return decide_fresh(held, sealed);
    if (sealed == NULL)
        return REFRESH_USELESS;
    if (!ring_grant_is_of(held, sealed->id))
        return REFRESH_STALE;
    if (!sealed->has_grant)
        return REFRESH_USELESS;
    if (held->due > now && (present || held->due - now <= REFRESH_PAUSE))
        return REFRESH_NOTHING;
    return held->due == 0 && present ? REFRESH_NOTHING : REFRESH_ASK;
}

uint64_t refresh_pause(bool present, uint64_t expires, uint64_t now)
{
    const uint64_t part = present && expires > now ? (expires - now) / 20 : 0;
    if (part < REFRESH_PAUSE)
        return REFRESH_PAUSE;
    return part < REFRESH_PAUSE_MAX ? part : REFRESH_PAUSE_MAX;
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

/* Nobody asks for a while, so that a Hub in trouble is not asked by each command. What another
   command has made of the ring meanwhile stays: each change here is of the very key that this began
   with, which may be out of the ring by now. */
static int postpone(struct refresh *refresh, const char *why, const char *next)
{
    struct ring_grant *held = &refresh->held;
    held->due = refresh->now + refresh_pause(is_present(refresh), held->expires, refresh->now);
    (void)!ring_grant_update(held, refresh->room);
    return end_badly(refresh, why, next);
}

/* The document's grant is marked as of no use, so that the next login does not bring it back. */
static void forget_grant(const struct refresh *refresh)
{
    SCOPED(own) struct own own;
    if (own_open("refresh", &own) != TOOL_OK)
        return;
    struct sealed_token *token = document_find(own.document, refresh->name);
    if (token == NULL || !is_id(token, refresh->sealed->id))
        return;
    token->has_grant = false;
    (void)own_save(&own);
}

/* The Hub says that the grant is void. That is said at once, while the token may still work. */
static int end_grant(const struct refresh *refresh)
{
    char next[NEXT_MAX];
    (void)!ring_grant_end(&refresh->held);
    forget_grant(refresh);
    return say_failure(is_present(refresh) ? TOOL_OK : TOOL_FAILED, HF_OK,
                       say_next(next, "hf-token login --name %s", refresh->name),
                       "%s cannot be renewed any more: the Hub does not take its grant",
                       refresh->name);
}

/* After a logout, a lock or the end of the last session nothing goes back into the ring; after a
   login its token is there. */
static int say_placed(const struct refresh *refresh, enum hf_error error)
{
    if (error == HF_OK || (error == HF_ENOTFOUND && is_present(refresh)))
        return TOOL_OK;
    if (error == HF_ENOTFOUND)
        return say_failure(TOOL_FAILED, HF_OK, "hf-token unlock; or log in again",
                           "%s was taken out of this session meanwhile", refresh->name);
    return say_failure(TOOL_FAILED, error, "hf-token doctor",
                       "putting the renewed %s into the ring", refresh->name);
}

/* Step 3, once the document has the fresh token. The token first, then the grant without it: who is
   killed in between leaves a grant that says REFRESH_PLACE. One that waited until its end has still
   a grant to go on with. */
static int finish(struct refresh *refresh)
{
    struct ring_grant *held = &refresh->held;
    enum hf_error error = ring_grant_place_fresh(refresh->ring, refresh->name, held, refresh->now);
    secret_free(TAKE(held->fresh));
    held->due = grant_due(refresh->now, held->expires);
    refresh->again = error == HF_EEXPIRED;
    if (error == HF_OK || error == HF_EEXPIRED)
        error = ring_grant_update(held, refresh->room);
    return say_placed(refresh, error);
}

/* The disk is full, or the like: the token is used from the ring, where it waits to be saved. */
static int keep_unsaved(struct refresh *refresh)
{
    struct ring_grant *held = &refresh->held;
    held->due = refresh->now + refresh_pause(true, held->expires, refresh->now);
    enum hf_error error = ring_grant_place_fresh(refresh->ring, refresh->name, held, refresh->now);
    if (error == HF_OK)
        error = ring_grant_update(held, refresh->room);
    if (error != HF_OK)
        return say_placed(refresh, error);
    say_note("%s was renewed, and waits in the ring to be saved: it is lost with your last session",
             refresh->name);
    return TOOL_OK;
}

/* Step 2: the document, sealed to whom the old token was sealed to, which takes public keys alone,
   under the id that the ring has for it. Who is killed before the rename leaves REFRESH_SAVE, and
   behind it REFRESH_PLACE. */
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
    memcpy(addition.id, refresh->held.id, sizeof addition.id);
    if (addition.about.checked != 0 && addition.about.expires != 0)
        addition.about.expires = refresh->held.expires;
    int code = add_begin_as("refresh", refresh->sealed, &adding);
    if (code == TOOL_OK)
        code = add_store(&adding, &addition);
    /* The user has logged in again or out while the Hub was asked: what came is of no use. */
    if (code == TOOL_NONE)
        return postpone(refresh, "it was changed meanwhile", "Try again.");
    return code == TOOL_OK ? finish(refresh) : keep_unsaved(refresh);
}

/* A login that has placed the document's token once more while the Hub was asked has left another
   key with the grant that is used up by now. */
static void follow(struct refresh *refresh)
{
    SCOPED(ring_grant) struct ring_grant now = {0};
    struct ring_grant *held = &refresh->held;
    if (ring_grant_get(refresh->ring, refresh->name, &now) != HF_OK || now.key == held->key ||
        now.fresh != NULL || !is_id(refresh->sealed, now.id))
        return;
    held->key = now.key;
    (void)!ring_grant_update(held, refresh->room);
}

/* What an answer is put into: made before the Hub is asked, since nothing may fail behind it. */
struct answer {
    struct grant grant;
    struct secret *text;       /* the new grant's */
    uint8_t id[RING_ID_BYTES]; /* that the new token will be saved under */
    struct oauth_tokens tokens;
};

static void answer_scope_end(struct answer *held)
{
    grant_clear(&held->grant);
    secret_free(held->text);
    oauth_tokens_clear(&held->tokens);
}

/* Step 1: from the answer to the ring. The one system call of its own is that of the kernel
   keyring, and this process has a session of its own and ignores signals. Where the ring does not
   take it, the document is all that is left. */
static int keep_answer(struct refresh *refresh, struct answer *answer)
{
    struct ring_grant *held = &refresh->held;
    const uint64_t created = refresh->sealed->created, expires = refresh->sealed->expires;
    struct secret *spent = NULL;
    uint64_t life = answer->tokens.lifetime;
    if (life == 0)
        life = expires > created ? expires - created : REFRESH_LIFE;
    if (answer->tokens.refresh != NULL) {
        spent = answer->grant.refresh;
        answer->grant.refresh = TAKE(answer->tokens.refresh);
        /* Nothing is left that could be wrong with it: oauth_refresh has looked at it. */
        if (grant_print_into(&answer->grant, answer->text) == HF_OK) {
            struct secret *old = held->grant;
            held->grant = answer->text;
            answer->text = old;
        }
    }
    held->expires = refresh->now + life;
    held->due = refresh->now;
    held->fresh = TAKE(answer->tokens.access);
    memcpy(held->before, refresh->sealed->id, sizeof held->before);
    memcpy(held->id, answer->id, sizeof held->id);
    (void)!ring_grant_update(held, refresh->room);
    secret_free(spent);
    follow(refresh);
    return save(refresh);
}

static enum hf_error prepare(const struct refresh *refresh, struct answer *answer)
{
    TRY(grant_parse(refresh->held.grant, &answer->grant));
    TRY(secret_new(GRANT_MAX, &answer->text));
    if (getrandom(answer->id, sizeof answer->id, 0) != (ssize_t)sizeof answer->id)
        return HF_EIO;
    return hub_start();
}

static int ask(struct refresh *refresh)
{
    SCOPED(answer) struct answer answer = {0};
    const struct grant *grant = &answer.grant;
    struct hub_fault fault = {0};
    char why[NEXT_MAX], next[NEXT_MAX];
    enum hf_error error = prepare(refresh, &answer);
    if (error != HF_OK)
        return postpone(refresh, error_text(error), "hf-token doctor");
    switch (
        oauth_refresh(&grant->endpoint, grant->client_id, grant->refresh, &answer.tokens, &fault)) {
    case OAUTH_DONE:
        return keep_answer(refresh, &answer);
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
    switch (refresh_decide(&refresh->held, is_present(refresh), refresh->sealed, refresh->now)) {
    case REFRESH_ASK:
        return ask(refresh);
    case REFRESH_SAVE:
        return save(refresh);
    case REFRESH_PLACE:
        return finish(refresh);
    case REFRESH_STALE:
        return postpone(refresh, "a newer one is in the document, which this session has not",
                        say_next(next, "hf-token unlock; or log in again"));
    case REFRESH_USELESS:
        /* A new grant could not be saved: this one is not used up. */
        (void)!ring_grant_end(&refresh->held);
        return end_badly(refresh, error_text(HF_ENOTFOUND), "hf-token doctor");
    default:
        return end_badly(refresh, "the Hub could not be asked a moment ago",
                         "Try again in a minute.");
    }
}

/* What the ring and the document have, under the lock. */
static enum hf_error look(struct refresh *refresh)
{
    enum ring_way way;
    refresh_clear(refresh);
    refresh->again = false;
    /* Who had to wait for the lock has another present now. */
    refresh->now = when_now();
    TRY(ring_find(&refresh->ring, &way));
    TRY(ring_grant_get(refresh->ring, refresh->name, &refresh->held));
    TRY(ring_grant_room(&refresh->room));
    TRY(document_read(&refresh->account, &refresh->document));
    refresh->sealed = document_find(refresh->document, refresh->name);
    return HF_OK;
}

/* A home that is not mounted, say: the grant, or what waits beside it, is not given up. */
static int say_blind(const struct refresh *refresh, enum hf_error error)
{
    if (refresh->ring != 0)
        return end_badly(refresh, error_text(error), "hf-token doctor");
    return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s could not be renewed",
                       refresh->name);
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
        error = refresh_lock(&refresh.account, clock_ms() + REFRESH_LOCK_PATIENCE, &lock);
    for (int i = 0; i < 2 && error == HF_OK && (i == 0 || refresh.again); i++) {
        error = look(&refresh);
        if (error == HF_OK)
            code = do_step(&refresh);
    }
    return error == HF_OK ? code : say_blind(&refresh, error);
}
