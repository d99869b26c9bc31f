#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "tools/session/answered.h"
#include "tools/session/asking.h"
#include "tools/session/opener.h"
#include "tools/session/placer.h"

struct fetching {
    const struct placer_work *work;
    struct answered answered[SWITCH_SOURCES_MAX]; /* as work->answers */
    struct wire_reply report;
};

static void fetching_scope_end(struct fetching *fetching)
{
    for (size_t i = 0; i < SWITCH_SOURCES_MAX; i++)
        answered_clear(&fetching->answered[i]);
}

static uint64_t now(void)
{
    return (uint64_t)time(NULL);
}

static void read_answers(struct fetching *fetching)
{
    const struct placer_work *work = fetching->work;
    for (size_t i = 0; i < work->answers->count; i++) {
        const struct source_answer *answer = &work->answers->answers[i];
        struct answered *answered = &fetching->answered[i];
        enum hf_error error =
            answered_read(work->rules, answer, work->request->user, now(), answered);
        if (error == HF_OK) {
            fetching->report.sources++;
            if (answered_is_old(answered, now()))
                fetching->report.cached++;
            error = answered->trouble;
        }
        if (error == HF_OK || error == HF_ENOTFOUND)
            continue;
        fetching->report.troubled++;
        answered_note(work->rules, answer->source, error, &fetching->report);
    }
}

/* The name that is asked for, or the first document's default; empty where there is none. */
static const char *choose_name(const struct fetching *fetching)
{
    const char *name = fetching->work->request->name;
    for (size_t i = 0; name[0] == '\0' && i < fetching->work->answers->count; i++)
        if (fetching->answered[i].document != NULL)
            name = fetching->answered[i].document->default_name;
    return name;
}

/* The first source that has the name wins it, as in a session. */
static const struct sealed_token *find(const struct fetching *fetching, const char *name,
                                       size_t *out_at)
{
    for (size_t i = 0; i < fetching->work->answers->count; i++) {
        struct document *document = fetching->answered[i].document;
        const struct sealed_token *token = document != NULL ? document_find(document, name) : NULL;
        if (token == NULL)
            continue;
        *out_at = i;
        return token;
    }
    return NULL;
}

static enum hf_error fetch(struct fetching *fetching, struct secret **out_token)
{
    const struct placer_work *work = fetching->work;
    SCOPED(opener) struct opener opener = {.request = work->request, .socket = work->socket};
    SCOPED(secret) struct secret *opened = NULL;
    struct ring_origin origin;
    unsigned left = 0;
    size_t at = 0;
    const struct sealed_token *token = find(fetching, choose_name(fetching), &at);
    if (token == NULL)
        return HF_ENOTFOUND;
    answered_origin(work->rules, &fetching->answered[at], work->answers->answers[at].source, token,
                    &origin);
    TRY(opener_open(&opener, token, &opened, NULL));
    /* What is over by now: the machine's key may be slow. */
    TRY(ring_origin_left(&origin, now(), &left));
    fetching->report.lifetime = left;
    *out_token = TAKE(opened);
    return HF_OK;
}

void placer_fetch(const struct placer_work *work)
{
    SCOPED(fetching) struct fetching fetching = {.work = work};
    SCOPED(secret) struct secret *token = NULL;
    read_answers(&fetching);
    enum hf_error error = fetch(&fetching, &token);
    /* A source that did not answer may be the one that has it. */
    if (error == HF_ENOTFOUND && fetching.report.trouble != HF_OK)
        error = (enum hf_error)fetching.report.trouble;
    fetching.report.error = error;
    if (error == HF_EIO || error == HF_EKERNEL)
        fetching.report.system = (uint32_t)errno;
    (void)!asking_report(work->socket, &fetching.report, token);
}
