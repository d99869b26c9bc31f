/* Users' published documents, changed in bulk: verified, edited, and signed. */
#ifndef HF_FLEET_DOCUMENTS_H
#define HF_FLEET_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "tools/fleet/objects.h"

struct document;
struct fleet;
struct names;
struct taken;

struct document_plan {
    const char *const *users; /* borrowed */
    size_t count;
    const struct names *present; /* borrowed; sorted: who is published; NULL: it is not known */
    /* Edits the document of users[index]; `there` says whether it was published, else it is empty.
       What it leaves as it is, and has ended, stays so; EDIT_RENEWED gives that new dates.
       Called again where somebody else has changed it meanwhile, with what it is then. */
    enum edit (*edit)(void *context, size_t index, struct document *document, bool there);
    /* Told once for each user, in any order; may be NULL. */
    void (*done)(void *context, size_t index, enum edit outcome);
    void *context;
    const struct taken *taken; /* borrowed, or NULL: what of it is published is told */
    bool dry;                  /* nothing is put */
    bool renew;       /* those that stay as they are, and near their end, are signed anew */
    bool leave_ended; /* those whose time is over are not edited: it is said how many */
    bool keep_ended;  /* and those that are keep their dates: else all of it would come back */
};

/* Verifies and parses what was got; *out_old says that a previous signer made it. */
HF_CHECKED enum hf_error document_of(const struct fleet *fleet, const char *user,
                                     const struct engine_object *object,
                                     struct document **out_document, bool *out_old);

/* Gives 0; or the exit code, and it has been said. What is not about the one document ends it; then
   not all users are told of. */
int documents_update(struct publication *publication, const struct document_plan *plan);

#endif
