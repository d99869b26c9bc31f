/* etcd 3.4 and newer, by its JSON gateway. */
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/secret.h"
#include "engine/answer.h"
#include "engine/base64.h"
#include "engine/job.h"
#include "engine/session.h"

#define KEY_SIZE BASE64_SIZE(ANSWER_KEY_MAX)
/* Around key and value of a put. */
#define PUT_FRAME 512
/* How often a put tries each address: what a leader that died leaves behind takes a while, and a
   put that was made twice is told from the compare that fails. */
#define PUT_ROUNDS 4

static enum hf_error make_key(const struct engine *engine, const char *path,
                              struct answer_key *out_key)
{
    return text_format(out_key->text, sizeof out_key->text, "%s%s", engine->place->prefix, path);
}

static enum hf_error make_key_text(const struct engine *engine, const char *path,
                                   char out_text[static KEY_SIZE])
{
    struct answer_key key;
    TRY(make_key(engine, path, &key));
    (void)base64_write(key.text, strlen(key.text), out_text);
    return HF_OK;
}

/* Posts job->sent. */
static enum hf_error fill(struct job *job, const char *method, size_t maximum,
                          struct transfer_plan *plan)
{
    TRY(text_format(job->url, sizeof job->url, "%s/v3/kv/%s", job_address(job), method));
    plan->method = "POST";
    plan->body = job->sent;
    plan->length = strlen(job->sent);
    plan->lines[0] = "Content-Type: application/json";
    plan->maximum = maximum;
    plan->authorization = job->engine->session;
    job->session_serial = job->engine->session_serial;
    return HF_OK;
}

/* An answer that is no success. A token is renewed once, here and now: the other exchanges, which
   wait meanwhile, have the old one too. */
static enum job_next refuse(struct job *job)
{
    const struct transfer *transfer = &job->transfer;
    const struct answer_fault fault =
        answer_fault(transfer->bytes, transfer->length, transfer->status);
    enum hf_error error = fault.error == HF_OK ? HF_EPROTOCOL : fault.error;
    if (fault.token && job->engine->place->user[0] != '\0' && !job->renewed) {
        job->renewed = true;
        error = session_renew(job->engine, job->session_serial, job->until);
        if (error == HF_OK)
            return JOB_STEP;
        return job_done(job, error);
    }
    (void)job_failed(job, error, fault.text);
    return fault.final ? job_done(job, error) : JOB_FAILED;
}

/* At first what most of the nodes agree on; where they do not come together, what any of them has,
   which may be old: a host knows how to be told old things, an admin would publish them again. */
static enum hf_error ask_get(struct job *job, struct transfer_plan *plan)
{
    char key[KEY_SIZE];
    TRY(make_key_text(job->engine, job->task->path, key));
    job->sent = malloc(KEY_SIZE + 64);
    if (job->sent == NULL)
        return HF_ENOMEM;
    TRY(text_format(job->sent, KEY_SIZE + 64, "{\"key\":\"%s\"%s}", key,
                    job_round(job) == 0 || job->engine->insists ? "" : ",\"serializable\":true"));
    return fill(job, "range", ANSWER_OBJECT_MAX, plan);
}

static enum job_next take_get(struct job *job)
{
    const struct transfer *transfer = &job->transfer;
    SCOPED(engine_object) struct engine_object object = {0};
    struct answer_key key;
    if (transfer->status != 200)
        return refuse(job);
    enum hf_error error = make_key(job->engine, job->task->path, &key);
    if (error == HF_OK)
        error = answer_range(transfer->bytes, transfer->length, key.text, &object);
    if (error == HF_OK && job->plan->conditional &&
        strcmp(object.version.text, job->task->expected.text) == 0)
        return job_done(job, HF_EUNCHANGED);
    if (error != HF_OK && error != HF_ENOTFOUND)
        return job_failed(job, error, error_text(error));
    job->task->object = object;
    object.bytes = NULL;
    return job_done(job, error);
}

static const struct job_kind get_kind = {ask_get, take_get};

/* Each task gets the error. */
static void fail_all(struct engine_task *tasks, size_t count, enum hf_error error)
{
    for (size_t i = 0; i < count; i++)
        tasks[i].error = error;
}

