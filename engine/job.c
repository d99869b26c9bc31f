#include "engine/job.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"

#define LANES   16
#define POLL_MS 1000
/* How long a task may take: to connect, with one address of several, and in all; milliseconds. */
struct job_limits {
    long connect, address, patience;
};
/* What a get may take, engine.h; and an admin's work, where a cluster that chooses a leader or a
   slow disk is waited for. */
static const struct job_limits hasty = {ENGINE_CONNECT, ENGINE_ENDPOINT, ENGINE_PATIENCE};
static const struct job_limits patient = {1000, 4000, 30000};

/* All that runs. */
struct run {
    struct engine *engine;
    const struct job_plan *plan;
    const struct job_limits *limits;
    struct engine_task *tasks;
    size_t count, next; /* next: the first task that has not begun */
    size_t running;
    struct job lanes[LANES];
};

const char *job_address(const struct job *job)
{
    return job->engine->place->addresses[(job->first + job->attempt) % job->plan->addresses];
}

size_t job_round(const struct job *job)
{
    return job->attempt / job->plan->addresses;
}

/* What tells an admin most, if several addresses failed in several ways: the last one here. */
static unsigned telling(enum hf_error error)
{
    static const enum hf_error order[] = {HF_OK,      HF_EDEADLINE, HF_EUNAVAIL,   HF_EPROTOCOL,
                                          HF_ETOOBIG, HF_EREFUSED,  HF_EUNTRUSTED, HF_ECONFIG};
    unsigned place = 0;
    while (place < sizeof order / sizeof order[0] && order[place] != error)
        place++;
    return place;
}

enum job_next job_failed(struct job *job, enum hf_error error, const char *why)
{
    if (telling(error) > telling(job->error)) {
        job->error = error;
        engine_note(job->engine, job_address(job), why);
        job->engine->cause = job->transfer.cause;
        memcpy(job->reason, job->engine->reason, sizeof job->reason);
    }
    return JOB_FAILED;
}

enum job_next job_done(struct job *job, enum hf_error error)
{
    job->task->error = error;
    if (error != HF_OK && error == job->error)
        memcpy(job->engine->reason, job->reason, sizeof job->reason);
    return JOB_DONE;
}

static void job_clear(struct job *job)
{
    if (job->transfer.easy != NULL)
        (void)curl_multi_remove_handle(job->engine->multi, job->transfer.easy);
    transfer_clear(&job->transfer);
    wiping_free(job->sent);
    job->sent = NULL;
}

/* The attempts that are left share the time that is left, so that the last ones get some too. */
static bool set_limits(const struct run *run, const struct job *job, struct transfer_plan *plan)
{
    const size_t attempts = run->plan->addresses * run->plan->rounds - job->attempt;
    const bool others = attempts > 1 && run->plan->addresses > 1;
    const deadline_ms left = job->until - clock_ms();
    deadline_ms share = left / (deadline_ms)attempts;
    if (left <= 0)
        return false;
    if (share < run->limits->connect)
        share = run->limits->connect;
    if (others && share > run->limits->address)
        share = run->limits->address;
    plan->total_ms = (long)(share < left ? share : left);
    plan->connect_ms =
        others && plan->total_ms > run->limits->connect ? run->limits->connect : plan->total_ms;
    return true;
}

static enum hf_error begin(struct run *run, struct job *job)
{
    struct transfer_plan plan = {.place = run->engine->place};
    if (!set_limits(run, job, &plan))
        return HF_EDEADLINE;
    TRY(run->plan->kind->ask(job, &plan));
    plan.url = job->url;
    plan.fresh = job->task->exact;
    job->puts = plan.method != NULL && strcmp(plan.method, "PUT") == 0;
    TRY(transfer_begin(&plan, job, &job->transfer));
    if (curl_multi_add_handle(run->engine->multi, job->transfer.easy) != CURLM_OK)
        return HF_ENOMEM;
    return HF_OK;
}

/* libcurl's clock and ours are rounded, in milliseconds. */
#define ROUNDED 20

/* Where it was the caller's time that ran out, that is the error; the reason stays. */
static enum hf_error final_error(const struct run *run, struct job *job)
{
    if (job->error == HF_OK)
        (void)job_failed(job, HF_EUNAVAIL, "no answer in time");
    if (job->error == HF_EUNAVAIL && clock_ms() + ROUNDED >= run->plan->until)
        job->error = HF_EDEADLINE;
    return job->error;
}

