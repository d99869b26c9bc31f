#include "hub/oauth.h"

#include <string.h>
#include <strings.h>

#include "common/name.h"
#include "common/secret.h"
#include "hub/form.h"
#include "hub/reply.h"
#include "hub/request.h"

/* Longest life of a token that is believed, in seconds: ten years. */
#define LIFETIME_MAX UINT64_C(315360000)
/* Room for a body: two tokens, each byte as %XX, a client id and the names. */
#define BODY_MAX (3 * TOKEN_MAX + 3 * CLIENT_ID_MAX + 256)

bool client_id_valid(const char *client_id)
{
    static const char others[] = "._-";
    size_t length = strnlen(client_id, CLIENT_ID_MAX + 1);
    if (length == 0 || length > CLIENT_ID_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        const char c = client_id[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) &&
            strchr(others, c) == NULL)
            return false;
    }
    return true;
}

void oauth_tokens_clear(struct oauth_tokens *tokens)
{
    secret_free(tokens->access);
    secret_free(tokens->refresh);
    *tokens = (struct oauth_tokens){0};
}

/* RFC 6749 section 5.2 and RFC 8628 section 3.5. An error that is not here may go away. */
static enum oauth_state state_of(const char *error)
{
    static const struct {
        const char *error;
        enum oauth_state state;
    } states[] = {
        {"authorization_pending",  OAUTH_PENDING  },
        {"slow_down",              OAUTH_SLOW_DOWN},
        {"access_denied",          OAUTH_DENIED   },
        {"expired_token",          OAUTH_EXPIRED  },
        {"invalid_grant",          OAUTH_INVALID  },
        {"invalid_client",         OAUTH_CLIENT   },
        {"unauthorized_client",    OAUTH_CLIENT   },
        {"unsupported_grant_type", OAUTH_CLIENT   },
    };
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(error, states[i].error) == 0)
            return states[i].state;
    return OAUTH_TROUBLE;
}

/* A fault of the server's own is never final, whatever it says with it. */
static enum oauth_state parse_error(const struct json_object *reply, long status)
{
    char error[HUB_WORD_MAX + 1];
    if (status < 400 || status >= 500 || status == 429 ||
        !reply_exact_text(reply, "error", error, sizeof error))
        return OAUTH_TROUBLE;
    return state_of(error);
}

static bool is_token(const struct secret *token)
{
    return token_valid((const char *)secret_view(token), secret_length(token));
}

static enum hf_error check_tokens(const struct json_object *reply, struct oauth_tokens *tokens)
{
    char type[HUB_WORD_MAX + 1];
    if (tokens->access == NULL || !is_token(tokens->access) ||
        (tokens->refresh != NULL && !is_token(tokens->refresh)))
        return HF_EFORMAT;
    if (reply_exact_text(reply, "token_type", type, sizeof type) && strcasecmp(type, "bearer") != 0)
        return HF_EFORMAT;
    tokens->lifetime = reply_number(reply, "expires_in", LIFETIME_MAX, 0);
    return HF_OK;
}

/* Whatever is a token leaves the answer before json-c reads it. */
static enum hf_error take_tokens(struct secret *answer, struct oauth_tokens *tokens)
{
    SCOPED(secret) struct secret *identity = NULL;
    TRY(reply_cut(answer, "access_token", &tokens->access));
    TRY(reply_cut(answer, "refresh_token", &tokens->refresh));
    return reply_cut(answer, "id_token", &identity);
}

/* Of an answer of which nothing is needed behind it. */
static enum hf_error parse(struct secret *answer, long status, enum oauth_state *out_state,
                           struct oauth_tokens *out_tokens)
{
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    SCOPED(reply) struct json_object *reply = NULL;
    TRY(take_tokens(answer, &tokens));
    TRY(reply_parse((const char *)secret_view(answer), secret_length(answer), &reply));
    if (status < 200 || status >= 300) {
        *out_state = parse_error(reply, status);
        return HF_OK;
    }
    TRY(check_tokens(reply, &tokens));
    *out_state = OAUTH_DONE;
    *out_tokens = tokens;
    tokens.access = tokens.refresh = NULL;
    return HF_OK;
}

