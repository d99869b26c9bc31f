#include "tools/source/asking.h"

#include <time.h>

#include "store/seal.h"

/* Of the time that is given, what is kept for process, disk and pipe: a part, in milliseconds. */
#define MARGIN_PART 8
#define MARGIN_MIN  50
#define MARGIN_MAX  400

static deadline_ms margin_of(deadline_ms given)
{
    const deadline_ms margin = given / MARGIN_PART;
    if (margin < MARGIN_MIN)
        return MARGIN_MIN;
    return margin > MARGIN_MAX ? MARGIN_MAX : margin;
}

static void set_times(struct asking *asking, deadline_ms given)
{
    const deadline_ms start = clock_ms(), margin = margin_of(given);
    const deadline_ms network = given - margin;
    asking->network = start + (network > ENGINE_PATIENCE ? ENGINE_PATIENCE : network);
    asking->until = start + given - margin / 2;
}

/* No file of signers, an empty one, or one that others could have changed: nobody is trusted. */
static enum hf_error read_signers(struct signers *out_signers)
{
    unsigned line;
    const enum hf_error error = signers_read(out_signers, &line);
    if (error == HF_ECONFIG || error == HF_ENOMEM)
        return error;
    return error == HF_OK && out_signers->count > 0 ? HF_OK : HF_EUNSIGNED;
}

enum hf_error asking_start(enum engine_kind kind, deadline_ms given, struct asking *asking)
{
    unsigned line;
    asking->kind = kind;
    set_times(asking, given);
    TRY(store_start());
    const enum hf_error error = settings_read(&asking->settings, &line);
    if (error != HF_OK)
        return error == HF_ENOMEM ? error : HF_ECONFIG;
    if (asking->settings.engines[kind].address_count == 0)
        return HF_ECONFIG;
    TRY(read_signers(&asking->signers));
    const time_t now = time(NULL);
    asking->cache = (struct cache){.source = engine_kind_name(kind),
                                   .signers = &asking->signers,
                                   .now = now > 0 ? (uint64_t)now : 0};
    return HF_OK;
}

enum hf_error asking_engine(struct asking *asking, struct engine **out_engine)
{
    struct cache_path session;
    if (asking->engine == NULL) {
        /* Where nothing can be kept, etcd is asked for a token each time. */
        const bool kept = cache_file(&asking->cache, "session", &session) == HF_OK;
        TRY(engine_start());
        TRY(engine_new(&asking->settings.engines[asking->kind], kept ? session.text : NULL,
                       &asking->engine));
    }
    *out_engine = asking->engine;
    return HF_OK;
}

void asking_end(struct asking *asking)
{
    engine_free(asking->engine);
    asking->engine = NULL;
}
