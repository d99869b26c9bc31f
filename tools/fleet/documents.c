#include "tools/fleet/documents.h"

#include <string.h>

#include "common/io.h"
#include "store/document.h"
#include "store/published.h"
#include "tools/fleet/names.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

struct update {
    struct publication *publication;
    const struct document_plan *plan;
    size_t ended;
};

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

static enum hf_error look(struct publication *publication, const char *user,
                          const struct engine_object *object, struct document **out_document,
                          bool *out_old)
{
    struct object_path path;
    SCOPED(document) struct document *document = NULL;
    TRY(object_path_user(user, &path));
    TRY(document_of(publication->fleet, user, object, &document, out_old));
    TRY(publication_check(publication, path.text, &document->generation, out_old));
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
    if (object == NULL)
        TRY(document_new(plan->users[index], &document));
    else
        TRY(look(publication, plan->users[index], object, &document, &old));
    const bool ended = object != NULL && document->until <= publication->now;
    const bool left = ended && plan->leave_ended;
    enum edit edit = EDIT_NONE;
    if (!left)
        edit = plan->edit(plan->context, index, document, object != NULL);
    update->ended += left;
    /* An ended one, too, must not have a signer whom nobody knows any more. */
    if (edit == EDIT_NONE && object != NULL && plan->renew &&
        (old || (!left && renewal_due(publication, document->until))))
        edit = EDIT_RENEWED;
    if (edit == EDIT_CHANGED || edit == EDIT_RENEWED)
        TRY(sign(publication, document, ended && (left || plan->keep_ended), &text, &length));
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
