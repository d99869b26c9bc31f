/* Any HTTPS server: RFC 9110's conditional requests, where it knows them. */
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "common/io.h"
#include "common/secret.h"
#include "engine/job.h"
#include "engine/weak.h"

/* A version that begins with this was made in the second that it was got in: an ETag of time and
   size, as nginx has it, may stay the same when the object changes once more. So it is not used to
   ask whether the object has changed. */
#define YOUNG '?'
/* And with this: the server gave no ETag. */
#define OWN '~'

enum { STEP_FIRST, STEP_PUT, STEP_LOOK };

static enum hf_error copy_bytes(const struct job *job, struct engine_object *out_object)
{
    char *bytes = malloc(job->transfer.length + 1);
    if (bytes == NULL)
        return HF_ENOMEM;
    if (job->transfer.length > 0)
        memcpy(bytes, job->transfer.bytes, job->transfer.length);
    bytes[job->transfer.length] = '\0';
    out_object->bytes = bytes;
    out_object->length = job->transfer.length;
    return HF_OK;
}

/* Seconds since the epoch, or -1. */
static time_t header_time(const struct transfer *transfer, const char *name)
{
    char text[64];
    return transfer_header(transfer, name, text, sizeof text) ? curl_getdate(text, NULL) : -1;
}

/* By the server's own clock. */
static bool is_young(const struct transfer *transfer)
{
    const time_t date = header_time(transfer, "Date");
    const time_t modified = header_time(transfer, "Last-Modified");
    return date != -1 && modified != -1 && date - modified < 2;
}

static struct engine_version read_version(const struct transfer *transfer)
{
    struct engine_version version = {0}, own;
    char tag[ENGINE_VERSION_MAX];
    if (transfer_header(transfer, "ETag", tag, sizeof tag)) {
        (void)!text_format(version.text, sizeof version.text, "%s%s", is_young(transfer) ? "?" : "",
                           tag);
        return version;
    }
    own = engine_version_of(transfer->bytes, transfer->length);
    (void)!text_format(version.text, sizeof version.text, "%c%.*s", OWN, ENGINE_VERSION_MAX - 1,
                       own.text);
    return version;
}

/* The ETag in a version; NULL: it has none. */
static const char *tag_of(const struct engine_version *version)
{
    if (version->text[0] == OWN || version->text[0] == '\0')
        return NULL;
    return version->text[0] == YOUNG ? version->text + 1 : version->text;
}

static bool same_version(const struct engine_version *one, const struct engine_version *other)
{
    const char *one_tag = tag_of(one), *other_tag = tag_of(other);
    if (one_tag == NULL || other_tag == NULL)
        return strcmp(one->text, other->text) == 0;
    return weak_same(one_tag, other_tag);
}

/* In an object's path there are percent signs that belong to the name. */
static enum hf_error write_url(struct job *job)
{
    TRY(text_format(job->url, sizeof job->url, "%s/", job_address(job)));
    size_t used = strlen(job->url);
    for (const char *at = job->task->path; *at != '\0'; at++) {
        TRY(text_format(job->url + used, sizeof job->url - used, *at == '%' ? "%%25" : "%c", *at));
        used += *at == '%' ? 3 : 1;
    }
    return HF_OK;
}

static enum hf_error fill(struct job *job, struct transfer_plan *plan)
{
    TRY(write_url(job));
    if (job->engine->place->user[0] != '\0') {
        TRY(engine_password(job->engine));
        plan->password = job->engine->password;
    }
    plan->maximum = ENGINE_OBJECT_MAX;
    return HF_OK;
}

/* A header with a version, which the job owns. */
static enum hf_error write_line(struct job *job, const char *name, const char *tag,
                                struct transfer_plan *plan)
{
    const size_t size = ENGINE_VERSION_MAX + 32;
    job->sent = malloc(size);
    if (job->sent == NULL)
        return HF_ENOMEM;
    plan->lines[0] = job->sent;
    return text_format(job->sent, size, "%s: %s", name, tag);
}

static enum hf_error ask_get(struct job *job, struct transfer_plan *plan)
{
    const struct engine_version *known = &job->task->expected;
    TRY(fill(job, plan));
    if (job->plan->conditional && known->text[0] != YOUNG && tag_of(known) != NULL)
        return write_line(job, "If-None-Match", tag_of(known), plan);
    return HF_OK;
}

