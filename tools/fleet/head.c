#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "store/head.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* Two numbers, of a head's generation and its `issued`. */
#define OPENED_MAX 48

/* An open head that was opened longer ago is nobody's any more, seconds; hf-token-store(5). */
#define OPEN_MAX DAY

/* The `until` of open heads is up to so much earlier, seconds: two who open or leave one in the
   same milliseconds would else put the same bytes, and count as one. */
#define OPEN_SPREAD (DAY / 2)

/* How many publish at once stands in the low bits of an open head's generation: each counts itself
   in and out, and the last one closes it. A generation means nothing but its order to hosts. Who is
   killed stays counted: the head is open until `publish` says that nobody is at work, or for
   OPEN_MAX. Whatever is in doubt counts as one more, never as one less. */
#define COUNT_BASE 16u
#define COUNT_MAX  (COUNT_BASE - 1)

/* The head as the engine has it. */
struct held {
    bool there, old;
    bool counts;    /* it is open, and counts whoever is noted as counted in it */
    unsigned count; /* how many are at work */
    struct head head;
    struct engine_version version;
};

/* Of an old head that is accepted it is not known who was at work: one, at least. */
static void count_held(const struct publication *publication, bool accepted, struct held *held)
{
    const unsigned count = (unsigned)(held->head.generation % COUNT_BASE);
    if (!held->head.open || publication->now > held->head.issued + OPEN_MAX)
        return;
    held->counts = !accepted;
    held->count = accepted || count == 0 ? 1 : count;
}

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
    bool accepted = false;
    TRY(publication_check(publication, OBJECT_HEAD, &out_held->head.generation, &accepted));
    count_held(publication, accepted, out_held);
    out_held->old = out_held->old || accepted;
    out_held->there = true;
    out_held->version = object.version;
    publication->open = out_held->head.open;
    return HF_OK;
}

/* The head that is to be followed by another. Where one was seen before and there is none, this may
   be the wrong place: what is published there would be more than the right one has, and that be
   refused as old. */
static enum hf_error get_last(struct publication *publication, struct held *out_held)
{
    TRY(get_head(publication, out_held));
    const uint64_t highest = generations_highest(&publication->generations, OBJECT_HEAD);
    if (out_held->there || highest == 0)
        return HF_OK;
    publication->misplaced = !publication->accept_old;
    if (publication->misplaced)
        return HF_EROLLBACK;
    out_held->head.generation = highest;
    return HF_OK;
}

/* Puts a head one generation on. HF_ECHANGED where it is not `held` any more; *out_unsure says then
   that it may have been, and this one put and replaced. */
static enum hf_error put_head(struct publication *publication, const struct held *held,
                              const struct head *head, bool *out_unsure)
{
    SCOPED(text) char *payload = NULL, *text = NULL;
    size_t payload_length = 0, length = 0;
    publication_command_due(publication);
    TRY(head_print(head, &payload, &payload_length));
    TRY(signed_make(SIGNED_HEAD, payload, payload_length, &publication->fleet->signing, &text,
                    &length));
    struct engine_task task = {.path = OBJECT_HEAD,
                               .bytes = text,
                               .length = length,
                               .exact = true,
                               .expected = held->version};
    engine_put_all(publication->engine, &task, 1, clock_ms() + CHUNK_PATIENCE);
    engine_object_clear(&task.object);
    if (out_unsure != NULL)
        *out_unsure = task.unsure;
    TRY(task.error);
    publication->open = head->open;
    return generations_keep(&publication->generations, OBJECT_HEAD, head->generation);
}

static uint64_t with_count(uint64_t generation, unsigned count)
{
    return generation + (COUNT_BASE + count - generation % COUNT_BASE) % COUNT_BASE;
}

/* The one to put in its place: open for so many, or closed. `issued` of an open head is that of the
   first who opened it, as long as that one counts, and never one that a head before had. */
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
        head.issued = held->counts ? last : now > last ? now : last + 1;
        head.until -= randombytes_uniform(OPEN_SPREAD);
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

static bool write_note(struct publication *publication, uint64_t only, uint64_t issued)
{
    char text[OPENED_MAX];
    (void)snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64 "\n", only, issued);
    return publication_write(publication, FLEET_OPENED_FILE, text);
}

static bool read_note(const struct fleet *fleet, struct note *out_note)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    return fleet_read(fleet, FLEET_OPENED_FILE, OPENED_MAX, &text, &length) == HF_OK &&
           sscanf(text, "%" SCNu64 " %" SCNu64, &out_note->only, &out_note->issued) == 2;
}

