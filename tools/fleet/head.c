#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/head.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* Two numbers, of a head's generation and its `issued`. */
#define OPENED_MAX 48

/* The head as the engine has it. */
struct held {
    bool there, old;
    struct head head;
    struct engine_version version;
};

static enum hf_error get_head(struct publication *publication, struct held *out_held)
{
    SCOPED(engine_object) struct engine_object object = {0};
    const char *payload = NULL;
    size_t length = 0;
    *out_held = (struct held){.there = false};
    const enum hf_error error =
        engine_get(publication->engine, OBJECT_HEAD, NULL, clock_ms() + CHUNK_PATIENCE, &object);
    if (error == HF_ENOTFOUND)
        return HF_OK;
    TRY(error);
    TRY(object_open(publication->fleet, SIGNED_HEAD, &object, &payload, &length, &out_held->old));
    TRY(head_parse(payload, length, &out_held->head));
    TRY(publication_check(publication, OBJECT_HEAD, &out_held->head.generation, &out_held->old));
    out_held->there = true;
    out_held->version = object.version;
    return HF_OK;
}

/* Puts a head one generation on. HF_ECHANGED where it is not `held` any more. */
static enum hf_error put_head(struct publication *publication, const struct held *held,
                              const struct head *head)
{
    SCOPED(text) char *payload = NULL, *text = NULL;
    size_t payload_length = 0, length = 0;
    TRY(head_print(head, &payload, &payload_length));
    TRY(signed_make(SIGNED_HEAD, payload, payload_length, &publication->fleet->signing, &text,
                    &length));
    struct engine_task task = {
        .path = OBJECT_HEAD, .bytes = text, .length = length, .expected = held->version};
    engine_put_all(publication->engine, &task, 1, clock_ms() + CHUNK_PATIENCE);
    engine_object_clear(&task.object);
    TRY(task.error);
    return generations_keep(&publication->generations, OBJECT_HEAD, head->generation);
}

/* How many publish at once stands in the low bits of an open head's generation: each counts itself
   in and out, and the last one closes it. A generation means nothing but its order to hosts, and
   who is killed stays counted: the head is open until `publish` says that nobody is at work. */
#define COUNT_BASE 16u
#define COUNT_MAX  (COUNT_BASE - 1)

static unsigned at_work(const struct head *head)
{
    const unsigned count = (unsigned)(head->generation % COUNT_BASE);
    if (!head->open)
        return 0;
    return count > 0 ? count : 1;
}

static uint64_t with_count(uint64_t generation, unsigned count)
{
    return generation + (COUNT_BASE + count - generation % COUNT_BASE) % COUNT_BASE;
}

/* The one to put in its place: open for so many, or closed. `issued` of an open head is that of the
   first who opened it, and never one that a head before had. */
static struct head next_head(const struct publication *publication, const struct held *held,
                             unsigned count)
{
    const uint64_t generation = generation_next(held->head.generation), now = publication->now;
    const uint64_t last = held->head.issued;
    struct head head = {.generation = generation,
                        .issued = now > last ? now : last,
                        .until = publication->now + publication->valid,
                        .open = count > 0};
    if (head.open) {
        head.generation = with_count(generation, count);
        head.issued = held->head.open ? last : now > last ? now : last + 1;
    }
    if (head.until < head.issued)
        head.until = head.issued;
    return head;
}

/* What this folder notes of the open head that it is counted in. It is until the head has another
   `issued`; where `only` is not 0, as long as the head still is of that generation: it was about to
   count itself out. */
struct note {
    uint64_t only, issued;
};

static enum hf_error write_note(const struct fleet *fleet, uint64_t only, uint64_t issued)
{
    char text[OPENED_MAX];
    TRY(text_format(text, sizeof text, "%" PRIu64 " %" PRIu64 "\n", only, issued));
    return fleet_write(fleet, FLEET_OPENED_FILE, text, strlen(text));
}

static bool read_note(const struct fleet *fleet, struct note *out_note)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    return fleet_read(fleet, FLEET_OPENED_FILE, OPENED_MAX, &text, &length) == HF_OK &&
           sscanf(text, "%" SCNu64 " %" SCNu64, &out_note->only, &out_note->issued) == 2;
}