/* A login may take no longer than the get that it is for. */
static enum hf_error begin_session(struct engine *engine, const struct job_plan *plan)
{
    deadline_ms until = plan->until;
    if (!plan->patient && until > clock_ms() + ENGINE_PATIENCE)
        until = clock_ms() + ENGINE_PATIENCE;
    const enum hf_error error = session_begin(engine, until);
    return error == HF_EDEADLINE && clock_ms() < plan->until ? HF_EUNAVAIL : error;
}

static void run(struct engine *engine, const struct job_plan *plan, struct engine_task *tasks,
                size_t count)
{
    const enum hf_error error = begin_session(engine, plan);
    if (error == HF_OK)
        jobs_run(engine, plan, tasks, count);
    else
        fail_all(tasks, count, error);
}

static void etcd_get_all(struct engine *engine, struct engine_task *tasks, size_t count,
                         bool conditional, deadline_ms until)
{
    const struct job_plan plan = {.kind = &get_kind,
                                  .conditional = conditional,
                                  .patient = count > 1 || engine->insists,
                                  .addresses = engine->place->address_count,
                                  .rounds = 2,
                                  .until = until};
    run(engine, &plan, tasks, count);
}

/* A revision of the key that is not there is 0. What is in the way is asked for along with it. */
static enum hf_error ask_put(struct job *job, struct transfer_plan *plan)
{
    char key[KEY_SIZE];
    const char *expected = job->task->expected.text;
    const bool fresh = expected[0] == '\0';
    const size_t size = 3 * KEY_SIZE + BASE64_SIZE(job->task->length) + PUT_FRAME;
    TRY(make_key_text(job->engine, job->task->path, key));
    if (strspn(expected, "0123456789") != strlen(expected))
        return HF_ECHANGED;
    job->sent = malloc(size);
    if (job->sent == NULL)
        return HF_ENOMEM;
    TRY(text_format(job->sent, size,
                    "{\"compare\":[{\"key\":\"%s\",\"result\":\"EQUAL\",\"target\":\"%s\","
                    "\"%s\":\"%s\"}],\"failure\":[{\"request_range\":{\"key\":\"%s\"}}],"
                    "\"success\":[{\"request_put\":{\"key\":\"%s\",\"value\":\"",
                    key, fresh ? "CREATE" : "MOD", fresh ? "create_revision" : "mod_revision",
                    fresh ? "0" : expected, key, key));
    char *end = base64_write(job->task->bytes, job->task->length, strchr(job->sent, '\0'));
    memcpy(end, "\"}}]}", sizeof "\"}}]}");
    return fill(job, "txn", ANSWER_OBJECT_MAX, plan);
}

/* What is in the way is one's own, put by an attempt that got no answer; libcurl makes a second one
   by itself where a kept connection was closed. Had another put the same bytes, all would be well
   too. */
static bool is_own(const struct job *job, const struct engine_object *found)
{
    return found->bytes != NULL && found->length == job->task->length &&
           (found->length == 0 || memcmp(found->bytes, job->task->bytes, found->length) == 0);
}

/* What stands before etcd lets hosts read alone, and will not think better of it. Of etcd's own
   refusals its words tell more. */
static enum job_next refuse_put(struct job *job)
{
    const struct transfer *transfer = &job->transfer;
    const long status = transfer->status;
    const bool known = answer_fault(transfer->bytes, transfer->length, status).final;
    if (job->unknown || known || (status != 403 && status != 404 && status != 405))
        return refuse(job);
    (void)job_failed(job, HF_EREFUSED, "the server in front of etcd's gateway lets no writes pass");
    return job_done(job, HF_EREFUSED);
}

static enum job_next take_put(struct job *job)
{
    const struct transfer *transfer = &job->transfer;
    SCOPED(engine_object) struct engine_object found = {0};
    struct answer_key key;
    if (transfer->status != 200)
        return refuse_put(job);
    enum hf_error error = make_key(job->engine, job->task->path, &key);
    if (error == HF_OK)
        error = answer_put(transfer->bytes, transfer->length, key.text, &job->task->object.version,
                           &found);
    /* An attempt before it may have been made, and what it put replaced. */
    job->task->unsure = error == HF_ECHANGED && job->attempt > 0;
    if (error == HF_ECHANGED && is_own(job, &found)) {
        job->task->object.version = found.version;
        error = HF_OK;
    }
    if (error == HF_OK || error == HF_ECHANGED)
        return job_done(job, error);
    return job_failed(job, error, error_text(error));
}