/* Whether this folder is counted in the open head: by this run, or by one that was killed. */
static bool is_counted(const struct fleet *fleet, const struct held *held, struct note *out_note)
{
    return held->counts && read_note(fleet, out_note) && out_note->issued == held->head.issued &&
           (out_note->only == 0 || out_note->only == held->head.generation);
}

/* Noted when it is true: who is killed just before leaves the head open, and nobody counts out
   another. Who was about to leave puts the head once more, so that the put of then, which may still
   be on its way, comes too late. */
static enum hf_error try_begin(struct publication *publication)
{
    struct held held;
    struct note note;
    TRY(get_last(publication, &held));
    const bool counted = is_counted(publication->fleet, &held, &note);
    if (counted && note.only == 0)
        return HF_OK;
    const unsigned more = counted || held.count == COUNT_MAX ? 0 : 1;
    const struct head head = next_head(publication, &held, held.count + more);
    TRY(put_head(publication, &held, &head, NULL));
    (void)write_note(publication, 0, head.issued);
    return HF_OK;
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
    publication_command_due(publication);
    const enum hf_error error = repeat(publication, try_begin);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    publication->begun = true;
    return TOOL_OK;
}

/* How many are left. Of as many as can be counted there may be more. */
static unsigned count_out(const struct held *held)
{
    return held->count < COUNT_MAX ? held->count - 1 : held->count;
}

/* After HF_ECHANGED: it still is in where that put cannot have been made, because what is there
   now is older. Otherwise it may be out: then it does not count itself out once more. */
static enum hf_error still_in(struct publication *publication, const struct held *held,
                              const struct head *tried, bool unsure)
{
    struct held now = {.there = false};
    if (unsure)
        TRY(get_head(publication, &now));
    if (unsure && now.head.generation >= tried->generation)
        return HF_OK;
    (void)write_note(publication, 0, held->head.issued);
    return HF_OK;
}

/* Puts the head with this folder counted out, if it can note before that it may be. */
static enum hf_error leave(struct publication *publication, const struct held *held)
{
    bool unsure = false;
    const bool noted = write_note(publication, held->head.generation, held->head.issued);
    const struct head head = next_head(publication, held, noted ? count_out(held) : held->count);
    const enum hf_error error = put_head(publication, held, &head, &unsure);
    if (error == HF_ECHANGED)
        TRY(still_in(publication, held, &head, unsure));
    return error;
}

/* Hosts must see a new generation in any case, because they may have asked in between. Where a run
   before was about to leave, its put is made to come too late first: see try_begin. */
static enum hf_error try_end(struct publication *publication)
{
    struct held held;
    struct note note;
    TRY(get_last(publication, &held));
    const struct head same = next_head(publication, &held, held.count);
    const bool counted = is_counted(publication->fleet, &held, &note);
    if (counted && note.only != 0) {
        TRY(try_begin(publication));
        return HF_ECHANGED;
    }
    if (counted)
        TRY(leave(publication, &held));
    else
        TRY(put_head(publication, &held, &same, NULL));
    publication->changed = true;
    return HF_OK;
}

/* The one who publishes says what is right: also what another one has left open. */
static enum hf_error try_renew(struct publication *publication)
{
    struct held held;
    TRY(get_last(publication, &held));
    if (held.there && !held.old && !held.head.open && !renewal_due(publication, held.head.until))
        return HF_OK;
    const struct head head = next_head(publication, &held, 0);
    TRY(put_head(publication, &held, &head, NULL));
    publication->changed = true;
    return HF_OK;
}

/* Once in a command, which may end more than one publication. */
static void say_open(struct publication *publication)
{
    if (publication->open && !publication->told)
        say_note("%s: the head is left open: another administrator is at work, or was interrupted; "
                 "hosts ask more often until it is closed: hf-tokenctl publish, when nobody is at "
                 "work",
                 publication->fleet->command);
    publication->told = publication->told || publication->open;
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
    if (!publication->unwritten)
        fleet_remove(publication->fleet, FLEET_OPENED_FILE);
    (void)publication_keep(publication);
    say_open(publication);
    const int code = publication_command(publication);
    const bool wrong = publication->odd || publication->returned > 0 || publication->unwritten ||
                       publication->unkept;
    return code == TOOL_OK && wrong ? TOOL_FAILED : code;
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
