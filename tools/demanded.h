/* A token that no session has placed, where the administrator allows that: keyring/demand.h. */
#ifndef HF_TOOLS_DEMANDED_H
#define HF_TOOLS_DEMANDED_H

#include <stdbool.h>

#include "common/error.h"

struct want;

/* Whether to ask for it: it has been turned on, and this user did not lock what there was. */
bool demanded_wanted(void);

/* Whether `error` is an answer that says more than what documents tell: within a session they are
   the better guide. */
bool demanded_tells(enum hf_error error);

/* Says why there is none, where demanded_tells, and gives the exit code. `name` is empty for the
   default. */
int demanded_say(const struct want *want, const char *name, enum hf_error error);

#endif
