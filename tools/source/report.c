#include "tools/source/report.h"

#include <inttypes.h>
#include <string.h>

/* Seconds for which the same is not reported again. */
#define REPORT_EACH 3600

/* Two numbers of 20 digits. */
#define REPORT_MAX 48

struct report {
    struct cache_path kept; /* the record of the last one */
    struct object_path path;
    char text[REPORT_MAX];
    uint64_t generation;
};

static enum hf_error prepare(const struct asking *asking, const char *hex, uint64_t generation,
                             struct report *report)
{
    uint8_t host[KEY_BYTES];
    report->generation = generation;
    TRY(object_host_parse(hex, host));
    TRY(object_path_host(OBJECT_SEEN, host, &report->path));
    TRY(cache_file(&asking->cache, "report.record", &report->kept));
    return text_format(report->text, sizeof report->text, "%" PRIu64 " %" PRIu64 "\n", generation,
                       asking->cache.now);
}

/* The version is of use for as long as nobody else writes there. */
static bool is_told(const struct asking *asking, const struct report *report,
                    struct engine_version *out_version)
{
    SCOPED(text) char *file = NULL;
    struct record last;
    if (cache_read_plain(&report->kept, &file, &last) != HF_OK)
        return false;
    *out_version = last.version;
    return last.head == report->generation && last.confirmed <= asking->cache.now &&
           asking->cache.now - last.confirmed < REPORT_EACH;
}

static enum hf_error put(struct engine *engine, const struct report *report, deadline_ms until,
                         struct engine_version *version)
{
    struct engine_task task = {.path = report->path.text,
                               .bytes = report->text,
                               .length = strlen(report->text),
                               .expected = *version};
    engine_put_all(engine, &task, 1, until);
    const enum hf_error error = task.error;
    if (error == HF_OK)
        *version = task.object.version;
    engine_object_clear(&task.object);
    return error;
}

/* The first time, or when the cache was emptied: what is there is only learnt by asking. */
static enum hf_error put_over(struct engine *engine, const struct report *report, deadline_ms until,
                              struct engine_version *version)
{
    SCOPED(engine_object) struct engine_object there = {0};
    const enum hf_error error = engine_get(engine, report->path.text, NULL, until, &there);
    if (error != HF_OK && error != HF_ENOTFOUND)
        return error;
    *version = error == HF_OK ? there.version : (struct engine_version){""};
    return put(engine, report, until, version);
}

enum hf_error report_send(struct asking *asking, const char *hex)
{
    SCOPED(kept) struct kept head = {0};
    struct object object;
    struct report report;
    struct engine_version version = {""};
    struct engine *engine;
    if (asking->kind == ENGINE_HTTPS)
        return HF_EUNAVAIL;
    TRY(object_head(&object));
    cache_read(&asking->cache, &object, &head);
    if (head.highest.generation == 0)
        return HF_OK;
    TRY(prepare(asking, hex, head.highest.generation, &report));
    if (is_told(asking, &report, &version))
        return HF_OK;
    TRY(asking_engine(asking, &engine));
    enum hf_error error = put(engine, &report, asking->network, &version);
    if (error == HF_ECHANGED)
        error = put_over(engine, &report, asking->network, &version);
    TRY(error);
    const struct record record = {.confirmed = asking->cache.now,
                                  .head = report.generation,
                                  .version = version,
                                  .bytes = report.text,
                                  .length = strlen(report.text)};
    /* Where it cannot be kept, it is told again the next time. */
    return cache_write_plain(&report.kept, &record);
}
