#include <string.h>
#include <time.h>

#include "keyring/demand.h"
#include "store/dates.h"
#include "tools/session/answered.h"
#include "tools/session/asking.h"
#include "tools/session/opener.h"
#include "tools/session/placer.h"

/* One source's answer, and what may be made of it. */
struct word {
    struct answered answered; /* no document: there is none */
    bool fresh;               /* what it has not is not there */
};

struct refreshing {
    const struct placer_work *work;
    struct opener opener;
    ring_serial ring;
    uint64_t now;
    struct word words[SWITCH_SOURCES_MAX]; /* as work->answers */
    struct wire_reply report;
};

static void refreshing_scope_end(struct refreshing *refreshing)
{
    opener_clear(&refreshing->opener);
    for (size_t i = 0; i < SWITCH_SOURCES_MAX; i++)
        answered_clear(&refreshing->words[i].answered);
}

static void count_up(uint8_t *counter)
{
    if (*counter < UINT8_MAX)
        (*counter)++;
}

static void note(struct refreshing *refreshing, const char *source, enum hf_error error,
                 uint8_t *counter)
{
    count_up(counter);
    answered_note(refreshing->work->rules, source, error, &refreshing->report);
}

/* The machine's own folder has a document or has none. An engine that finds none may have lost it:
   a revocation is a document without the token. So it is with a site's own source, which has no
   other word for either. */
static void read_word(struct refreshing *refreshing, size_t at)
{
    const struct placer_work *work = refreshing->work;
    const struct source_answer *answer = &work->answers->answers[at];
    struct word *word = &refreshing->words[at];
    enum hf_error error =
        answered_read(work->rules, answer, work->request->user, refreshing->now, &word->answered);
    if (error == HF_ENOTFOUND) {
        word->answered.confirmed = refreshing->now;
        word->fresh = strcmp(answer->source, SOURCE_HOST) == 0;
        return;
    }
    if (error == HF_OK) {
        word->fresh = !answered_is_old(&word->answered, refreshing->now);
        count_up(word->fresh ? &refreshing->report.sources : &refreshing->report.cached);
        error = word->answered.trouble;
    }
    if (error != HF_OK)
        note(refreshing, answer->source, error, &refreshing->report.troubled);
}

/* What that source says now; NULL: nothing that counts. */
static const struct word *word_of(const struct refreshing *refreshing, const char *source)
{
    const struct source_answers *answers = refreshing->work->answers;
    for (size_t i = 0; i < answers->count; i++)
        if (strcmp(answers->answers[i].source, source) == 0)
            return refreshing->words[i].fresh ? &refreshing->words[i] : NULL;
    return NULL;
}

/* Its end, for the reason that the state gives; the date of the first time stays. */
static void take_away(struct refreshing *refreshing, const char *name,
                      const struct ring_origin *was, enum ring_origin_state state,
                      const struct answered *answered)
{
    struct ring_origin origin = *was;
    if (was->state == (uint32_t)state)
        return;
    origin.state = state;
    origin.confirmed = answered != NULL ? answered->confirmed : refreshing->now;
    if (answered != NULL && answered->document != NULL)
        origin.generation = answered->document->generation;
    enum hf_error error = ring_origin_end_token(refreshing->ring, name, &origin);
    if (error == HF_OK && was->state == ORIGIN_PLACED)
        count_up(&refreshing->report.removed);
    else if (error != HF_OK && error != HF_ENOTFOUND)
        note(refreshing, was->source, error, &refreshing->report.troubled);
}

static enum hf_error exchange(struct refreshing *refreshing, const struct sealed_token *token,
                              struct ring_origin *origin)
{
    SCOPED(secret) struct secret *bytes = NULL;
    const uint64_t end = ring_origin_end(origin);
    if (end != 0 && end <= refreshing->now)
        return HF_EEXPIRED;
    TRY(opener_open(&refreshing->opener, token, &bytes, NULL));
    opener_tell(&refreshing->opener, origin);
    return ring_origin_exchange(refreshing->ring, token->name, bytes, origin, (uint64_t)time(NULL));
}

static bool is_same(const struct ring_origin *one, const struct ring_origin *other)
{
    return memcmp(one->id, other->id, sizeof one->id) == 0;
}

/* The token that is in the ring is not the source's any more, and the one that took its place is of
   no use here: over, or sealed to other machines. The next refresh tries again. */
static void lose(struct refreshing *refreshing, const char *name, const struct ring_origin *was,
                 struct ring_origin *origin, enum hf_error why)
{
    origin->state = why == HF_EEXPIRED  ? ORIGIN_PLACED
                    : why == HF_ENOSLOT ? ORIGIN_WITHDRAWN
                                        : ORIGIN_REVOKED;
    const bool known = why != HF_EEXPIRED && was->state == origin->state && is_same(was, origin);
    if (known)
        origin->confirmed = was->confirmed;
    enum hf_error error = ring_origin_end_token(refreshing->ring, name, origin);
    if (error == HF_OK && was->state == ORIGIN_PLACED)
        count_up(&refreshing->report.removed);
    if (why != HF_EEXPIRED && !known)
        note(refreshing, was->source, why, &refreshing->report.refused);
}

/* Whether that is the token's own fault, rather than this machine's of the moment. */
static bool is_lost(enum hf_error error)
{
    return error == HF_EEXPIRED || error == HF_ENOSLOT || error == HF_EALTERED ||
           error == HF_EPOOL || error == HF_ENOPASSWORD;
}

/* Whether the source means this machine no more: the key that has opened the token is this
   machine's own still, so that the document was made without it; or was a pool's, which root has no
   more. A pool's key that root has still is an old one, whose successor is on its way; and what
   another key of this machine's had opened tells nothing. */
