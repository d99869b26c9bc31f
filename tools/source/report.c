#include "tools/source/report.h"

#include <inttypes.h>
#include <string.h>

/* Seconds for which the same is not told again; nor anything to an engine that would not hear of
   it, as one behind a server that lets through only what hosts need; and to one that could not. */
#define REPORT_EACH  3600
#define REPORT_AGAIN 600

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

/* Of the last report `head` is what was told, 0: it failed; and `confirmed` until when it is
 * enough. */
static bool is_enough(const struct asking *asking, const struct report *report,
                      struct engine_version *out_version)
{
    SCOPED(text) char *file = NULL;
    struct record last;
    const uint64_t now = asking->cache.now;
    if (cache_read_plain(&report->kept, &file, &last) != HF_OK)
        return false;
    *out_version = last.version;
    return (last.head == report->generation || last.head == 0) && last.confirmed > now &&
           last.confirmed - now <= REPORT_EACH;
}

static enum hf_error keep(const struct asking *asking, const struct report *report,
                          enum hf_error told, const struct engine_version *version)
{
    const bool late = told != HF_OK && told != HF_EREFUSED && told != HF_EPROTOCOL;
    const struct record record = {.confirmed =
                                      asking->cache.now + (late ? REPORT_AGAIN : REPORT_EACH),
                                  .head = told == HF_OK ? report->generation : 0,
                                  .version = *version,
                                  .bytes = report->text,
                                  .length = strlen(report->text)};
    return cache_write_plain(&report->kept, &record);
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
    if (is_enough(asking, &report, &version))
        return HF_OK;
    TRY(asking_engine(asking, &engine));
    enum hf_error error = put(engine, &report, asking->network, &version);
    if (error == HF_ECHANGED)
        error = put_over(engine, &report, asking->network, &version);
    const enum hf_error kept = keep(asking, &report, error, &version);
    return error == HF_OK ? kept : error;
}