/* What a status says that is no success. */
static enum job_next refuse(struct job *job, bool put)
{
    const long status = job->transfer.status;
    char why[160];
    enum hf_error error = HF_EUNAVAIL;
    const char *hint = "";
    if (status == 400) {
        error = HF_EREFUSED;
        hint = ": nginx says so of a client certificate that is missing, expired or unknown";
    } else if (status == 401 || status == 403) {
        error = HF_EREFUSED;
    } else if (status == 405 || status == 501) {
        error = HF_EREFUSED;
        hint = put ? ": it takes no PUT" : "";
    } else if (status == 409 || (status == 404 && put)) {
        hint = ": the folder is not there, and it makes none";
    } else if (status == 413) {
        error = HF_ETOOBIG;
    } else if (status >= 300 && status < 400) {
        error = HF_EPROTOCOL;
        hint = ": it sends elsewhere";
    }
    (void)!text_format(why, sizeof why, "HTTP status %ld%s", status, hint);
    return job_failed(job, error, why);
}

static enum job_next take_get(struct job *job)
{
    struct engine_object *object = &job->task->object;
    const long status = job->transfer.status;
    /* Of a version that was named alone: job->sent is what names it. */
    if (status == 304 && job->sent != NULL)
        return job_done(job, HF_EUNCHANGED);
    if (status == 404 || status == 410)
        return job_done(job, HF_ENOTFOUND);
    if (status != 200)
        return refuse(job, false);
    object->version = read_version(&job->transfer);
    /* Without an ETag the bytes themselves tell. */
    if (job->plan->conditional && object->version.text[0] == OWN &&
        same_version(&object->version, &job->task->expected))
        return job_done(job, HF_EUNCHANGED);
    return job_done(job, copy_bytes(job, object));
}

static const struct job_kind get_kind = {ask_get, take_get};

static void https_get_all(struct engine *engine, struct engine_task *tasks, size_t count,
                          bool conditional, deadline_ms until)
{
    const struct job_plan plan = {.kind = &get_kind,
                                  .conditional = conditional,
                                  .patient = count > 1 || engine->insists,
                                  .addresses = engine->place->address_count,
                                  .rounds = 1,
                                  .until = until};
    jobs_run(engine, &plan, tasks, count);
}

/* After weak_settle it is another version, or the server has no strong ones. */
static enum hf_error refuse_weak(struct job *job)
{
    if (!job->engine->weak)
        return HF_ECHANGED;
    (void)job_failed(job, HF_ECONFIG,
                     "the server's ETags are weak, so that it cannot compare: single-writer = yes "
                     "if nobody else publishes");
    return HF_ECONFIG;
}

static enum hf_error ask_put(struct job *job, struct transfer_plan *plan)
{
    const char *tag = tag_of(&job->task->expected);
    const bool single = job->engine->place->single_writer;
    TRY(fill(job, plan));
    if (job->unknown)
        job->step = STEP_LOOK;
    if (job->step == STEP_LOOK || (job->step == STEP_FIRST && single))
        return HF_OK;
    plan->method = "PUT";
    plan->body = job->task->bytes;
    plan->length = job->task->length;
    plan->lines[0] = "Content-Type: application/octet-stream";
    if (single)
        return HF_OK;
    if (weak_is(tag))
        return refuse_weak(job);
    plan->lines[1] = plan->lines[0];
    return tag == NULL ? write_line(job, "If-None-Match", "*", plan)
                       : write_line(job, "If-Match", tag, plan);
}

/* A lone writer looks first, so as to notice that there is another after all. */
static enum job_next take_first_look(struct job *job)
{
    struct engine_version now = {0};
    const long status = job->transfer.status;
    if (status == 200)
        now = read_version(&job->transfer);
    else if (status != 404 && status != 410)
        return refuse(job, false);
    if (!same_version(&now, &job->task->expected))
        return job_done(job, HF_ECHANGED);
    job->step = STEP_PUT;
    return JOB_STEP;
}

