/* Tokens that `rotate` and `revoke` took back from this folder's fleet: a list that still has one
 * would bring it back. No token is kept: its mark is, by which the fleet's identity alone knows it
 * again. */
#ifndef HF_FLEET_TAKEN_H
#define HF_FLEET_TAKEN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "store/document.h"
#include "tools/fleet/names.h"

struct fleet;
struct secret;

enum taken_kind { TAKEN_NOT, TAKEN_ROTATED, TAKEN_REVOKED };

/* Begin with {0}. */
struct taken {
    struct names lines; /* of the folder's file, sorted */
    bool changed;       /* since it was read */
};
void taken_clear(struct taken *taken);
static inline void taken_scope_end(struct taken *held)
{
    taken_clear(held);
}

/* Reads the folder's file; none is an empty one. What fleet_read gives, HF_EFORMAT, HF_ENOMEM. */
HF_CHECKED enum hf_error taken_read(const struct fleet *fleet, struct taken *taken);

/* Says that it could not be read or written, and what to do. Gives 1. */
int taken_say(const struct fleet *fleet, enum hf_error error);

/* What a token was, if it was taken back. */
struct taken_back {
    enum taken_kind kind;
    uint64_t when;
    bool unsure;    /* by an identity that the fleet had before: any token may be that one */
    bool elsewhere; /* under another name of the same user */
    bool published; /* and is published, all the same */
    bool stale;     /* a rotation of it came to nothing: so it was not taken back by that */
};

/* Whether this token of a user was taken back, under whatever name. `published` is what is
   published in its place, or NULL. A rotation that came to nothing, so that its token is still
   published, took nothing back. What fleet_mark gives. */
HF_CHECKED enum hf_error taken_find(const struct fleet *fleet, const struct taken *taken,
                                    const char *user, const char *name, const struct secret *token,
                                    const struct sealed_token *published,
                                    struct taken_back *out_back);

/* Whether what is published of a user was taken back: by its mark, or because it was made before
   what stood in its place was taken back. HF_ENAME. */
HF_CHECKED enum hf_error taken_find_mark(const struct taken *taken, const char *user,
                                         const struct sealed_token *published,
                                         struct taken_back *out_back);

/* Forgets what was taken back and is this token of a user, `doubtful` also what may be: somebody
   has said that it is to be published. What fleet_mark gives. */
HF_CHECKED enum hf_error taken_forget(const struct fleet *fleet, struct taken *taken,
                                      const char *user, const char *name,
                                      const struct secret *token, bool doubtful);

/* Drops the oldest lines until the file has at most so many bytes, but none of `now`. HF_ENOMEM. */
HF_CHECKED enum hf_error taken_fit(struct taken *taken, size_t maximum, uint64_t now);

/* Writes the file, where anything has changed. What fleet_write gives, HF_ENOMEM. */
HF_CHECKED enum hf_error taken_write(const struct fleet *fleet, struct taken *taken);

/* Reads, adds a document's token, or without `name` all of them, and writes: before they are taken
   out of what is published, so that a kill in between forgets nothing. One without a mark was in no
   list. Gives 0; or 1, and it has been said. */
int taken_note(const struct fleet *fleet, const struct document *document, const char *name,
               enum taken_kind kind, uint64_t now);

#endif
