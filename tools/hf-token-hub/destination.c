#include "tools/hf-token-hub/destination.h"

#include <string.h>

#include "hub/endpoint.h"
#include "tools/exit.h"
#include "tools/holdings/holdings.h"
#include "tools/say.h"

/* A document is not to be believed where a token goes to: it can only stop this. */
const char *destination_other(const struct holding *holding, const struct endpoint *endpoint)
{
    if (holding == NULL || holding->sealed == NULL || holding->sealed->about.checked == 0 ||
        strcmp(holding->sealed->about.endpoint, endpoint->url) == 0)
        return NULL;
    return holding->sealed->about.endpoint;
}

const char *destination_advice(const char *other, char next[static NEXT_MAX])
{
    return say_next(
        next, "It is of the Hub at %s; only if you know that one, set " ENDPOINT_VARIABLE " to it.",
        other);
}

int destination_check(const char *command, const struct holding *holding,
                      const struct endpoint *endpoint)
{
    const char *other = destination_other(holding, endpoint);
    char next[NEXT_MAX];
    if (other == NULL)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, destination_advice(other, next),
                       "%s: %s is a token of another Hub", command, holding->name);
}
