#include "hub/revoke.h"

#include "common/secret.h"
#include "hub/form.h"
#include "hub/request.h"

/* Printable ASCII, token_valid(); so two characters are all that JSON wants escaped. */
static enum hf_error add_escaped(struct secret *body, const struct secret *token)
{
    for (size_t i = 0; i < secret_length(token); i++) {
        const char c = (char)secret_view(token)[i];
        const char text[] = {c, '\0'};
        if (c == '"' || c == '\\')
            TRY(form_add(body, "\\"));
        TRY(form_add(body, text));
    }
    return HF_OK;
}

static enum hf_error make_body(const struct secret *token, struct secret **out_body)
{
    SCOPED(secret) struct secret *body = NULL;
    TRY(secret_new(2 * secret_length(token) + 64, &body));
    TRY(form_add(body, "{\"credentials\":[\""));
    TRY(add_escaped(body, token));
    TRY(form_add(body, "\"]}"));
    *out_body = TAKE(body);
    return HF_OK;
}

enum hub_fault_kind revoke_ask(const struct endpoint *endpoint, const struct secret *token,
                               struct hub_fault *out_fault)
{
    SCOPED(secret) struct secret *body = NULL;
    SCOPED(hub_answer) struct hub_answer answer = {0};
    *out_fault = (struct hub_fault){.kind = HUB_LOCAL};
    if (make_body(token, &body) != HF_OK)
        return HUB_LOCAL;
    const struct hub_request request = {.endpoint = endpoint,
                                        .path = "/api/credentials/revoke",
                                        .type = "application/json",
                                        .body = body,
                                        .secret = token};
    hub_ask(&request, &answer);
    *out_fault = answer.fault;
    return out_fault->kind = hub_fault_of_other(answer.fault.kind);
}
