#include <string.h>
#include <time.h>

#include "keyring/demand.h"
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

static void take_away(struct refreshing *refreshing, const char *name,
                      const struct ring_origin *was, const struct word *word)
{
    struct ring_origin origin = *was;
    const struct document *document = word->answered.document;
    /* The date of the first time stays. */
    if (was->state == ORIGIN_REVOKED)
        return;
    origin.state = ORIGIN_REVOKED;
    origin.confirmed = word->answered.confirmed;
    origin.generation = document != NULL ? document->generation : was->generation;
    enum hf_error error = ring_origin_revoke(refreshing->ring, name, &origin);
    if (error == HF_OK)
        count_up(&refreshing->report.removed);
    else if (error != HF_ENOTFOUND)
        note(refreshing, was->source, error, &refreshing->report.troubled);
}

static enum hf_error exchange(struct refreshing *refreshing, const struct sealed_token *token,
                              const struct ring_origin *origin)
{
    SCOPED(secret) struct secret *bytes = NULL;
    const uint64_t end = ring_origin_end(origin);
    if (end != 0 && end <= refreshing->now)
        return HF_EEXPIRED;
    TRY(opener_open(&refreshing->opener, token, &bytes, NULL));
    return ring_origin_exchange(refreshing->ring, token->name, bytes, origin, (uint64_t)time(NULL));
}

/* The token that is in the ring is not the source's any more, and the one that took its place is of
   no use here: over, or sealed to other machines. The next refresh tries again. */
static void lose(struct refreshing *refreshing, const char *name, const struct ring_origin *was,
                 struct ring_origin *origin, enum hf_error why)
{
    const bool known =
        was->state == ORIGIN_REVOKED && memcmp(was->id, origin->id, sizeof was->id) == 0;
    if (known)
        origin->confirmed = was->confirmed;
    origin->state = why == HF_EEXPIRED ? ORIGIN_PLACED : ORIGIN_REVOKED;
    enum hf_error error = ring_origin_revoke(refreshing->ring, name, origin);
    if (error == HF_OK && was->state == ORIGIN_PLACED)
        count_up(&refreshing->report.removed);
    if (why != HF_EEXPIRED && !known)
        note(refreshing, was->source, why, &refreshing->report.refused);
}

/* Whether that is the token's own fault, rather than this machine's of the moment. */
static bool is_lost(enum hf_error error)
{
    return error == HF_EEXPIRED || error == HF_ENOSLOT || error == HF_EALTERED ||
           error == HF_ENOPASSWORD;
}

static void keep(struct refreshing *refreshing, const struct sealed_token *token,
                 const struct ring_origin *was, const struct word *word)
{
    struct ring_origin origin;
    const bool same =
        was->state == ORIGIN_PLACED && memcmp(was->id, token->id, sizeof was->id) == 0;
    answered_origin(refreshing->work->rules, &word->answered, was->source, token, &origin);
    enum hf_error error =
        same ? ring_origin_extend(refreshing->ring, token->name, &origin, refreshing->now)
             : HF_EEXPIRED;
    if (error == HF_EEXPIRED) {
        error = exchange(refreshing, token, &origin);
        if (error == HF_OK)
            count_up(&refreshing->report.placed);
    }
    if (!same && is_lost(error))
        lose(refreshing, token->name, was, &origin, error);
    else if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        note(refreshing, was->source, error, &refreshing->report.refused);
}

static void refresh_name(struct refreshing *refreshing, const char *name)
{
    struct ring_origin was;
    if (ring_origin_get(refreshing->ring, name, &was) != HF_OK)
        return;
    const struct word *word = word_of(refreshing, was.source);
    if (word == NULL)
        return;
    struct document *document = word->answered.document;
    /* Another session has had a newer one since this was asked. */
    if (word->answered.from_engine && document->generation < was.generation)
        return;
    const struct sealed_token *token = document != NULL ? document_find(document, name) : NULL;
    if (token == NULL)
        take_away(refreshing, name, &was, word);
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
    if (refreshing->report.removed > 0 || refreshing->report.placed > 0)
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