/* Whether this folder is counted in the open head: by this run, or by one that was killed. */
static bool is_counted(const struct fleet *fleet, const struct held *held)
{
    struct note note;
    return held->there && held->head.open && read_note(fleet, &note) &&
           note.issued == held->head.issued &&
           (note.only == 0 || note.only == held->head.generation);
}

/* Noted when it is true: who is killed just before leaves the head open, and nobody counts out
   another. */
static enum hf_error try_begin(struct publication *publication)
{
    struct held held;
    TRY(get_head(publication, &held));
    if (is_counted(publication->fleet, &held))
        return write_note(publication->fleet, 0, held.head.issued);
    const unsigned count = at_work(&held.head);
    const struct head head = next_head(publication, &held, count < COUNT_MAX ? count + 1 : count);
    TRY(put_head(publication, &held, &head));
    return write_note(publication->fleet, 0, head.issued);
}

/* Tries until nobody has changed the head in between. */
static enum hf_error repeat(struct publication *publication,
                            enum hf_error (*try)(struct publication *))
{
    enum hf_error error = HF_ECHANGED;
    for (int i = 0; i < ROUNDS && error == HF_ECHANGED; i++)
        error = try(publication);
    return error;
}

/* Also where it was open already: `publish` may have closed it meanwhile. */
int publication_begin(struct publication *publication)
{
    const int code = publication->begun ? TOOL_OK : publication_command_due(publication);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error = repeat(publication, try_begin);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    publication->begun = true;
    return TOOL_OK;
}

/* How many are left. Of as many as can be counted there may be more. */
static unsigned count_out(const struct head *head)
{
    const unsigned count = at_work(head);
    return count < COUNT_MAX ? count - 1 : count;
}

/* Puts the head with this folder counted out. Where somebody else was faster, it still is in. */
static enum hf_error leave(struct publication *publication, const struct held *held)
{
    const struct head head = next_head(publication, held, count_out(&held->head));
    TRY(write_note(publication->fleet, held->head.generation, held->head.issued));
    const enum hf_error error = put_head(publication, held, &head);
    if (error == HF_ECHANGED)
        TRY(write_note(publication->fleet, 0, held->head.issued));
    return error;
}

/* Hosts must see a new generation in any case, because they may have asked in between. */
static enum hf_error try_end(struct publication *publication)
{
    struct held held;
    TRY(get_head(publication, &held));
    const struct head same = next_head(publication, &held, at_work(&held.head));
    if (is_counted(publication->fleet, &held))
        TRY(leave(publication, &held));
    else
        TRY(put_head(publication, &held, &same));
    publication->changed = true;
    return HF_OK;
}

/* The one who publishes says what is right: also what another one has left open. */
static enum hf_error try_renew(struct publication *publication)
{
    struct held held;
    TRY(get_head(publication, &held));
    if (held.there && !held.old && !held.head.open && !renewal_due(publication, held.head.until))
        return HF_OK;
    const struct head head = next_head(publication, &held, 0);
    TRY(put_head(publication, &held, &head));
    publication->changed = true;
    return HF_OK;
}

int publication_end(struct publication *publication, bool renew)
{
    enum hf_error error = HF_OK;
    if (publication->begun || fleet_has(publication->fleet, FLEET_OPENED_FILE))
        error = repeat(publication, try_end);
    if (error == HF_OK && renew)
        error = repeat(publication, try_renew);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    fleet_remove(publication->fleet, FLEET_OPENED_FILE);
    error = generations_write(&publication->generations);
    if (error != HF_OK)
        return fleet_say(publication->fleet, FLEET_GENERATIONS_FILE, error);
    const int code = publication_command(publication);
    return code == TOOL_OK && publication->odd ? TOOL_FAILED : code;
}

enum hf_error head_look(struct publication *publication, struct head *out_head, bool *out_there)
{
    struct held held;
    TRY(get_head(publication, &held));
    *out_there = held.there;
    if (held.there)
        *out_head = held.head;
    return HF_OK;
}
