#include "tools/hf-token-hub/selected.h"

#include <stdbool.h>
#include <string.h>

#include "common/secret.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
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

int selected_obtain(const char *command, const char *option, struct selected *out_selected)
{
    struct selection selection;
    const struct want want = {.command = command, .option = option, .failure = TOOL_FAILED};
    int code = obtain_token(&want, &out_selected->token);
    if (code != TOOL_OK)
        return code;
    select_token(option, &selection);
    ring_serial ring = 0;
    enum ring_way way;
    if (selection.by == SELECT_BY_DEFAULT && ring_find(&ring, &way) == HF_OK &&
        ring_default(ring, selection.name) != HF_OK)
        selection.name[0] = '\0';
    memcpy(out_selected->name, selection.name, sizeof out_selected->name);
    return TOOL_OK;
}

/* Whether the ring's token of that name comes from the user's own document. */
static bool is_own(const char *name)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    if (holdings_read(&holdings) != HF_OK)
        return false;
    const struct holding *holding = holdings_find(holdings, name);
    return holding != NULL && holding->source != NULL && strcmp(holding->source, SOURCE_OWN) == 0;
}

void selected_note(const char *command, const struct selected *selected,
                   const struct endpoint *endpoint, const struct hub_account *account)
{
    SCOPED(own) struct own own = {.lock = -1};
    struct token_about about;
    if (!is_own(selected->name) || own_open(command, &own) != TOOL_OK)
        return;
    struct sealed_token *token = document_find(own.document, selected->name);
    about_fill(endpoint, account, when_now(), &about);
    if (token == NULL || about_same(&token->about, &about))
        return;
    token->about = about;
    (void)own_save(&own);
}
