#include "tools/source/asking.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/character.h"
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

void asking_say(struct asking *asking, const char *what, ...)
{
    va_list arguments;
    va_start(arguments, what);
    (void)vsnprintf(asking->reason, sizeof asking->reason, what, arguments);
    va_end(arguments);
    character_trim(asking->reason);
}

/* Of a file of the site that could not be used. */
static void say_file(struct asking *asking, const char *file, enum hf_error error)
{
    if (error == HF_ENOTFOUND)
        asking_say(asking, "%s: there is no such file", file);
    else if (error == HF_EIO)
        asking_say(asking, "%s: it could not be read by the account " HF_ACCOUNT ": %s", file,
                   strerror(errno));
    else
        asking_say(asking, "%s: %s", file, error_text_open(error));
}

/* No file of signers, an empty one, or one that others could have changed: nobody is trusted. */
static enum hf_error read_signers(struct asking *asking)
{
    unsigned line;
    const enum hf_error error = signers_read(&asking->signers, &line);
    if (error == HF_OK && asking->signers.count > 0)
        return HF_OK;
    if (error == HF_OK || error == HF_EEMPTY)
        asking_say(asking, HF_SIGNERS_FILE ": it has no signer, so that nobody is trusted");
    else if (line != 0)
        asking_say(asking, HF_SIGNERS_FILE ": line %u is malformed", line);
    else
        say_file(asking, HF_SIGNERS_FILE, error);
    return error == HF_ECONFIG || error == HF_ENOMEM ? error : HF_EUNSIGNED;
}

static enum hf_error read_settings(struct asking *asking, enum engine_kind kind)
{
    struct settings_mistake mistake;
    const enum hf_error error = settings_read(&asking->settings, &mistake);
    if (error != HF_OK && mistake.line != 0)
        asking_say(asking, HF_FLEET_FILE ": line %u: %s", mistake.line, mistake.why);
    else if (error != HF_OK)
        say_file(asking, HF_FLEET_FILE, error);
    if (error != HF_OK)
        return error == HF_ENOMEM ? error : HF_ECONFIG;
    if (asking->settings.engines[kind].address_count > 0)
        return HF_OK;
    asking_say(asking, HF_FLEET_FILE ": %s [%s]",
               access(HF_FLEET_FILE, F_OK) == 0 ? "there is no section"
                                                : "there is no such file for",
               engine_kind_name(kind));
    return HF_ECONFIG;
}

enum hf_error asking_start(enum engine_kind kind, deadline_ms given, struct asking *asking)
{
    asking->kind = kind;
    set_times(asking, given);
    TRY(store_start());
    TRY(read_settings(asking, kind));
    TRY(read_signers(asking));
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