static enum job_next take_put(struct job *job)
{
    const long status = job->transfer.status;
    /* libcurl asks twice where a kept connection was closed, so that it may be one's own put which
       is in the way; and what stands between may say 5xx of a put that goes on. */
    job->refused = status == 412 && !job->unknown;
    job->unknown = job->unknown || status == 412 || status >= 500;
    if (status != 412 && (status < 200 || status > 299))
        return refuse(job, true);
    job->step = STEP_LOOK;
    return JOB_STEP;
}

/* After a put: is it there, and of which version? */
static enum job_next take_look(struct job *job)
{
    const struct engine_task *task = job->task;
    const struct transfer *transfer = &job->transfer;
    struct engine_version now = {0};
    if (transfer->status == 200)
        now = read_version(transfer);
    else if (transfer->status != 404)
        return refuse(job, false);
    if (transfer->status == 200 && transfer->length == task->length &&
        (task->length == 0 || memcmp(transfer->bytes, task->bytes, task->length) == 0)) {
        job->task->object.version = now;
        return job_done(job, HF_OK);
    }
    if (job->unknown && same_version(&now, &task->expected))
        return job_failed(job, HF_EUNAVAIL, "it was not put there");
    job->task->unsure = !job->refused;
    return job_done(job, HF_ECHANGED);
}

static enum job_next take_put_step(struct job *job)
{
    if (job->step == STEP_LOOK)
        return take_look(job);
    if (job->step == STEP_FIRST && job->engine->place->single_writer)
        return take_first_look(job);
    return take_put(job);
}

static const struct job_kind put_kind = {ask_put, take_put_step};

/* Others that serve the same are read alone: what is put there twice could differ. The second round
   is for a put whose outcome is not known. */
static struct job_plan put_plan(const struct job_kind *kind, deadline_ms until)
{
    return (struct job_plan){
        .kind = kind, .patient = true, .addresses = 1, .rounds = 2, .until = until};
}

/* No object has this ETag, so that a server which compares says 412. */
static enum hf_error ask_probe(struct job *job, struct transfer_plan *plan)
{
    TRY(fill(job, plan));
    plan->method = "PUT";
    plan->body = job->task->bytes;
    plan->length = job->task->length;
    plan->lines[0] = "If-Match: \"hf-token-no-such-version\"";
    plan->lines[1] = "Content-Type: application/octet-stream";
    return HF_OK;
}

static enum job_next take_probe(struct job *job)
{
    const long status = job->transfer.status;
    if (status == 412)
        return job_done(job, HF_OK);
    if (status < 200 || status > 299)
        return refuse(job, true);
    (void)job_failed(job, HF_ECONFIG,
                     "the server ignores If-Match, so that two who publish would overwrite each "
                     "other: single-writer = yes if there is one alone");
    return job_done(job, HF_ECONFIG);
}

static const struct job_kind probe_kind = {ask_probe, take_probe};

static enum hf_error probe(struct engine *engine, deadline_ms until)
{
    static const char text[] = "Whether this server compares versions. It may be deleted.\n";
    struct engine_task task = {.path = "probe", .bytes = text, .length = sizeof text - 1};
    const struct job_plan plan = put_plan(&probe_kind, until);
    if (engine->compares || engine->place->single_writer)
        return HF_OK;
    jobs_run(engine, &plan, &task, 1);
    engine->compares = task.error == HF_OK;
    return task.error;
}

static void https_put_all(struct engine *engine, struct engine_task *tasks, size_t count,
                          deadline_ms until)
{
    const struct job_plan plan = put_plan(&put_kind, until);
    const enum hf_error error = probe(engine, until);
    if (error == HF_OK && !engine->place->single_writer)
        weak_settle(engine, tasks, count, until);
    for (size_t i = 0; i < count; i++)
        tasks[i].error = error;
    if (error == HF_OK)
        jobs_run(engine, &plan, tasks, count);
}

static enum hf_error https_list(struct engine *engine, const char *prefix, deadline_ms until,
                                engine_take *take, void *context)
{
    (void)prefix;
    (void)until;
    (void)take;
    (void)context;
    engine_note(engine, engine->place->addresses[0], "a web server cannot be asked for a list");
    return HF_EUNAVAIL;
}

const struct engine_operations https_operations = {https_get_all, https_put_all, https_list};
