#include "tools/fleet/objects.h"

#include <stdlib.h>
#include <string.h>

#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* Shown for what cannot be a path. */
#define UNNAMEABLE "a name that is too long"

/* One chunk while it is worked on. Tasks stand in the order of `indices`, and a put's task is the
   get's, with what is to be put. */
struct chunk {
    struct publication *publication;
    const struct object_plan *plan;
    size_t indices[CHUNK]; /* the plan's */
    size_t count;
    bool again; /* somebody has changed some meanwhile, so that the list is not true any more */
    struct object_path paths[CHUNK];
    struct engine_task tasks[CHUNK];
    char *texts[CHUNK]; /* what is to be put; owned */
    enum edit outcomes[CHUNK];
    int code;
};

static void drop_contents(struct chunk *chunk)
{
    for (size_t i = 0; i < chunk->count; i++) {
        engine_object_clear(&chunk->tasks[i].object);
        free(chunk->texts[i]);
        chunk->texts[i] = NULL;
    }
}

static void finish(struct chunk *chunk, size_t at, enum edit outcome)
{
    const struct object_plan *plan = chunk->plan;
    if (outcome == EDIT_FAILED || outcome == EDIT_LOST)
        chunk->code = TOOL_FAILED;
    if (plan->done != NULL)
        plan->done(plan->context, chunk->indices[at], outcome);
}

/* What anybody who can write there may have put, so that it must not keep others from anything. */
static bool is_odd(enum hf_error error)
{
    return error == HF_EUNSIGNED || error == HF_ETYPE || error == HF_EUSER || error == HF_EJSON ||
           error == HF_EFORMAT || error == HF_EVERSION || error == HF_EDUPLICATE ||
           error == HF_EFUTURE;
}

/* An error of this one document, after which the others go on. */
static void fail(struct chunk *chunk, size_t at, enum hf_error error)
{
    (void)publication_say(chunk->publication, error, chunk->paths[at].text);
    chunk->outcomes[at] = is_odd(error) ? EDIT_ODD : EDIT_FAILED;
    chunk->publication->odd |= is_odd(error);
}

/* Has one that was got edited, and made anew where it is to be put. */
static enum hf_error edit(struct chunk *chunk, size_t at)
{
    const struct object_plan *plan = chunk->plan;
    struct engine_task *task = &chunk->tasks[at];
    const bool there = task->error == HF_OK;
    if (task->error != HF_OK && task->error != HF_ENOTFOUND)
        return task->error;
    TRY(plan->make(plan->context, chunk->indices[at], there ? &task->object : NULL,
                   &chunk->outcomes[at], &chunk->texts[at], &task->length));
    task->expected = task->object.version;
    task->bytes = chunk->texts[at];
    engine_object_clear(&task->object);
    return HF_OK;
}

/* What is no matter of one object: nothing further would come out otherwise. */
static bool is_engines(enum hf_error error)
{
    return error != HF_OK && error != HF_ENOTFOUND && error != HF_ECHANGED && error != HF_ETOOBIG &&
           error != HF_ENAME && !is_odd(error);
}

static bool is_asked(struct chunk *chunk, size_t index)
{
    const struct object_plan *plan = chunk->plan;
    struct object_path path;
    return plan->path(plan->context, index, &path) == HF_OK &&
           (chunk->again || plan->absent == NULL || !plan->absent(plan->context, index));
}

/* Those that are not there, or can never be, come last. How many are to be asked for. */
static size_t put_absent_last(struct chunk *chunk)
{
    size_t asked = 0;
    for (size_t i = 0; i < chunk->count; i++) {
        const size_t index = chunk->indices[i];
        if (!is_asked(chunk, index))
            continue;
        chunk->indices[i] = chunk->indices[asked];
        chunk->indices[asked++] = index;
    }
    return asked;
}

static int get_all(struct chunk *chunk)
{
    const size_t asked = put_absent_last(chunk);
    for (size_t i = 0; i < chunk->count; i++) {
        chunk->tasks[i] = (struct engine_task){.path = chunk->paths[i].text, .error = HF_ENOTFOUND};
        const enum hf_error error =
            chunk->plan->path(chunk->plan->context, chunk->indices[i], &chunk->paths[i]);
        if (error == HF_OK)
            continue;
        chunk->tasks[i].error = error;
        memcpy(chunk->paths[i].text, UNNAMEABLE, sizeof UNNAMEABLE);
    }
    if (asked > 0)
        engine_get_all(chunk->publication->engine, chunk->tasks, asked,
                       clock_ms() + CHUNK_PATIENCE);
    for (size_t i = 0; i < chunk->count; i++)
        if (is_engines(chunk->tasks[i].error))
            return publication_say(chunk->publication, chunk->tasks[i].error, chunk->paths[i].text);
    return TOOL_OK;
}

