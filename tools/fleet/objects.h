/* Published objects, changed in bulk: got, edited, and put back where nobody else has changed them.
 */
#ifndef HF_FLEET_OBJECTS_H
#define HF_FLEET_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "store/object-path.h"

struct engine_object;
struct publication;

/* What an editor did, and what became of an object. */
enum edit {
    EDIT_NONE,    /* it is as it should be */
    EDIT_CHANGED, /* it is to be published */
    EDIT_RENEWED, /* the same, only signed anew */
    EDIT_FAILED,  /* and it has been said */
    EDIT_LOST,    /* somebody else has changed the same */
    EDIT_ODD,     /* what is there is no such object: it was told of, and is left alone */
};

struct object_plan {
    const char *what; /* for messages: the folder of the objects */
    size_t count;
    enum hf_error (*path)(void *context, size_t index, struct object_path *out_path);
    /* Whether a list that was just made did not have it: then it is not asked for before it is put,
       which half of the time would go into. NULL: all are. */
    bool (*absent)(void *context, size_t index);
    /* Looks at an object, NULL where it is not there, and gives the text to put in its place, which
       is malloc'd; none where it is to stay. Called again where somebody else has changed it
       meanwhile. */
    enum hf_error (*make)(void *context, size_t index, const struct engine_object *object,
                          enum edit *out_edit, char **out_text, size_t *out_length);
    /* Told once for each object, in any order; may be NULL. */
    void (*done)(void *context, size_t index, enum edit outcome);
    void *context;
};

/* Gives 0; or the exit code, and it has been said. What is not about the one object ends it; then
   not all are told of. What is no object of this fleet stops nothing: publication_end gives its
   exit code. */
int objects_update(struct publication *publication, const struct object_plan *plan);

#endif
