/* A batch brought into users' documents: what is there already stays. */
#ifndef HF_FLEET_PROVISION_H
#define HF_FLEET_PROVISION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/document.h"
#include "tools/fleet/batch.h"
#include "tools/fleet/documents.h"
#include "tools/fleet/publication.h"
#include "tools/fleet/taken.h"

/* What a row means for the user's document. */
enum row_change { ROW_SAME, ROW_ADDED, ROW_REPLACED, ROW_SKIPPED };

struct row_state {
    enum row_change change;
    struct taken_back back;         /* why it is skipped */
    bool seen, had;                 /* the document was read, and had a token of this name */
    uint8_t had_id[TOKEN_ID_BYTES]; /* as it was read first */
};

/* A user's rows. */
struct user_rows {
    size_t first, count;
};

struct provision {
    const struct batch *batch; /* borrowed */
    struct publication *publication;
    const char **users;
    struct user_rows *of_user;
    size_t user_count;
    struct row_state *states; /* of the batch's rows */
    bool dry;
    bool bring_back; /* what was taken back is published, too */
    struct taken taken;
    size_t added, replaced, same, skipped, renewed, failed;
    size_t revived; /* tokens of documents that had ended, which no row has */
};
void provision_clear(struct provision *provision);
static inline void provision_scope_end(struct provision *held)
{
    provision_clear(held);
}

/* Groups the batch's rows, which are sorted, by user. `provision` begins with {0}, and is to be
   cleared in any case. HF_ENOMEM. */
HF_CHECKED enum hf_error provision_new(const struct batch *batch, struct publication *publication,
                                       struct provision *provision);

/* Brings a row into the user's document: EDIT_NONE, EDIT_CHANGED or EDIT_LOST. HF_EFULL,
   HF_ENOMEM. */
HF_CHECKED enum hf_error provision_row(struct provision *provision, size_t index,
                                       struct document *document, enum edit *out_edit);

/* Forgets that a row's token was taken back: it is published now. HF_ENOMEM. */
HF_CHECKED enum hf_error provision_forget(struct provision *provision, size_t index);

/* Publishes them, or only looks. Gives 0 or the exit code, and it has been said. */
int provision_run(struct provision *provision);

#endif
