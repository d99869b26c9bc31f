#include "tools/fleet/reseal.h"

#include <string.h>

#include "store/fleet.h"
#include "store/seal.h"
#include "tools/intake.h"

bool reseal_needed(const struct roster *roster, const struct sealed_token *token)
{
    for (size_t i = 0; i < token->slot_count; i++) {
        bool present = true;
        if (roster_pool_of(roster, token->slots[i].recipient, &present) != NULL && !present)
            return true;
    }
    return false;
}

/* With the key of any pool that it is sealed to. */
static enum hf_error open_token(const struct fleet *fleet, const struct roster *roster,
                                const char *user, const struct sealed_token *token,
                                struct secret **out_token, struct secret **out_grant)
{
    enum hf_error error = HF_ENOSLOT;
    for (size_t i = 0; i < token->slot_count && error == HF_ENOSLOT; i++) {
        SCOPED(key_pair) struct key_pair pair = {0};
        bool present = true;
        const uint8_t *key = token->slots[i].recipient;
        const struct pool_file *pool = roster_pool_of(roster, key, &present);
        if (pool == NULL)
            continue;
        error = pool_file_open(fleet, pool, key, &pair);
        if (error == HF_OK)
            error = intake_open(user, token, &pair, out_token, out_grant);
    }
    return error;
}

static enum hf_error mark(const struct fleet *fleet, const char *user, const struct secret *token,
                          const struct recipients *recipients, struct sealed_token *sealed)
{
    uint8_t keys[SLOTS_MAX][KEY_BYTES];
    for (size_t i = 0; i < recipients->count; i++)
        memcpy(keys[i], recipients->list[i].public_key, KEY_BYTES);
    sealed->has_mark = true;
    return fleet_mark(&fleet->identity, user, sealed->name, sealed->expires, token,
                      (const uint8_t(*)[KEY_BYTES])keys, recipients->count, sealed->mark);
}

enum hf_error reseal(const struct fleet *fleet, const struct roster *roster,
                     struct document *document, const char *name, size_t *out_dropped)
{
    SCOPED(secret) struct secret *token = NULL;
    SCOPED(secret) struct secret *grant = NULL;
    const struct sealed_token *old = document_find(document, name);
    struct sealed_token sealed = {0};
    struct recipients recipients;
    if (old == NULL)
        return HF_ENOTFOUND;
    TRY(open_token(fleet, roster, document->user, old, &token, &grant));
    *out_dropped = recipients_renew(roster, old, &recipients);
    TRY(token_seal_as(old->id, document->user, name, old->created, old->expires, token, grant,
                      recipients.list, recipients.count, &sealed));
    sealed.about = old->about;
    enum hf_error error =
        old->has_mark ? mark(fleet, document->user, token, &recipients, &sealed) : HF_OK;
    if (error == HF_OK)
        error = document_put(document, &sealed);
    sealed_token_clear(&sealed);
    return error;
}