/* Begins an attempt of the task; false: the task has ended, by an error. */
static bool attempt(struct run *run, struct job *job)
{
    const enum hf_error error = begin(run, job);
    if (error == HF_OK)
        return true;
    job_clear(job);
    if (error != HF_EDEADLINE)
        (void)job_failed(job, error, error_text(error));
    (void)job_done(job, final_error(run, job));
    return false;
}

/* Takes tasks until one of them has begun; false: there is none left. */
static bool begin_next(struct run *run, struct job *job)
{
    while (run->next < run->count) {
        const deadline_ms patience = clock_ms() + run->limits->patience;
        *job = (struct job){.engine = run->engine,
                            .task = &run->tasks[run->next++],
                            .plan = run->plan,
                            .first = run->engine->preferred % run->plan->addresses,
                            .until = patience < run->plan->until ? patience : run->plan->until};
        if (attempt(run, job))
            return true;
    }
    return false;
}

/* Tries the next address; false: there is none left. */
static bool go_on(struct run *run, struct job *job)
{
    job->step = 0;
    job->attempt++;
    if (job->attempt < run->plan->addresses * run->plan->rounds)
        return attempt(run, job);
    (void)job_done(job, final_error(run, job));
    return false;
}

static enum job_next judge(struct run *run, struct job *job, CURLcode code)
{
    const enum hf_error error = transfer_end(&job->transfer, (int)code);
    if (error == HF_OK) {
        run->engine->preferred = (job->first + job->attempt) % run->plan->addresses;
        return run->plan->kind->take(job);
    }
    job->unknown = job->unknown || (job->puts && transfer_was_sent(&job->transfer));
    return job_failed(job, error,
                      error == HF_EUNAVAIL || error == HF_EUNTRUSTED || error == HF_EREFUSED ||
                              error == HF_ECONFIG
                          ? job->transfer.reason
                          : error_text(error));
}

/* An exchange is over. What follows may be the next one of its task, or another task. */
static void ended(struct run *run, struct job *job, CURLcode code)
{
    const enum job_next next = judge(run, job, code);
    job_clear(job);
    if (next == JOB_STEP && attempt(run, job))
        return;
    if (next == JOB_FAILED && go_on(run, job))
        return;
    if (!begin_next(run, job))
        run->running--;
}

static void take_messages(struct run *run)
{
    int left = 0;
    for (CURLMsg *message = curl_multi_info_read(run->engine->multi, &left); message != NULL;
         message = curl_multi_info_read(run->engine->multi, &left)) {
        char *context = NULL;
        /* The message dies with its handle. */
        const CURLcode code = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
        ended(run, (struct job *)(void *)context, code);
    }
}

/* libcurl itself has failed: nothing of what runs will end. */
static void give_up(struct run *run)
{
    for (size_t i = 0; i < LANES; i++)
        if (run->lanes[i].transfer.easy != NULL) {
            job_clear(&run->lanes[i]);
            run->lanes[i].task->error = HF_ENOMEM;
        }
    for (; run->next < run->count; run->next++)
        run->tasks[run->next].error = HF_ENOMEM;
    run->running = 0;
}

void jobs_run(struct engine *engine, const struct job_plan *plan, struct engine_task *tasks,
              size_t count)
{
    int active = 0;
    struct run *run = calloc(1, sizeof *run);
    for (size_t i = 0; i < count; i++)
        tasks[i].error = HF_ENOMEM;
    if (run == NULL)
        return;
    run->engine = engine;
    run->plan = plan;
    run->limits = plan->patient ? &patient : &hasty;
    run->tasks = tasks;
    run->count = count;
    while (run->running < LANES && begin_next(run, &run->lanes[run->running]))
        run->running++;
    while (run->running > 0) {
        bool works = curl_multi_perform(engine->multi, &active) == CURLM_OK;
        if (works)
            take_messages(run);
        if (works && run->running > 0)
            works = curl_multi_poll(engine->multi, NULL, 0, POLL_MS, NULL) == CURLM_OK;
        if (!works)
            give_up(run);
    }
    free(run);
}