enum hf_error oauth_parse(const char *bytes, size_t length, long status,
                          enum oauth_state *out_state, struct oauth_tokens *out_tokens)
{
    SCOPED(secret) struct secret *answer = NULL;
    if (length == 0)
        return HF_EJSON;
    TRY(secret_copy(bytes, length, &answer));
    return parse(answer, status, out_state, out_tokens);
}

/* An answer that cannot be read is no answer, whatever its status. */
static enum oauth_state read_answer(struct hub_answer *answer, struct oauth_tokens *out_tokens,
                                    struct hub_fault *fault)
{
    enum oauth_state state = OAUTH_TROUBLE;
    if (answer->fault.status == 0)
        return OAUTH_TROUBLE;
    /* Without a copy: between a new grant's arrival and the ring, there is little to be done. */
    enum hf_error error = answer->body == NULL || secret_length(answer->body) == 0
                              ? HF_EJSON
                              : parse(answer->body, answer->fault.status, &state, out_tokens);
    if (error == HF_OK)
        return state;
    if (fault->kind == HUB_OK || error == HF_ENOMEM)
        fault->kind = hub_fault_of_body(error);
    return OAUTH_TROUBLE;
}

static enum oauth_state ask(const struct endpoint *endpoint, const struct secret *body,
                            const struct secret *secret, struct oauth_tokens *out_tokens,
                            struct hub_fault *out_fault)
{
    SCOPED(hub_answer) struct hub_answer answer = {0};
    const struct hub_request request = {.endpoint = endpoint,
                                        .path = "/oauth/token",
                                        .type = FORM_TYPE,
                                        .body = body,
                                        .secret = secret};
    hub_ask(&request, &answer);
    *out_fault = answer.fault;
    out_fault->kind = hub_fault_of_other(answer.fault.kind);
    return read_answer(&answer, out_tokens, out_fault);
}

enum oauth_state device_poll(const struct endpoint *endpoint, const char *client_id,
                             const struct device *device, struct oauth_tokens *out_tokens,
                             struct hub_fault *out_fault)
{
    SCOPED(secret) struct secret *body = NULL;
    *out_fault = (struct hub_fault){.kind = HUB_LOCAL};
    if (secret_new(BODY_MAX, &body) != HF_OK ||
        form_field(body, "grant_type", "urn:ietf:params:oauth:grant-type:device_code") != HF_OK ||
        form_secret(body, "device_code", device->code) != HF_OK ||
        form_field(body, "client_id", client_id) != HF_OK)
        return OAUTH_TROUBLE;
    return ask(endpoint, body, device->code, out_tokens, out_fault);
}

enum oauth_state oauth_refresh(const struct endpoint *endpoint, const char *client_id,
                               const struct secret *refresh, struct oauth_tokens *out_tokens,
                               struct hub_fault *out_fault)
{
    SCOPED(secret) struct secret *body = NULL;
    *out_fault = (struct hub_fault){.kind = HUB_LOCAL};
    if (secret_new(BODY_MAX, &body) != HF_OK ||
        form_field(body, "grant_type", "refresh_token") != HF_OK ||
        form_secret(body, "refresh_token", refresh) != HF_OK ||
        form_field(body, "client_id", client_id) != HF_OK)
        return OAUTH_TROUBLE;
    enum oauth_state state = ask(endpoint, body, refresh, out_tokens, out_fault);
    /* What only an answer to a device's code can be. */
    return state == OAUTH_DONE || state == OAUTH_INVALID || state == OAUTH_CLIENT ? state
                                                                                  : OAUTH_TROUBLE;
}
