#include "tools/source/outage.h"

#include <unistd.h>

#include "engine/engine.h"

/* Milliseconds before the asker's end at which the engine has ended by its own limits. */
#define OWN_END 50

static enum hf_error find(const struct cache *cache, struct cache_path *out_path)
{
    return cache_file(cache, "outage.record", out_path);
}

bool outage_lasts(const struct cache *cache)
{
    SCOPED(text) char *file = NULL;
    struct cache_path path;
    struct record record;
    return find(cache, &path) == HF_OK && cache_read_plain(&path, &file, &record) == HF_OK &&
           record.confirmed <= cache->now && cache->now - record.confirmed < OUTAGE_LASTS;
}

/* Whether the engine had all the time that one of its addresses is given. */
static bool had_time(const struct outage_ask *ask)
{
    return ask->end - ask->start >= ENGINE_ENDPOINT || ask->end + OWN_END < ask->until;
}

void outage_note(const struct cache *cache, const struct outage_ask *ask, enum hf_error error)
{
    const struct record record = {.confirmed = cache->now, .bytes = "\n", .length = 1};
    struct cache_path path;
    if (error == HF_EDEADLINE && !had_time(ask))
        return;
    if (find(cache, &path) != HF_OK)
        return;
    /* Where it cannot be kept, the next one waits as well. */
    if (error != HF_EDEADLINE || cache_write_plain(&path, &record) != HF_OK)
        (void)unlink(path.text);
}
