#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/head.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* "GENERATION ISSUED JOINED\n" */
#define OPENED_MAX 72

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

static struct head next_head(const struct publication *publication, const struct held *held,
                             bool open)
{
    return (struct head){.generation = generation_next(held->head.generation),
                         .issued = publication->now,
                         .until = publication->now + publication->valid,
                         .open = open};
}

/* What this folder notes of the head that it has left open. An opener is known by the `issued` of
   its head: whoever only passes it on leaves that. */
struct note {
    uint64_t generation, issued;
    uint64_t joined; /* whose head was open before, or 0 */
};

static enum hf_error write_note(const struct fleet *fleet, const struct head *head, uint64_t joined)
{
    char text[OPENED_MAX];
    TRY(text_format(text, sizeof text, "%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", head->generation,
                    head->issued, joined));
    return fleet_write(fleet, FLEET_OPENED_FILE, text, strlen(text));
}

static bool read_note(const struct fleet *fleet, struct note *out_note)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    return fleet_read(fleet, FLEET_OPENED_FILE, OPENED_MAX, &text, &length) == HF_OK &&
           sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64, &out_note->generation,
                  &out_note->issued, &out_note->joined) == 3;
}

/* Whether the open head is this folder's: of this run, or of one that was killed. */
static bool is_ours(const struct fleet *fleet, const struct held *held, struct note *out_note)
{
    return held->there && held->head.open && read_note(fleet, out_note) &&
           out_note->issued == held->head.issued;
}

/* Where somebody else's is open, one's own takes its place: so that whoever of the two is killed
   leaves it open. */
static enum hf_error try_begin(struct publication *publication)
{
    struct held held;
    struct note note;
    TRY(get_head(publication, &held));
    if (held.head.open && (publication->begun || is_ours(publication->fleet, &held, &note)))
        return HF_OK;
    struct head head = next_head(publication, &held, true);
    if (held.head.open && held.head.issued == head.issued)
        head.issued++;
    TRY(write_note(publication->fleet, &head, held.head.open ? held.head.issued : 0));
    return put_head(publication, &held, &head);
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

/* An open head that goes on to be somebody else's, one generation further. */
static enum hf_error pass_on(struct publication *publication, const struct held *held,
                             uint64_t issued)
{
    struct head head = next_head(publication, held, true);
    head.issued = issued;
    return put_head(publication, held, &head);
}

/* Hosts must see a new generation in any case, because they may have asked in between. What stays
   open is for another to close. One who joined an open head gives it back; if that has moved on
   meanwhile, the other has ended already, and left it to this one. */
static enum hf_error try_end(struct publication *publication)
{
    struct held held;
    struct note note = {0};
    TRY(get_head(publication, &held));
    const bool ours = is_ours(publication->fleet, &held, &note);
    if (held.head.open && !ours)
        TRY(pass_on(publication, &held, held.head.issued));
    else if (ours && note.joined != 0 && note.generation == held.head.generation)
        TRY(pass_on(publication, &held, note.joined));
    else {
        const struct head head = next_head(publication, &held, false);
        TRY(put_head(publication, &held, &head));
    }
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
    const struct head head = next_head(publication, &held, false);
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
