#include "tools/obtain.h"

#include <string.h>
#include <time.h>

#include "keyring/demand.h"
#include "keyring/grant.h"
#include "keyring/ring.h"
#include "tools/beside.h"
#include "tools/demanded.h"
#include "tools/exit.h"
#include "tools/say.h"
#include "tools/select.h"

enum hf_error obtain_default(ring_serial ring, char out_name[TOKEN_NAME_MAX + 1])
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 0;
    enum hf_error error = ring_default(ring, out_name);
    if (error != HF_ENOTFOUND || ring_names(ring, names, &count) != HF_OK || count != 1)
        return error;
    memcpy(out_name, names[0], sizeof names[0]);
    return HF_OK;
}

/* *out_ring is set where a token of the selected name is looked for. */
static enum hf_error read_selected(struct selection *selection, ring_serial *out_ring,
                                   struct secret **out_token)
{
    ring_serial ring = 0;
    enum ring_way way;
    TRY(ring_find(&ring, &way));
    if (selection->by == SELECT_BY_DEFAULT)
        TRY(obtain_default(ring, selection->name));
    *out_ring = ring;
    return ring_get(ring, selection->name, out_token);
}

/* In the usual case, a token without a grant, this is one keyctl_search(3). */
static bool wants_refresh(ring_serial ring, const char *name, enum hf_error error)
{
    if (error == HF_OK)
        return ring_grant_is_due(ring, name, (uint64_t)time(NULL));
    return (error == HF_ENOTFOUND || error == HF_EEXPIRED) && ring_grant_exists(ring, name);
}

/* Exchanges the token for a refreshed one. Where that fails, the one that was there stays good. */
static enum hf_error refresh(ring_serial ring, const char *name, enum hf_error error,
                             struct secret **token, int *out_code)
{
    struct secret *refreshed = NULL;
    *out_code = beside_refresh(name);
    enum hf_error again = ring_get(ring, name, &refreshed);
    if (again != HF_OK)
        return error == HF_OK ? HF_OK : again;
    secret_free(*token);
    *token = refreshed;
    return HF_OK;
}

/* What was wrong with a refresh, hf-token-hub has said; its code is this command's. */
static int give_up(const struct want *want, int refresh_code)
{
    if (refresh_code <= TOOL_OK || refresh_code > TOOL_REFUSED)
        return beside_explain(want->command, want->option, want->failure);
    return want->failure == TOOL_FAILED ? refresh_code : want->failure;
}

/* A wrong name is said in each case, because no other token takes its place. */
static int say_selection(const struct want *want, struct selection *selection)
{
    int code = want->failure;
    if (want->optional)
        code = TOOL_NONE;
    else if (selection->by == SELECT_BY_OPTION && code == TOOL_FAILED)
        code = TOOL_USAGE;
    return say_failure(code, selection->error,
                       "A name is 1 to 64 of A-Z a-z 0-9 . _ - and no token.", "%s: %s",
                       want->command, select_origin(selection));
}

int obtain_token(const struct want *want, struct secret **out_token)
{
    SCOPED(secret) struct secret *token = NULL;
    struct selection selection;
    ring_serial ring = 0;
    int refresh_code = TOOL_OK;
    select_token(want->option, &selection);
    enum hf_error error = selection.error;
    if (error != HF_OK)
        return say_selection(want, &selection);
    error = read_selected(&selection, &ring, &token);
    if (ring != 0 && wants_refresh(ring, selection.name, error))
        error = refresh(ring, selection.name, error, &token, &refresh_code);
    const bool none = error == HF_ENOTFOUND || error == HF_EEXPIRED;
    const bool demanded = none && demanded_wanted();
    if (demanded)
        error = demand_token(selection.name, &token);
    if (error == HF_OK) {
        *out_token = TAKE(token);
        return TOOL_OK;
    }
    if (want->optional)
        return TOOL_NONE;
    if (demanded && demanded_tells(error))
        return demanded_say(want, selection.name, error);
    if (none)
        return give_up(want, refresh_code);
    return say_failure(want->failure, error, "hf-token doctor", "%s", want->command);
}
