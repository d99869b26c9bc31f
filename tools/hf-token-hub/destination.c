#include "tools/hf-token-hub/destination.h"

#include <string.h>

#include "hub/endpoint.h"
#include "tools/exit.h"
#include "tools/holdings/holdings.h"
#include "tools/say.h"

/* The document says which Hub it is of, but a document is not to be believed where a token goes
   to: it can only stop this. */
int destination_check(const char *command, const struct holding *holding,
                      const struct endpoint *endpoint)
{
    const struct sealed_token *sealed = holding->sealed;
    char next[NEXT_MAX];
    if (sealed == NULL || sealed->about.checked == 0 ||
        strcmp(sealed->about.endpoint, endpoint->url) == 0)
        return TOOL_OK;
    /* No command to be copied: that would direct it after all. */
    (void)say_next(next, "It is of the Hub at %s; only if you know that one, set %s to it.",
                   sealed->about.endpoint, ENDPOINT_VARIABLE);
    return say_failure(TOOL_FAILED, HF_OK, say_clean(next), "%s: %s is a token of another Hub",
                       command, holding->name);
}
