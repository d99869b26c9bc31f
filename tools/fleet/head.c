#include <string.h>
#include <unistd.h>

#include "store/head.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* "GENERATION ISSUED\n" */
#define OPENED_MAX 64

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

static enum hf_error note_opened(const struct fleet *fleet, const struct head *head)
{
    char text[OPENED_MAX];
    TRY(text_format(text, sizeof text, "%llu %llu\n", (unsigned long long)head->generation,
                    (unsigned long long)head->issued));
    return fleet_write(fleet, FLEET_OPENED_FILE, text, strlen(text));
}

/* Whether it was this folder that has left the head open: a run that was killed. */
static bool is_ours(const struct fleet *fleet, const struct held *held)
{
    SCOPED(text) char *text = NULL;
    char wanted[OPENED_MAX];
    size_t length = 0;
    return held->there && held->head.open &&
           text_format(wanted, sizeof wanted, "%llu %llu\n",
                       (unsigned long long)held->head.generation,
                       (unsigned long long)held->head.issued) == HF_OK &&
           fleet_read(fleet, FLEET_OPENED_FILE, OPENED_MAX, &text, &length) == HF_OK &&
           strcmp(text, wanted) == 0;
}

static void forget_opened(const struct fleet *fleet)
{
    struct store_path path;
    if (fleet_path(fleet, FLEET_OPENED_FILE, &path) == HF_OK)
        (void)unlink(path.text);
}

static bool has_opened(const struct fleet *fleet)
{
    struct store_path path;
    return fleet_path(fleet, FLEET_OPENED_FILE, &path) == HF_OK && access(path.text, F_OK) == 0;
}

static enum hf_error try_begin(struct publication *publication)
{
    struct held held;
    TRY(get_head(publication, &held));
    if (held.head.open)
        return HF_OK;
    const struct head head = next_head(publication, &held, true);
    TRY(note_opened(publication->fleet, &head));
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

int publication_begin(struct publication *publication)
{
    const enum hf_error error = publication->begun ? HF_OK : repeat(publication, try_begin);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    publication->begun = true;
    return TOOL_OK;
}

/* Somebody else's open head is for them to close; where nobody's is open, hosts must see a new
   generation all the same, because they may have asked in between. */
static enum hf_error try_end(struct publication *publication)
{
    struct held held;
    TRY(get_head(publication, &held));
    if (held.head.open && !is_ours(publication->fleet, &held))
        return HF_OK;
    if (!publication->begun && held.there && !held.head.open)
        return HF_OK;
    const struct head head = next_head(publication, &held, false);
    TRY(put_head(publication, &held, &head));
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
    if (publication->begun || has_opened(publication->fleet))
        error = repeat(publication, try_end);
    if (error == HF_OK && renew)
        error = repeat(publication, try_renew);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    forget_opened(publication->fleet);
    error = generations_write(&publication->generations);
    if (error != HF_OK)
        return fleet_say(publication->fleet, FLEET_GENERATIONS_FILE, error);
    return publication_command(publication);
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
