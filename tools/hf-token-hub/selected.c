#include "tools/hf-token-hub/selected.h"

#include <stdbool.h>
#include <string.h>

#include "common/secret.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/destination.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/obtain.h"
#include "tools/select.h"
#include "tools/when.h"

void selected_clear(struct selected *selected)
{
    secret_free(selected->token);
    selected->token = NULL;
}

/* What obtain_token has chosen. */
static void find_name(const char *option, struct selected *selected)
{
    struct selection selection;
    ring_serial ring = 0;
    enum ring_way way;
    select_token(option, &selection);
    if (selection.by == SELECT_BY_DEFAULT && ring_find(&ring, &way) == HF_OK &&
        obtain_default(ring, selection.name) != HF_OK)
        selection.name[0] = '\0';
    memcpy(selected->name, selection.name, sizeof selected->name);
}

/* Which token of the user's own document it is, if one. */
static void find_id(const struct holding *holding, struct selected *selected)
{
    if (holding == NULL || holding->source == NULL || strcmp(holding->source, SOURCE_OWN) != 0)
        return;
    selected->is_own = true;
    memcpy(selected->id, holding->sealed->id, sizeof selected->id);
}

int selected_obtain(const char *command, const char *option, const struct endpoint *endpoint,
                    struct selected *out_selected)
{
    SCOPED(selected) struct selected selected = {.name = ""};
    SCOPED(holdings) struct holdings *holdings = NULL;
    const struct want want = {.command = command, .option = option, .failure = TOOL_FAILED};
    int code = obtain_token(&want, &selected.token);
    if (code == TOOL_OK)
        code = holdings_begin(command, &holdings);
    if (code != TOOL_OK)
        return code;
    find_name(option, &selected);
    const struct holding *holding = holdings_find(holdings, selected.name);
    find_id(holding, &selected);
    code = destination_check(command, holding, endpoint);
    if (code != TOOL_OK)
        return code;
    *out_selected = selected;
    selected.token = NULL;
    return TOOL_OK;
}

void selected_note(const char *command, const struct selected *selected,
                   const struct endpoint *endpoint, const struct hub_account *account)
{
    SCOPED(own) struct own own = {.lock = -1};
    struct token_about about;
    if (!selected->is_own || own_open(command, &own) != TOOL_OK)
        return;
    struct sealed_token *token = document_find(own.document, selected->name);
    about_fill(endpoint, account, when_now(), &about);
    /* Another login may have put its token there while the Hub was asked. */
    if (token == NULL || memcmp(token->id, selected->id, sizeof token->id) != 0 ||
        about_same(&token->about, &about))
        return;
    token->about = about;
    (void)own_save(&own);
}
