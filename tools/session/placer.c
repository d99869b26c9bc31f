#include "tools/session/placer.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "keyring/asked.h"
#include "keyring/grant.h"
#include "keyring/origin.h"
#include "keyring/ring.h"
#include "store/document.h"
#include "store/files.h"
#include "tools/session/answered.h"
#include "tools/session/asking.h"
#include "tools/session/opener.h"
#include "tools/session/request.h"

/* One run of the placer. */
struct placing {
    const struct placer_work *work;
    struct opener opener;
    ring_serial ring; /* 0: none yet */
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t name_count;
    char default_name[TOKEN_NAME_MAX + 1];
    struct asked asked; /* what was not got of which source, for hf-token to say */
    struct wire_reply report;
};

static void placing_scope_end(struct placing *placing)
{
    opener_clear(&placing->opener);
}

static void count_up(uint8_t *counter)
{
    if (*counter < UINT8_MAX)
        (*counter)++;
}

static void note_trouble(struct placing *placing, const char *source, enum hf_error error)
{
    answered_note(placing->work->rules, source, error, &placing->report);
}

static enum hf_error ensure_ring(struct placing *placing)
{
    bool linked = false;
    TRY(ring_ensure(&placing->ring, &linked));
    placing->report.linked |= linked;
    return HF_OK;
}

/* Whether an earlier session of the user has unlocked this token already. */
static bool in_ring_already(struct placing *placing, const char *name)
{
    SCOPED(secret) struct secret *token = NULL;
    enum ring_way way;
    if (placing->ring == 0 && ring_find(&placing->ring, &way) != HF_OK)
        return false;
    if (ring_get(placing->ring, name, &token) != HF_OK && !ring_grant_exists(placing->ring, name))
        return false;
    return ensure_ring(placing) == HF_OK;
}

/* Whether another session has refreshed it since the document was read, or could not save it yet.
 */
static bool refreshed_already(struct placing *placing, const struct sealed_token *token)
{
    ring_serial ring = 0;
    enum ring_way way;
    return ring_find(&ring, &way) == HF_OK && ring_grant_is_newer(ring, token->name, token->id) &&
           ensure_ring(placing) == HF_OK;
}

/* Of a source that is not the user's own, the ring says what it had to say. */
static enum hf_error place(struct placing *placing, const struct answered *answered,
                           const char *source, const struct sealed_token *token,
                           const struct secret *bytes, const struct secret *grant)
{
    struct ring_origin origin;
    const bool own = strcmp(source, SOURCE_OWN) == 0;
    answered_origin(placing->work->rules, answered, source, token, &origin);
    opener_tell(&placing->opener, &origin);
    origin.asked = request_is_usual(placing->work->request) ? 1 : 0;
    const struct ring_entry entry = {.name = token->name,
                                     .id = token->id,
                                     .token = bytes,
                                     .grant = grant,
                                     .created = token->created,
                                     .expires = token->expires,
                                     .origin = own ? NULL : &origin};
    /* The time again, since unsealing takes some. */
    return ring_place(placing->ring, &entry, (uint64_t)time(NULL));
}

static enum hf_error unseal_and_place(struct placing *placing, const struct answered *answered,
                                      const char *source, const struct sealed_token *token)
{
    SCOPED(secret) struct secret *bytes = NULL;
    SCOPED(secret) struct secret *grant = NULL;
    /* As holding_is_granted: a document that is not the user's own could not save a new grant. */
    const bool granted = token->has_grant && strcmp(source, SOURCE_OWN) == 0;
    if (token->expires != 0 && token->expires <= (uint64_t)time(NULL) && !granted)
        return HF_EEXPIRED;
    if (granted && refreshed_already(placing, token))
        return HF_OK;
    TRY(opener_open(&placing->opener, token, &bytes, granted ? &grant : NULL));
    TRY(ensure_ring(placing));
    return place(placing, answered, source, token, bytes, grant);
}

/* Of the user's own, `hf-token` finds out by itself what is wrong. */
static void note_unopened(struct placing *placing, const char *source, enum hf_error error)
{
    if (strcmp(source, SOURCE_OWN) != 0 && error != HF_EQUOTA)
        asked_add(&placing->asked, source, ASKED_UNOPENED, error_text(error));
}

static void take_token(struct placing *placing, const struct answered *answered, const char *source,
                       const struct sealed_token *token)
{
    enum hf_error error = unseal_and_place(placing, answered, source, token);
    if ((error == HF_ENOPASSWORD || error == HF_EPASSWORD) && in_ring_already(placing, token->name))
        error = HF_OK;
    switch (error) {
    case HF_OK:
        count_up(&placing->report.placed);
        break;
    case HF_EEXPIRED:
        count_up(&placing->report.expired);
        break;
    case HF_ENOPASSWORD:
    case HF_EPASSWORD:
        count_up(&placing->report.locked);
        break;
    default:
        count_up(&placing->report.refused);
        note_trouble(placing, source, error);
        note_unopened(placing, source, error);
    }
}

