#include "tools/clients/twin.h"

#include <string.h>

#include "common/secret.h"
#include "keyring/ring.h"
#include "tools/holdings/holdings.h"

/* An account's tokens of one name differ in when they were made. */
static bool same_at_hub(const struct token_about *one, const struct token_about *other)
{
    return one->checked != 0 && other->checked != 0 && one->created != 0 &&
           one->created == other->created && strcmp(one->endpoint, other->endpoint) == 0 &&
           strcmp(one->account, other->account) == 0 &&
           strcmp(one->display_name, other->display_name) == 0;
}

static enum twin judge(const struct holdings *holdings, const char *name,
                       const struct secret *token, const struct token_about *about)
{
    SCOPED(secret) struct secret *present = NULL;
    const struct holding *holding = holdings_find(holdings, name);
    if (ring_get(holdings->ring.serial, name, &present) != HF_OK || !secret_equals(present, token))
        return TWIN_NONE;
    return holding != NULL && holding->sealed != NULL && same_at_hub(&holding->sealed->about, about)
               ? TWIN_STORED
               : TWIN_IN_RING;
}

enum twin twin_find(const struct secret *token, const struct token_about *about,
                    char out_name[TOKEN_NAME_MAX + 1])
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    enum twin found = TWIN_NONE;
    if (holdings_read(&holdings) != HF_OK || !holdings->ring.found)
        return TWIN_NONE;
    for (size_t i = 0; i < holdings->ring.name_count && found != TWIN_STORED; i++) {
        const char *name = holdings->ring.names[i];
        const enum twin twin = judge(holdings, name, token, about);
        if (twin <= found)
            continue;
        found = twin;
        memcpy(out_name, name, strlen(name) + 1);
    }
    return found;
}
