/* Many exchanges at a time: each task tries one address after the other, as long as it may. */
#ifndef HF_ENGINE_JOB_H
#define HF_ENGINE_JOB_H

#include <stdbool.h>

#include "engine/inside.h"
#include "engine/transfer.h"

/* What is to be done with a task. */
struct job_plan {
    const struct job_kind *kind;
    bool conditional;         /* `expected` is the version that the caller has */
    bool patient;             /* an admin's work, not a get that a login waits for */
    size_t addresses, rounds; /* how many addresses, and how often each is tried */
    deadline_ms until;
    void *context; /* the kind's own, or NULL */
};

struct job {
    struct engine *engine;
    struct engine_task *task;
    const struct job_plan *plan;
    size_t first, attempt; /* the first address, and how many attempts were made before this one */
    unsigned step;         /* the kind's own */
    bool puts;             /* this attempt is a PUT */
    bool unknown;          /* the outcome of one is not known: the object may be there */
    bool refused;          /* by its version, and none before may have come through */
    unsigned session_serial;
    bool renewed;
    deadline_ms until;   /* of this task */
    enum hf_error error; /* the most telling so far */
    char reason[ENGINE_REASON_MAX + 1];
    char url[2048];
    char *sent; /* owned: what the request carries, or NULL */
    struct engine_version version;
    struct transfer transfer;
};

enum job_next {
    JOB_DONE,   /* job->task has its result */
    JOB_STEP,   /* go on with the same address */
    JOB_FAILED, /* with job->error: try the next address */
};

struct job_kind {
    /* Says what to ask of the address: url, method, body, headers, maximum. The rest is filled in.
     */
    enum hf_error (*ask)(struct job *job, struct transfer_plan *plan);
    /* Takes what came; only with an answer of HTTP. */
    enum job_next (*take)(struct job *job);
};

/* Does all tasks, several at a time; each one's error is set. */
void jobs_run(struct engine *engine, const struct job_plan *plan, struct engine_task *tasks,
              size_t count);

/* The address of this attempt; and which round of them it is, from 0. */
const char *job_address(const struct job *job);
size_t job_round(const struct job *job);

/* Keeps an error with its reason, unless there is a more telling one; gives JOB_FAILED. */
enum job_next job_failed(struct job *job, enum hf_error error, const char *why);

/* Ends the task with an error, or HF_OK. */
enum job_next job_done(struct job *job, enum hf_error error);

#endif
