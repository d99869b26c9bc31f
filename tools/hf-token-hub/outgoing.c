#include "tools/hf-token-hub/outgoing.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "hub/grant.h"
#include "hub/revoke.h"
#include "hub/whoami.h"
#include "keyring/grant.h"
#include "store/files.h"
#include "tools/beside.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/destination.h"
#include "tools/hf-token-hub/refresh.h"
#include "tools/holdings/holdings.h"
#include "tools/say.h"

/* How often the Hub is asked whether the token is gone, a second apart: what it is told takes
   effect when it has come round to it. */
#define LOOKS 4

void outgoing_clear(struct outgoing *outgoing)
{
    secret_free(outgoing->token);
    secret_free(outgoing->grant);
    secret_free(outgoing->fresh);
    holdings_free(outgoing->holdings);
    outgoing->token = outgoing->grant = outgoing->fresh = NULL;
    outgoing->holdings = NULL;
    if (outgoing->lock >= 0)
        close(outgoing->lock);
    outgoing->lock = -1;
}

bool outgoing_is_own(const struct outgoing *outgoing)
{
    const char *source = outgoing->holding->source;
    return source != NULL && strcmp(source, SOURCE_OWN) == 0;
}

static void read_ring(struct outgoing *outgoing)
{
    SCOPED(ring_grant) struct ring_grant grant = {0};
    const struct holdings_ring *ring = &outgoing->holdings->ring;
    const char *name = outgoing->holding->name;
    if (!ring->found)
        return;
    enum hf_error error = ring_get(ring->serial, name, &outgoing->token);
    /* Where the grant alone is left, it brings the token back, to be revoked with it. */
    if (error != HF_OK && ring_grant_exists(ring->serial, name) && beside_refresh(name) == TOOL_OK)
        error = ring_get(ring->serial, name, &outgoing->token);
    if (error != HF_OK)
        outgoing->token = NULL;
    if (ring_grant_get(ring->serial, name, &grant) == HF_OK)
        outgoing->grant = TAKE(grant.grant);
}

int outgoing_find(struct outgoing *outgoing, const char *name)
{
    int code = holdings_begin(outgoing->command, &outgoing->holdings);
    if (code != TOOL_OK)
        return code;
    outgoing->holding = holdings_find(outgoing->holdings, name);
    if (outgoing->holding == NULL)
        return holdings_say_none(outgoing->command, name);
    code = destination_check(outgoing->command, outgoing->holding, &outgoing->endpoint);
    if (code == TOOL_OK)
        read_ring(outgoing);
    return code;
}

static bool is_id(const uint8_t one[static TOKEN_ID_BYTES],
                  const uint8_t other[static TOKEN_ID_BYTES])
{
    return memcmp(one, other, TOKEN_ID_BYTES) == 0;
}

/* Whether the document's token is the one that this began with, or what a refresh made of it since;
   and whether it is the ring's. `grant` has no key where the ring has none. */
static bool is_the_same(const struct outgoing *outgoing, const struct sealed_token *now,
                        const struct ring_grant *grant)
{
    const uint8_t *before = outgoing->holding->sealed->id;
    if (grant->key == 0)
        return is_id(now->id, before);
    return ring_grant_is_of(grant, now->id) && ring_grant_is_of(grant, before);
}

/* Under the lock of refreshes. HF_ETRYAGAIN: another token has that name by now. */
static enum hf_error read_again(struct outgoing *outgoing)
{
    SCOPED(document) struct document *document = NULL;
    SCOPED(ring_grant) struct ring_grant grant = {0};
    SCOPED(secret) struct secret *token = NULL;
    const struct holdings_ring *ring = &outgoing->holdings->ring;
    const char *name = outgoing->holding->name;
    enum hf_error error = ring->found ? ring_grant_get(ring->serial, name, &grant) : HF_ENOTFOUND;
    if (error != HF_OK && error != HF_ENOTFOUND)
        return error;
    TRY(document_read(&outgoing->holdings->account, &document));
    const struct sealed_token *now = document_find(document, name);
    if (now == NULL || !is_the_same(outgoing, now, &grant))
        return HF_ETRYAGAIN;
    memcpy(outgoing->id, now->id, sizeof outgoing->id);
    if (ring->found && ring_get(ring->serial, name, &token) == HF_OK) {
        secret_free(outgoing->token);
        outgoing->token = TAKE(token);
    }
    secret_free(outgoing->grant);
    outgoing->grant = TAKE(grant.grant);
    outgoing->fresh = TAKE(grant.fresh);
    return HF_OK;
}

int outgoing_hold(struct outgoing *outgoing)
{
    const char *name = outgoing->holding->name;
    /* What is in no document of the user's own is not refreshed. */
    if (!outgoing_is_own(outgoing))
        return TOOL_OK;
    enum hf_error error = refresh_lock(&outgoing->holdings->account,
                                       clock_ms() + REFRESH_LOCK_PATIENCE, &outgoing->lock);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed. Try again in a minute.",
                           "%s: waiting for a renewal of %s to end", outgoing->command, name);
    error = read_again(outgoing);
    if (error == HF_ETRYAGAIN)
        return say_failure(TOOL_FAILED, HF_OK, "Nothing was changed. Try again, in a new login.",
                           "%s: another command has changed %s meanwhile", outgoing->command, name);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed. hf-token doctor",
                           "%s: reading %s again", outgoing->command, name);
    return TOOL_OK;
}

static enum hub_fault_kind revoke_grant(const struct outgoing *outgoing,
                                        struct hub_fault *out_fault)
{
    SCOPED(grant) struct grant grant = {0};
    if (outgoing->grant == NULL || grant_parse(outgoing->grant, &grant) != HF_OK)
        return HUB_OK;
    return revoke_ask(&grant.endpoint, grant.refresh, out_fault);
}

/* That the Hub has been told it says whatever comes of it; whoami tells. */
static enum hub_fault_kind look_whether_gone(const struct outgoing *outgoing,
                                             const struct secret *token,
                                             struct hub_fault *out_fault)
{
    const struct timespec second = {.tv_sec = 1};
    struct hub_account account;
    for (int i = 0; i < LOOKS; i++) {
        if (i > 0)
            (void)nanosleep(&second, NULL);
        *out_fault = (struct hub_fault){0};
        if (whoami_ask(&outgoing->endpoint, token, &account, out_fault) != HUB_OK)
            break;
    }
    if (out_fault->kind == HUB_REFUSED)
        return HUB_OK;
    if (out_fault->kind == HUB_OK)
        *out_fault = (struct hub_fault){.kind = HUB_BROKEN, .message = "it takes the token still"};
    return out_fault->kind;
}

enum hub_fault_kind outgoing_revoke(const struct outgoing *outgoing, bool *out_told,
                                    struct hub_fault *out_fault)
{
    *out_told = false;
    *out_fault = (struct hub_fault){0};
    /* The grant first: it could bring the token back. */
    enum hub_fault_kind kind = revoke_grant(outgoing, out_fault);
    if (kind == HUB_OK && outgoing->fresh != NULL)
        kind = revoke_ask(&outgoing->endpoint, outgoing->fresh, out_fault);
    if (kind == HUB_OK)
        kind = revoke_ask(&outgoing->endpoint, outgoing->token, out_fault);
    if (kind != HUB_OK)
        return kind;
    *out_told = true;
    kind = look_whether_gone(outgoing, outgoing->token, out_fault);
    return kind == HUB_OK && outgoing->fresh != NULL
               ? look_whether_gone(outgoing, outgoing->fresh, out_fault)
               : kind;
}
