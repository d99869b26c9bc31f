/* Whether the selected token is available, and if not, why and what to do: what `status` and
 * `explain` say. */
#ifndef HF_HOLDINGS_VERDICT_H
#define HF_HOLDINGS_VERDICT_H

#include "tools/say.h"
#include "tools/select.h"

struct holding;
struct holdings;

struct verdict {
    int code;                      /* TOOL_OK, TOOL_FAILED, TOOL_NONE or TOOL_LOCKED */
    const struct holding *holding; /* borrowed; NULL: there is none of that name */
    char why[NEXT_MAX];            /* empty with TOOL_OK, as `next` */
    char next[NEXT_MAX];
};

/* Of holdings_locked, where there is no token to be seen. */
#define VERDICT_LOCKED      "locked: hf-token lock has emptied your sessions' ring"
#define VERDICT_LOCKED_NEXT "Log in again. To add a token of your own: hf-token login"

/* Of holdings_engine. */
#define VERDICT_ENGINE_NEXT "Ask the administrator; for one of your own: hf-token login"

/* `selection` is cleaned where its paths are printed. */
void verdict_of(const struct holdings *holdings, struct selection *selection,
                struct verdict *out_verdict);

#endif
