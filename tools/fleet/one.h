/* A change of one user's published document: its command line, and the change. */
#ifndef HF_FLEET_ONE_H
#define HF_FLEET_ONE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/document.h"
#include "tools/fleet/documents.h"
#include "tools/fleet/publication.h"
#include "tools/fleet/roster.h"

struct arguments;

struct one {
    struct fleet fleet;
    struct roster roster;
    struct publication publication;
    const char *user, *name; /* name NULL: none was given */
    const char *expires;     /* --expires, or NULL */
    uint64_t valid;
    bool yes;
    bool heed_lost; /* go on where the engine has lost the document */
    bool put;       /* the document was published, whatever the exit code */
    bool lost;      /* it has: this folder knows that there was one */
};
void one_clear(struct one *one);
static inline void one_scope_end(struct one *held)
{
    one_clear(held);
}

/* Reads the command line. -1 to go on, else the exit code. */
int one_words(struct one *one, struct arguments *arguments);

/* Opens fleet, roster and engine. */
int one_begin(struct one *one);

/* The user's document as it is published; none where it is lost. Gives 0, or the exit code, and it
 * has been said. */
int one_get(struct one *one, struct document **out_document);

/* Says that there is no such token, and gives the exit code. What a publication that was killed has
   left to do is done before: it may be this very one. */
int one_say_none(struct one *one);

/* Publishes it once more, edited. */
int one_update(struct one *one,
               enum edit (*edit)(void *context, size_t index, struct document *document,
                                 bool there),
               void *context);

#endif