static const struct job_kind put_kind = {ask_put, take_put};

static void etcd_put_all(struct engine *engine, struct engine_task *tasks, size_t count,
                         deadline_ms until)
{
    const struct job_plan plan = {.kind = &put_kind,
                                  .patient = true,
                                  .addresses = engine->place->address_count,
                                  .rounds = PUT_ROUNDS,
                                  .until = until};
    run(engine, &plan, tasks, count);
}

/* A list on its way, page by page. */
struct listing {
    const char *prefix; /* of the keys; what is behind is the object's path */
    struct answer_key from, end;
    engine_take *take;
    void *context;
    enum hf_error taken; /* what `take` gave */
    bool more;
};

static enum hf_error listing_take(const char *path, void *context)
{
    struct listing *listing = context;
    /* What somebody else has put there is none of ours. */
    if (engine_path_valid(path))
        listing->taken = listing->take(path, listing->context);
    return listing->taken;
}

/* From the last key's successor, which is it and a zero byte. */
static enum hf_error ask_list(struct job *job, struct transfer_plan *plan)
{
    const struct listing *listing = job->plan->context;
    char from[BASE64_SIZE(ANSWER_KEY_MAX + 1)], end[KEY_SIZE];
    const size_t size = sizeof from + sizeof end + 128;
    (void)base64_write(listing->from.text, strlen(listing->from.text) + (listing->more ? 1 : 0),
                       from);
    (void)base64_write(listing->end.text, strlen(listing->end.text), end);
    job->sent = malloc(size);
    if (job->sent == NULL)
        return HF_ENOMEM;
    TRY(text_format(job->sent, size,
                    "{\"key\":\"%s\",\"range_end\":\"%s\",\"keys_only\":true,\"limit\":\"%d\"}",
                    from, end, ANSWER_LIST_KEYS));
    return fill(job, "range", ANSWER_LIST_MAX, plan);
}

static enum job_next take_list(struct job *job)
{
    struct listing *listing = job->plan->context;
    const struct transfer *transfer = &job->transfer;
    struct answer_key last = {0};
    bool more = false;
    if (transfer->status != 200)
        return refuse(job);
    enum hf_error error = answer_list(transfer->bytes, transfer->length, listing->prefix,
                                      listing_take, listing, &last, &more);
    if (listing->taken != HF_OK)
        return job_done(job, listing->taken);
    if (error == HF_OK && more && strcmp(last.text, listing->from.text) <= 0)
        error = HF_EPROTOCOL;
    /* Some of this page may have been taken, so that no other address is asked for it. */
    if (error != HF_OK) {
        (void)job_failed(job, error, error_text(error));
        return job_done(job, error);
    }
    listing->more = more;
    listing->from = last;
    return job_done(job, HF_OK);
}

static const struct job_kind list_kind = {ask_list, take_list};

/* etcd's range ends before the prefix with its last byte one higher; no byte of ours is 0xff. */
static enum hf_error etcd_list(struct engine *engine, const char *prefix, deadline_ms until,
                               engine_take *take, void *context)
{
    struct listing listing = {.prefix = engine->place->prefix, .take = take, .context = context};
    struct engine_task task = {.path = prefix};
    const struct job_plan plan = {.kind = &list_kind,
                                  .context = &listing,
                                  .patient = true,
                                  .addresses = engine->place->address_count,
                                  .rounds = 2,
                                  .until = until};
    TRY(make_key(engine, prefix, &listing.from));
    listing.end = listing.from;
    listing.end.text[strlen(listing.end.text) - 1]++;
    do {
        run(engine, &plan, &task, 1);
        TRY(task.error);
    } while (listing.more);
    return HF_OK;
}

const struct engine_operations etcd_operations = {etcd_get_all, etcd_put_all, etcd_list};
