#include "tools/obtain.h"

#include <string.h>

#include "keyring/ring.h"
#include "tools/exit.h"
#include "tools/beside.h"
#include "tools/say.h"
#include "tools/select.h"

/* The default's name; where a full key quota kept it out of the ring, one token alone is it. */
static enum hf_error find_default(ring_serial ring, char out_name[TOKEN_NAME_MAX + 1])
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 0;
    enum hf_error error = ring_default(ring, out_name);
    if (error != HF_ENOTFOUND || ring_names(ring, names, &count) != HF_OK || count != 1)
        return error;
    memcpy(out_name, names[0], sizeof names[0]);
    return HF_OK;
}

static enum hf_error read_selected(struct selection *selection, struct secret **out_token)
{
    ring_serial ring = 0;
    enum ring_way way;
    TRY(ring_find(&ring, &way));
    if (selection->by == SELECT_BY_DEFAULT)
        TRY(find_default(ring, selection->name));
    return ring_get(ring, selection->name, out_token);
}

int obtain_token(const struct want *want, struct secret **out_token)
{
    struct selection selection;
    select_token(want->option, &selection);
    enum hf_error error = selection.error;
    if (error != HF_OK)
        return say_failure(selection.by == SELECT_BY_OPTION && want->failure == TOOL_FAILED
                               ? TOOL_USAGE
                               : want->failure,
                           error, "A name is 1 to 64 of A-Z a-z 0-9 . _ - and no token.", "%s: %s",
                           want->command, select_origin(&selection));
    error = read_selected(&selection, out_token);
    if (error == HF_OK)
        return TOOL_OK;
    if (error == HF_ENOTFOUND || error == HF_EEXPIRED)
        return beside_explain(want->command, want->option, want->failure);
    return say_failure(want->failure, error, "hf-token doctor", "%s", want->command);
}
