#include <string.h>

#include "common/secret.h"
#include "hub/request.h"
#include "hub/whoami.h"
#include "tools/doctor/doctor.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/destination.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/holdings/holdings.h"
#include "tools/select.h"

/* The ring's token that a program would get here, or NULL. */
static struct secret *selected_token(const struct holdings *holdings,
                                     struct selection *out_selection)
{
    struct secret *token = NULL;
    select_token(NULL, out_selection);
    if (out_selection->by == SELECT_BY_DEFAULT)
        memcpy(out_selection->name, holdings_default(holdings), sizeof out_selection->name);
    if (!holdings->ring.found ||
        ring_get(holdings->ring.serial, out_selection->name, &token) != HF_OK)
        return NULL;
    return token;
}

/* That the Hub could not be asked is nothing that is wrong with this machine, but that it never
 * can be is. */
static void find_fault(struct doctor *doctor, const struct hub_fault *fault)
{
    char reason[NEXT_MAX], next[NEXT_MAX];
    const enum level level = fault->kind == HUB_NO_AUTHORITIES ? LEVEL_BAD : LEVEL_WARN;
    doctor_find(doctor, level, speak_advice(fault, next), "%s", speak_reason(fault, reason));
}

/* Without a token it refuses to say who that is, which is an answer. */
static void ask_without(struct doctor *doctor, const struct endpoint *endpoint)
{
    SCOPED(hub_answer) struct hub_answer answer = {0};
    const struct hub_request request = {.endpoint = endpoint, .path = "/api/whoami-v2"};
    const enum hub_fault_kind kind = hub_ask(&request, &answer);
    if (kind == HUB_OK || kind == HUB_REFUSED)
        doctor_find(doctor, LEVEL_OK, NULL, "the Hub answers; no token is ready to ask it about");
    else
        find_fault(doctor, &answer.fault);
}

/* Whether the Hub has answered. */
static bool ask_about(struct doctor *doctor, const struct endpoint *endpoint, const char *name,
                      const struct secret *token)
{
    struct hub_account account;
    struct hub_fault fault = {0};
    char reason[NEXT_MAX], next[NEXT_MAX];
    if (whoami_ask(endpoint, token, &account, &fault) == HUB_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "the Hub takes %s: it is %s's%s%s", name,
                    say_clean(account.name), account.role[0] != '\0' ? ", role " : "",
                    about_role(say_clean(account.role)));
    else if (hub_fault_is_refusal(fault.kind))
        doctor_find(doctor, LEVEL_BAD, say_next(next, "hf-token login --name %s", name), "%s: %s",
                    name, speak_reason(&fault, reason));
    else
        find_fault(doctor, &fault);
    return fault.kind == HUB_OK || hub_fault_is_refusal(fault.kind);
}

/* What whoami would refuse to send, it does not send either. *out_asked: the token's name, or
 * empty.
 */
static void ask_selected(struct doctor *doctor, const struct endpoint *endpoint,
                         char out_asked[static TOKEN_NAME_MAX + 1])
{
    struct selection selection;
    char next[NEXT_MAX];
    SCOPED(secret) struct secret *token = selected_token(doctor->holdings, &selection);
    const char *other =
        destination_other(holdings_find(doctor->holdings, selection.name), endpoint);
    out_asked[0] = '\0';
    if (token == NULL)
        ask_without(doctor, endpoint);
    else if (other != NULL)
        doctor_find(doctor, LEVEL_WARN, destination_advice(other, next),
                    "%s is a token of another Hub, so this one is not asked", selection.name);
    else if (ask_about(doctor, endpoint, selection.name, token))
        memcpy(out_asked, selection.name, sizeof selection.name);
}

/* Of a token that is not in the user's own document, whoami would keep nothing. */
static void find_unchecked(struct doctor *doctor, const char *asked)
{
    char next[NEXT_MAX];
    for (size_t i = 0; i < doctor->holdings->count; i++) {
        const struct holding *holding = &doctor->holdings->tokens[i];
        if (holding->sealed != NULL && strcmp(holding->source, SOURCE_OWN) == 0 &&
            holding->sealed->about.checked == 0 && strcmp(holding->name, asked) != 0)
            doctor_find(doctor, LEVEL_WARN, say_next(next, "hf-token whoami -n %s", holding->name),
                        "%s is unchecked: the Hub was not asked about it", holding->name);
    }
}

void check_hub(struct doctor *doctor)
{
    struct endpoint endpoint;
    char asked[TOKEN_NAME_MAX + 1];
    /* The environment can be another user's: sudo -E keeps it. */
    if (doctor->holdings->account.uid == 0) {
        doctor_find(doctor, LEVEL_OK, NULL, "root gets no tokens, so the Hub is not asked");
        return;
    }
    enum hf_error error = endpoint_choose(&endpoint);
    if (error == HF_OK)
        error = hub_start();
    if (error != HF_OK) {
        doctor_find(doctor, LEVEL_WARN, "Unset it, or set it to https://HOST",
                    ENDPOINT_VARIABLE ": %s", error_text(error));
        return;
    }
    doctor_find(doctor, LEVEL_OK, NULL, "the endpoint is %s", endpoint.url);
    ask_selected(doctor, &endpoint, asked);
    find_unchecked(doctor, asked);
}
