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

/* What a list's token was, if it was taken back. `unsure`: by an identity that the fleet had
   before, so that it cannot be compared, and any token may be that one. */
struct taken_back {
    enum taken_kind kind;
    uint64_t when;
    bool unsure;
};

/* Whether this token of a user was taken back. What fleet_mark gives. */
HF_CHECKED enum hf_error taken_find(const struct fleet *fleet, const struct taken *taken,
                                    const char *user, const char *name, const struct secret *token,
                                    struct taken_back *out_back);

/* Forgets all that was taken back of this name: somebody has said that it is to be published. */
void taken_forget(struct taken *taken, const char *user, const char *name);

/* Writes the file, where anything has changed. What fleet_write gives, HF_ENOMEM. */
HF_CHECKED enum hf_error taken_write(const struct fleet *fleet, struct taken *taken);

/* Reads, adds a token of a user, and writes: before that is published, so that a kill in between
   forgets nothing. One without a mark was in no list. Gives 0 or the exit code, and it has been
   said. */
int taken_note(const struct fleet *fleet, const char *user, const struct sealed_token *token,
               enum taken_kind kind, uint64_t now);

#endif
