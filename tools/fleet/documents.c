#include "tools/fleet/documents.h"

#include <string.h>

#include "store/document.h"
#include "store/published.h"
#include "tools/fleet/names.h"
#include "tools/fleet/publication.h"

struct update {
    struct publication *publication;
    const struct document_plan *plan;
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

static enum hf_error sign(const struct publication *publication, struct document *document,
                          char **out_text, size_t *out_length)
{
    document->generation = generation_next(document->generation);
    document->issued = publication->now;
    document->until = publication->now + publication->valid;
    return document_sign(document, &publication->fleet->signing, out_text, out_length);
}

static enum hf_error make(void *context, size_t index, const struct engine_object *object,
                          enum edit *out_edit, char **out_text, size_t *out_length)
{
    const struct update *update = context;
    const struct document_plan *plan = update->plan;
    const struct publication *publication = update->publication;
    SCOPED(document) struct document *document = NULL;
    bool old = false;
    if (object == NULL)
        TRY(document_new(plan->users[index], &document));
    else
        TRY(document_of(publication->fleet, plan->users[index], object, &document, &old));
    enum edit edit = plan->edit(plan->context, index, document, object != NULL);
    if (edit == EDIT_NONE && object != NULL && plan->renew &&
        (old || renewal_due(publication, document->until)))
        edit = EDIT_RENEWED;
    if ((edit == EDIT_CHANGED || edit == EDIT_RENEWED) && !plan->dry)
        TRY(sign(publication, document, out_text, out_length));
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
    return objects_update(publication, &objects);
}
