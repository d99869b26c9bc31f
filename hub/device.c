#include "hub/oauth.h"

#include "common/name.h"
#include "common/secret.h"
#include "hub/endpoint.h"
#include "hub/form.h"
#include "hub/reply.h"
#include "hub/request.h"

/* RFC 8628 section 3.2 and 3.5; what is not said or out of all reason is put right. */
#define INTERVAL_STANDARD 5
#define INTERVAL_MAX      300
#define LIFETIME_STANDARD 900
#define LIFETIME_MAX      86400

void device_clear(struct device *device)
{
    secret_free(device->code);
    *device = (struct device){0};
}

static enum hf_error take_texts(const struct json_object *reply, struct device *device)
{
    if (!reply_exact_text(reply, "user_code", device->user_code, sizeof device->user_code) ||
        !reply_exact_text(reply, "verification_uri", device->address, sizeof device->address) ||
        !page_address_valid(device->address))
        return HF_EFORMAT;
    if (!reply_exact_text(reply, "verification_uri_complete", device->whole_address,
                          sizeof device->whole_address) ||
        !page_address_valid(device->whole_address))
        device->whole_address[0] = '\0';
    device->interval = (unsigned)reply_number(reply, "interval", INTERVAL_MAX, INTERVAL_STANDARD);
    device->interval += device->interval == 0;
    device->lifetime = (unsigned)reply_number(reply, "expires_in", LIFETIME_MAX, LIFETIME_STANDARD);
    return HF_OK;
}

enum hf_error device_parse(const char *bytes, size_t length, struct device *out_device)
{
    SCOPED(device) struct device device = {0};
    SCOPED(secret) struct secret *answer = NULL;
    SCOPED(reply) struct json_object *reply = NULL;
    if (length == 0)
        return HF_EJSON;
    TRY(secret_copy(bytes, length, &answer));
    TRY(reply_cut(answer, "device_code", &device.code));
    TRY(reply_parse((const char *)secret_view(answer), length, &reply));
    if (device.code == NULL ||
        !token_valid((const char *)secret_view(device.code), secret_length(device.code)))
        return HF_EFORMAT;
    TRY(take_texts(reply, &device));
    *out_device = device;
    device.code = NULL;
    return HF_OK;
}

static enum hf_error parse_body(const struct secret *body, struct device *out_device)
{
    return body == NULL
               ? HF_EJSON
               : device_parse((const char *)secret_view(body), secret_length(body), out_device);
}

enum hub_fault_kind device_start(const struct endpoint *endpoint, const char *client_id,
                                 struct device *out_device, struct hub_fault *out_fault)
{
    SCOPED(secret) struct secret *body = NULL;
    SCOPED(hub_answer) struct hub_answer answer = {0};
    *out_fault = (struct hub_fault){.kind = HUB_LOCAL};
    if (secret_new(3 * CLIENT_ID_MAX + 32, &body) != HF_OK ||
        form_field(body, "client_id", client_id) != HF_OK)
        return HUB_LOCAL;
    const struct hub_request request = {
        .endpoint = endpoint, .path = "/oauth/device", .type = FORM_TYPE, .body = body};
    hub_ask(&request, &answer);
    *out_fault = answer.fault;
    out_fault->kind = hub_fault_of_other(answer.fault.kind);
    if (out_fault->kind == HUB_OK)
        out_fault->kind = hub_fault_of_body(parse_body(answer.body, out_device));
    return out_fault->kind;
}
