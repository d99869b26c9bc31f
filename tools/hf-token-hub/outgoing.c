#include "tools/hf-token-hub/outgoing.h"

#include <string.h>
#include <time.h>

#include "common/secret.h"
#include "hub/grant.h"
#include "hub/revoke.h"
#include "hub/whoami.h"
#include "keyring/grant.h"
#include "tools/beside.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/destination.h"
#include "tools/holdings/holdings.h"
#include "tools/say.h"

/* How often the Hub is asked whether the token is gone, a second apart: what it is told takes
   effect when it has come round to it. */
#define LOOKS 4

void outgoing_clear(struct outgoing *outgoing)
{
    secret_free(outgoing->token);
    secret_free(outgoing->grant);
    holdings_free(outgoing->holdings);
    outgoing->token = outgoing->grant = NULL;
    outgoing->holdings = NULL;
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
        return say_failure(TOOL_NONE, HF_OK, "To see the names: hf-token list",
                           "%s: there is no such token", outgoing->command);
    code = destination_check(outgoing->command, outgoing->holding, &outgoing->endpoint);
    if (code == TOOL_OK)
        read_ring(outgoing);
    return code;
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
                                             struct hub_fault *out_fault)
{
    const struct timespec second = {.tv_sec = 1};
    struct hub_account account;
    for (int i = 0; i < LOOKS; i++) {
        if (i > 0)
            (void)nanosleep(&second, NULL);
        *out_fault = (struct hub_fault){0};
        if (whoami_ask(&outgoing->endpoint, outgoing->token, &account, out_fault) != HUB_OK)
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
    if (kind == HUB_OK)
        kind = revoke_ask(&outgoing->endpoint, outgoing->token, out_fault);
    if (kind != HUB_OK)
        return kind;
    *out_told = true;
    return look_whether_gone(outgoing, out_fault);
}
