#include "tools/fleet/documents.h"

#include <string.h>

#include "common/io.h"
#include "store/document.h"
#include "store/published.h"
#include "tools/exit.h"
#include "tools/fleet/names.h"
#include "tools/fleet/publication.h"
#include "tools/fleet/taken.h"
#include "tools/say.h"
#include "tools/when.h"

struct update {
    struct publication *publication;
    const struct document_plan *plan;
    size_t ended;
    bool went_back; /* the document that is looked at is older than what was there before */
};

/* Tokens that are published though they were taken back, and are said one by one. */
#define RETURNED_SAID 10

static enum hf_error path_of(void *context, size_t index, struct object_path *out_path)
{
    const struct update *update = context;
    return object_path_user(update->plan->users[index], out_path);
}

static bool is_absent(void *context, size_t index)
{
    const struct document_plan *plan = ((const struct update *)context)->plan;
    return plan->present != NULL && !names_have(plan->present, plan->users[index]);
}

enum hf_error document_of(const struct fleet *fleet, const char *user,
                          const struct engine_object *object, struct document **out_document,
                          bool *out_old)
{
    const char *payload = NULL;
    size_t length = 0;
    TRY(object_open(fleet, SIGNED_DOCUMENT, object, &payload, &length, out_old));
    return document_parse(payload, length, user, out_document);
}

/* Of one that the engine has no more there may have been a higher generation. What has ended keeps
   its dates where that is wanted. */
static enum hf_error sign(struct publication *publication, struct document *document, bool keep,
                          char **out_text, size_t *out_length)
{
    struct object_path path;
    TRY(object_path_user(document->user, &path));
    const uint64_t highest = generations_highest(&publication->generations, path.text);
    document->generation =
        generation_next(highest > document->generation ? highest : document->generation);
    TRY(generations_make(&publication->generations, path.text, document->generation));
    if (!keep) {
        document->issued = publication->now;
        document->until = publication->now + publication->valid;
    }
    return document_sign(document, &publication->fleet->signing, out_text, out_length);
}

static void say_returned(struct publication *publication, const char *user, const char *name,
                         const struct taken_back *back)
{
    const char *command = publication->fleet->command;
    const bool revoked = back->kind == TAKEN_REVOKED;
    char when[WHEN_TEXT_MAX], next[NEXT_MAX];
    progress_end(&publication->progress);
    if (++publication->returned > RETURNED_SAID)
        return;
    if (publication->returned == RETURNED_SAID)
        (void)say_failure(TOOL_FAILED, HF_OK, "What there is of a user: hf-tokenctl status USER",
                          "%s: there are more that were taken back, and are published", command);
    else
        (void)say_failure(TOOL_FAILED, HF_OK,
                          say_next(next, "Once more: hf-tokenctl %s %s %s",
                                   revoked ? "revoke" : "rotate", user, name),
                          "%s: %s of %s was %s on %s, and is published all the same", command, name,
                          user, revoked ? "revoked" : "rotated", when_print(back->when, when));
}

/* What an engine that went back has again, or a revocation that was broken off has left: it is the
   administrator's to say what is to become of it. A rotation that was broken off took nothing. */
static enum hf_error look_for_returned(const struct update *update, const struct document *document)
{
    if (update->plan->taken == NULL)
        return HF_OK;
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        struct taken_back back;
        TRY(taken_find_mark(update->plan->taken, document->user, token, &back));
        if (back.kind == TAKEN_REVOKED || (back.kind == TAKEN_ROTATED && update->went_back))
            say_returned(update->publication, document->user, token->name, &back);
    }
    return HF_OK;
}

static enum hf_error look(struct update *update, const char *user,
                          const struct engine_object *object, struct document **out_document,
                          bool *out_old)
{
    struct publication *publication = update->publication;
    struct object_path path;
    SCOPED(document) struct document *document = NULL;
    TRY(object_path_user(user, &path));
    TRY(document_of(publication->fleet, user, object, &document, out_old));
    const uint64_t generation = document->generation;
    TRY(publication_check(publication, path.text, &document->generation, out_old));
    update->went_back = document->generation > generation;
    *out_document = TAKE(document);
    return HF_OK;
}

static enum hf_error make(void *context, size_t index, const struct engine_object *object,
                          enum edit *out_edit, char **out_text, size_t *out_length)
{
    struct update *update = context;
    const struct document_plan *plan = update->plan;
    struct publication *publication = update->publication;
    SCOPED(document) struct document *document = NULL;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    bool old = false;
    update->went_back = false;
    if (object == NULL)
        TRY(document_new(plan->users[index], &document));
    else
        TRY(look(update, plan->users[index], object, &document, &old));
    const bool ended = object != NULL && document->until <= publication->now;
    const bool left = ended && plan->leave_ended;
    enum edit edit = EDIT_NONE;
    if (!left)
        edit = plan->edit(plan->context, index, document, object != NULL);
    update->ended += left;
    if (edit != EDIT_FAILED && edit != EDIT_LOST)
        TRY(look_for_returned(update, document));
    /* An ended one, too, must not have a signer whom nobody knows any more. */
    const bool only_signed = edit == EDIT_NONE && object != NULL && plan->renew &&
                             (old || (!ended && renewal_due(publication, document->until)));
    if (only_signed)
        edit = EDIT_RENEWED;
    if (edit == EDIT_CHANGED || edit == EDIT_RENEWED)
        TRY(sign(publication, document, ended && (only_signed || plan->keep_ended), &text,
                 &length));
    if (!plan->dry && text != NULL) {
        *out_length = length;
        *out_text = TAKE(text);
    }
    *out_edit = edit;
    return HF_OK;
}

static void done(void *context, size_t index, enum edit outcome)
{
    const struct update *update = context;
    if (update->plan->done != NULL)
        update->plan->done(update->plan->context, index, outcome);
}

int documents_update(struct publication *publication, const struct document_plan *plan)
{
    struct update update = {.publication = publication, .plan = plan};
    const struct object_plan objects = {.what = OBJECT_USERS,
                                        .count = plan->count,
                                        .path = path_of,
                                        .absent = is_absent,
                                        .make = make,
                                        .done = done,
                                        .context = &update};
    const int code = objects_update(publication, &objects);
    if (update.ended > 0)
        say_note("%s: %zu document%s ended, and stay%s so; to have them back, provision them again",
                 publication->fleet->command, update.ended, update.ended == 1 ? " has" : "s have",
                 update.ended == 1 ? "s" : "");
    return code;
}
