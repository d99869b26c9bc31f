#include "engine/weak.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* An ETag that is made of a time in seconds is strong when that second is over. */
#define SETTLE_MS 1100

static const char mark[] = "W/";

bool weak_is(const char *tag)
{
    return tag != NULL && strncmp(tag, mark, strlen(mark)) == 0;
}

static const char *opaque(const char *tag)
{
    return weak_is(tag) ? tag + strlen(mark) : tag;
}

bool weak_same(const char *tag, const char *other)
{
    return strcmp(opaque(tag), opaque(other)) == 0;
}

static const char *tag_of(const struct engine_version *version)
{
    return version->text[0] == '?' ? version->text + 1 : version->text;
}

static void settle(struct engine *engine, struct engine_task *task,
                   const struct engine_version *now)
{
    if (!weak_same(tag_of(&task->expected), tag_of(now)))
        return;
    engine->weak = engine->weak || weak_is(tag_of(now));
    task->expected = *now;
}

static void get_again(struct engine *engine, struct engine_task *tasks, struct engine_task *again,
                      const size_t *places, size_t count, deadline_ms until)
{
    engine->operations->get_all(engine, again, count, false, until);
    for (size_t i = 0; i < count; i++) {
        if (again[i].error == HF_OK)
            settle(engine, &tasks[places[i]], &again[i].object.version);
        engine_object_clear(&again[i].object);
    }
}

void weak_settle(struct engine *engine, struct engine_task *tasks, size_t count, deadline_ms until)
{
    const struct timespec second = {.tv_sec = SETTLE_MS / 1000,
                                    .tv_nsec = SETTLE_MS % 1000 * 1000000L};
    struct engine_task *again = calloc(count, sizeof *again);
    size_t *places = calloc(count, sizeof *places);
    size_t weak = 0;
    for (size_t i = 0; i < count && again != NULL && places != NULL; i++) {
        if (!weak_is(tag_of(&tasks[i].expected)))
            continue;
        again[weak].path = tasks[i].path;
        places[weak++] = i;
    }
    if (weak > 0) {
        (void)nanosleep(&second, NULL);
        get_again(engine, tasks, again, places, weak, until);
    }
    free(again);
    free(places);
}
