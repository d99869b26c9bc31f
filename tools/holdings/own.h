/* The user's own document while it is changed: locked from reading to writing. */
#ifndef HF_HOLDINGS_OWN_H
#define HF_HOLDINGS_OWN_H

#include "common/account.h"
#include "common/error.h"

struct document;

struct own {
    const char *command; /* for messages; borrowed */
    struct account account;
    struct document *document; /* owned */
    int lock;                  /* owned; -1: none */
};

/* Says that nothing is placed for root, where this is root: the module passes root over. Gives 0 or
   the exit code. */
int own_check_user(const char *command);

/* Takes the lock and reads the document; where there is none, a new one is made, which own_save
   writes. Gives 0 or the exit code, and it has been said. own_close, or SCOPED(own), in each case.
 */
int own_open(const char *command, struct own *out_own);

/* Writes the document. Gives 0 or the exit code, and it has been said: then the file is as it was.
 */
int own_save(struct own *own);

/* What to do about a document or identity of the user's that cannot be used; a static string. */
const char *own_advice(enum hf_error error);

/* What to do where there is no token yet; a static string. */
const char *own_first_advice(void);

void own_close(struct own *own);
static inline void own_scope_end(struct own *held)
{
    own_close(held);
}

#endif