static bool is_withdrawn(const struct refreshing *refreshing, const struct ring_origin *was)
{
    const enum hf_error error = opener_has_key(&refreshing->opener, was);
    return (was->key == ORIGIN_KEY_HOST && error == HF_OK) ||
           (was->key == ORIGIN_KEY_POOL && error == HF_ENOSLOT);
}

/* Whether somebody has said so since: the same document, or one out of the cache, beside keys that
   are newer is only half of what was published. */
static bool is_newer(const struct word *word, const struct ring_origin *was)
{
    if (!word->answered.from_engine)
        return true;
    return word->answered.trouble == HF_OK && word->answered.document->generation > was->generation;
}

/* What the ring has had is what the source has, sealed anew perhaps. */
static void keep_same(struct refreshing *refreshing, const struct sealed_token *token,
                      const struct ring_origin *was, struct ring_origin *origin,
                      const struct word *word)
{
    enum hf_error error = opener_finds_key(&refreshing->opener, token);
    if (error == HF_ENOSLOT && is_newer(word, was) && is_withdrawn(refreshing, was)) {
        take_away(refreshing, token->name, was, ORIGIN_WITHDRAWN, &word->answered);
        return;
    }
    if (error == HF_OK) {
        opener_tell(&refreshing->opener, origin);
        error = ring_origin_extend(refreshing->ring, token->name, origin, refreshing->now);
    }
    if (error == HF_EEXPIRED) {
        error = exchange(refreshing, token, origin);
        if (error == HF_OK)
            count_up(&refreshing->report.returned);
    }
    if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        note(refreshing, was->source, error, &refreshing->report.refused);
}

/* Another one, or one that was taken away. */
static void keep_other(struct refreshing *refreshing, const struct sealed_token *token,
                       const struct ring_origin *was, struct ring_origin *origin)
{
    struct wire_reply *report = &refreshing->report;
    ring_serial key = 0;
    const bool was_there = ring_token_key(refreshing->ring, token->name, &key) == HF_OK;
    const enum hf_error error = exchange(refreshing, token, origin);
    if (error == HF_OK)
        count_up(was_there ? &report->placed : &report->returned);
    else if (is_lost(error))
        lose(refreshing, token->name, was, origin, error);
    else if (error != HF_ENOTFOUND)
        note(refreshing, was->source, error, &report->refused);
}

static void keep(struct refreshing *refreshing, const struct sealed_token *token,
                 const struct ring_origin *was, const struct word *word)
{
    struct ring_origin origin;
    answered_origin(refreshing->work->rules, &word->answered, was->source, token, &origin);
    /* Of version 1: it is not known, and here it is asked. */
    origin.asked = was->key == ORIGIN_KEY_UNKNOWN ? 1 : was->asked;
    if (was->state == ORIGIN_PLACED && is_same(was, &origin))
        keep_same(refreshing, token, was, &origin, word);
    else
        keep_other(refreshing, token, was, &origin);
}

/* Root has said which sources this machine has. What a service's own configuration has brought in
   is not in that. */
static bool is_named(const struct refreshing *refreshing, const struct ring_origin *origin)
{
    const struct token_switch *named = refreshing->work->named;
    for (size_t i = 0; i < named->entry_count; i++)
        if (strcmp(named->entries[i].source, origin->source) == 0)
            return true;
    return origin->asked == 0;
}

static void refresh_name(struct refreshing *refreshing, const char *name)
{
    struct ring_origin was;
    if (ring_origin_get(refreshing->ring, name, &was) != HF_OK)
        return;
    /* That of no document: the user's own work, which shall not keep the token beyond its end. */
    if (was.generation / 1000 > refreshing->now + DATES_AHEAD)
        was.generation = 0;
    if (!is_named(refreshing, &was)) {
        if (was.state == ORIGIN_PLACED)
            take_away(refreshing, name, &was, ORIGIN_UNNAMED, NULL);
        return;
    }
    const struct word *word = word_of(refreshing, was.source);
    if (word == NULL)
        return;
    struct document *document = word->answered.document;
    /* Another session has had a newer one since this was asked. */
    if (word->answered.from_engine && document->generation < was.generation)
        return;
    const struct sealed_token *token = document != NULL ? document_find(document, name) : NULL;
    if (token == NULL)
        take_away(refreshing, name, &was, ORIGIN_REVOKED, &word->answered);
    else
        keep(refreshing, token, &was, word);
}

static enum hf_error refresh(struct refreshing *refreshing)
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    enum ring_way way;
    size_t count = 0;
    enum hf_error error = ring_find(&refreshing->ring, &way);
    /* No session is left: nothing is placed for nobody. */
    if (error == HF_ENOTFOUND)
        return HF_OK;
    TRY(error);
    TRY(ring_origin_names(refreshing->ring, names, &count));
    for (size_t i = 0; count > 0 && i < refreshing->work->answers->count; i++)
        read_word(refreshing, i);
    for (size_t i = 0; i < count; i++)
        refresh_name(refreshing, names[i]);
    /* What was asked for without a session may be the same token; it is soon asked for again. */
    if (refreshing->report.removed > 0 || refreshing->report.placed > 0 ||
        refreshing->report.returned > 0)
        (void)!demand_clear(&count);
    return HF_OK;
}

void placer_refresh(const struct placer_work *work)
{
    SCOPED(refreshing)
    struct refreshing refreshing = {
        .work = work,
        .opener = {.request = work->request, .socket = work->socket},
        .now = (uint64_t)time(NULL)
    };
    refreshing.report.error = refresh(&refreshing);
    refreshing.report.ring = (uint32_t)refreshing.ring;
    (void)!asking_report(work->socket, &refreshing.report, NULL);
}