/* The first source that has a name wins it, whether its token opens or not. */
static bool name_is_new(struct placing *placing, const char *name)
{
    for (size_t i = 0; i < placing->name_count; i++)
        if (strcmp(placing->names[i], name) == 0)
            return false;
    if (placing->name_count == RING_TOKENS_MAX)
        return false;
    memcpy(placing->names[placing->name_count++], name, strlen(name) + 1);
    return true;
}

/* What a document's source had to say of itself, though there is a document. */
static void note_answered(struct placing *placing, const char *source,
                          const struct answered *answered)
{
    count_up(&placing->report.sources);
    if (answered_is_old(answered, (uint64_t)time(NULL)))
        count_up(&placing->report.cached);
    if (answered->trouble == HF_OK)
        return;
    count_up(&placing->report.troubled);
    note_trouble(placing, source, answered->trouble);
}

static enum hf_error take_document(struct placing *placing, const struct source_answer *answer)
{
    SCOPED(answered) struct answered answered = {0};
    const struct placer_work *work = placing->work;
    TRY(answered_read(work->rules, answer, work->request->user, (uint64_t)time(NULL), &answered));
    note_answered(placing, answer->source, &answered);
    const struct document *document = answered.document;
    for (size_t i = 0; i < document->token_count; i++)
        if (name_is_new(placing, document->tokens[i].name))
            take_token(placing, &answered, answer->source, &document->tokens[i]);
    if (placing->default_name[0] == '\0')
        memcpy(placing->default_name, document->default_name, sizeof placing->default_name);
    return HF_OK;
}

/* The default's name, so that `hf-token run` says "locked" of it rather than "there is none". */
static void set_default(struct placing *placing)
{
    if (placing->ring == 0 || placing->default_name[0] == '\0')
        return;
    enum hf_error error = ring_set_default(placing->ring, placing->default_name);
    if (error != HF_OK)
        note_trouble(placing, "", error);
}

static void take_answers(struct placing *placing, const struct source_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++) {
        const struct source_answer *answer = &answers->answers[i];
        enum hf_error error = take_document(placing, answer);
        if (error == HF_OK || error == HF_ENOTFOUND)
            continue;
        count_up(&placing->report.troubled);
        note_trouble(placing, answer->source, error);
        if (source_asks_engine(answer->source))
            asked_add(&placing->asked, answer->source, ASKED_SILENT,
                      answered_words(placing->work->rules, error));
    }
}

void placer_open(const struct placer_work *work)
{
    SCOPED(placing)
    struct placing placing = {
        .work = work, .opener = {.request = work->request, .socket = work->socket}
    };
    SCOPED(secret) struct secret *token = NULL;
    placing.asked.when = (uint64_t)time(NULL);
    take_answers(&placing, work->answers);
    set_default(&placing);
    /* What the user has locked is there again. */
    if (placing.report.placed > 0 && placing.ring != 0)
        (void)!ring_unlock(placing.ring);
    /* A full key quota is told of tokens; of this it is no loss. */
    (void)!asked_keep(&placing.asked);
    placing.report.stale = placing.opener.identity_error == HF_EPASSWORD;
    placing.report.ring = (uint32_t)placing.ring;
    if ((work->request->flags & WIRE_WANT_TOKEN) != 0 && placing.ring != 0 &&
        ring_get(placing.ring, placing.default_name, &token) != HF_OK)
        token = NULL;
    /* When the other half is gone, so is whoever would read the report. */
    (void)!asking_report(work->socket, &placing.report, token);
}

static enum hf_error rewrap(const struct wire_request *request, int socket)
{
    SCOPED(fd) int lock = -1;
    struct account account;
    struct ask unwrap = {.kind = ASK_IDENTITY}, wrap = {.kind = ASK_WRAP};
    struct identity wrapped;
    request_account(request, &account);
    enum hf_error found = identity_read(&account, &unwrap.identity);
    if (found != HF_OK)
        return found == HF_ENOTFOUND ? HF_ENOIDENTITY : found;
    TRY(store_lock(&account, clock_ms() + request->deadline_ms, &lock));
    TRY(identity_read(&account, &unwrap.identity));
    TRY(asking(socket, &unwrap, NULL, NULL));
    TRY(asking(socket, &wrap, NULL, &wrapped));
    return identity_write(&account, &wrapped);
}

void placer_rewrap(const struct placer_work *work)
{
    struct wire_reply report = {0};
    report.error = rewrap(work->request, work->socket);
    report.system = report.error == HF_EIO ? (uint32_t)errno : 0;
    (void)!asking_report(work->socket, &report, NULL);
}