/* Tells of those that are done, and moves those that are to be put to the beginning. */
static void keep_changed(struct chunk *chunk)
{
    size_t kept = 0;
    for (size_t i = 0; i < chunk->count; i++) {
        const bool put = chunk->texts[i] != NULL;
        if (!put) {
            finish(chunk, i, chunk->outcomes[i]);
            engine_object_clear(&chunk->tasks[i].object);
            continue;
        }
        char *text = chunk->texts[i];
        chunk->texts[i] = NULL;
        chunk->indices[kept] = chunk->indices[i];
        chunk->paths[kept] = chunk->paths[i];
        chunk->tasks[kept] = chunk->tasks[i];
        chunk->tasks[kept].path = chunk->paths[kept].text;
        chunk->outcomes[kept] = chunk->outcomes[i];
        chunk->texts[kept++] = text;
    }
    chunk->count = kept;
}

static int put_all(struct chunk *chunk)
{
    struct publication *publication = chunk->publication;
    int code = publication_begin(publication);
    if (code != TOOL_OK)
        return code;
    publication->changed = true;
    engine_put_all(publication->engine, chunk->tasks, chunk->count, clock_ms() + CHUNK_PATIENCE);
    for (size_t i = 0; i < chunk->count && code == TOOL_OK; i++)
        if (is_engines(chunk->tasks[i].error))
            code = publication_say(publication, chunk->tasks[i].error, chunk->paths[i].text);
    return code;
}

/* Those that were put are done; left are those that somebody else has changed meanwhile. */
static void keep_losers(struct chunk *chunk)
{
    size_t kept = 0;
    for (size_t i = 0; i < chunk->count; i++) {
        free(chunk->texts[i]);
        chunk->texts[i] = NULL;
        engine_object_clear(&chunk->tasks[i].object);
        if (chunk->tasks[i].error == HF_ECHANGED) {
            chunk->indices[kept++] = chunk->indices[i];
            continue;
        }
        if (chunk->tasks[i].error != HF_OK)
            fail(chunk, i, chunk->tasks[i].error);
        else
            generations_put(&chunk->publication->generations, chunk->paths[i].text);
        finish(chunk, i, chunk->outcomes[i]);
    }
    chunk->count = kept;
}

static int run_round(struct chunk *chunk)
{
    int code = get_all(chunk);
    for (size_t i = 0; i < chunk->count && code == TOOL_OK; i++) {
        const enum hf_error error = edit(chunk, i);
        if (error != HF_OK)
            fail(chunk, i, error);
        if (chunk->publication->refused)
            code = TOOL_FAILED;
    }
    if (code == TOOL_OK)
        keep_changed(chunk);
    if (code == TOOL_OK && chunk->count > 0)
        code = put_all(chunk);
    if (code == TOOL_OK)
        keep_losers(chunk);
    return code;
}

static int run_chunk(struct chunk *chunk)
{
    int code = TOOL_OK;
    chunk->again = false;
    for (int i = 0; i < ROUNDS && chunk->count > 0 && code == TOOL_OK; i++) {
        code = run_round(chunk);
        chunk->again = true;
    }
    for (size_t i = 0; i < chunk->count && code == TOOL_OK; i++)
        finish(chunk, i, EDIT_LOST);
    drop_contents(chunk);
    return publication_keep(chunk->publication) ? code : TOOL_FAILED;
}

int objects_update(struct publication *publication, const struct object_plan *plan)
{
    struct chunk *chunk = calloc(1, sizeof *chunk);
    if (chunk == NULL)
        return publication_say(publication, HF_ENOMEM, plan->what);
    chunk->publication = publication;
    chunk->plan = plan;
    int code = TOOL_OK;
    for (size_t at = 0; at < plan->count && code == TOOL_OK; at += chunk->count) {
        chunk->count = plan->count - at < CHUNK ? plan->count - at : CHUNK;
        const size_t count = chunk->count;
        for (size_t i = 0; i < count; i++)
            chunk->indices[i] = at + i;
        code = run_chunk(chunk);
        chunk->count = count;
    }
    if (code == TOOL_OK)
        code = chunk->code;
    free(chunk);
    return code;
}
