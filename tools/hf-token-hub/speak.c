#include "tools/hf-token-hub/speak.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "hub/request.h"
#include "tools/exit.h"

int speak_begin(const char *command, struct endpoint *out_endpoint)
{
    enum hf_error error = endpoint_choose(out_endpoint);
    if (error != HF_OK)
        return say_failure(
            TOOL_FAILED, error,
            "Unset it, or set it to https://HOST; http:// is for this machine alone.",
            "%s: " ENDPOINT_VARIABLE, command);
    error = hub_start();
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: libcurl", command);
    return TOOL_OK;
}

const char *speak_settings(const struct endpoint *endpoint, char page[static SETTINGS_SIZE])
{
    (void)snprintf(page, SETTINGS_SIZE, "%s/settings/tokens", endpoint->url);
    return page;
}

__attribute__((format(printf, 2, 3))) static void add(char text[static NEXT_MAX],
                                                      const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text + used, NEXT_MAX - used, format, arguments);
    va_end(arguments);
}

const char *speak_reason(const struct hub_fault *fault, char reason[static NEXT_MAX])
{
    (void)snprintf(reason, NEXT_MAX, "%s", hub_fault_text(fault->kind));
    const bool told = fault->message[0] != '\0';
    if (fault->status >= 400)
        add(reason, " (HTTP %ld%s%s)", fault->status, told ? ", " : "", fault->message);
    else if (told)
        add(reason, " (%s)", fault->message);
    if (fault->request_id[0] != '\0')
        add(reason, " [request %s]", fault->request_id);
    return say_clean(reason);
}

/* What says nothing about the token, and what to do then. */
static const char *const advices[HUB_FAULT_COUNT] = {
    [HUB_LOCAL] = "hf-token doctor",
    [HUB_FORBIDDEN_BY_USER] = "Unset HF_HUB_OFFLINE to ask the Hub.",
    [HUB_NO_NAME] = "Look at the network, and at HF_ENDPOINT where it is set; then try again.",
    [HUB_NO_CONNECTION] =
        "Look at the network, and at HF_ENDPOINT where it is set; then try again.",
    [HUB_NO_PROXY] = "Look at https_proxy and no_proxy in the environment; then try again.",
    [HUB_NO_AUTHORITIES] =
        "As root: apt install ca-certificates (Debian); or SSL_CERT_FILE names them.",
    [HUB_UNTRUSTED] = "Where a site has its own certificates, SSL_CERT_FILE names them.",
    [HUB_TIMEOUT] = "Try again later.",
    [HUB_CUT] = "Try again; a proxy may be in the way.",
    [HUB_TOO_BIG] = "Look at HF_ENDPOINT: it must be the address of a Hub.",
    [HUB_REDIRECT] =
        "Look at HF_ENDPOINT: it must be the address of a Hub, not one that leads to it.",
    [HUB_MALFORMED] =
        "Look at HF_ENDPOINT, and whether this network wants a login of its own first.",
    [HUB_BUSY] = "Try again in some minutes.",
    [HUB_BROKEN] = "Try again later; https://status.huggingface.co tells how the Hub is.",
    [HUB_BAD_REQUEST] = "Look for a newer hf-token: the Hub may have changed.",
};

const char *speak_advice(const struct hub_fault *fault, char next[static NEXT_MAX])
{
    if ((unsigned)fault->kind >= HUB_FAULT_COUNT)
        return NULL;
    if (fault->kind == HUB_BUSY && fault->wait > 0)
        return say_next(next, "Try again in %u seconds.", fault->wait);
    return advices[fault->kind];
}

const char *speak_wait(const struct hub_fault *fault, char wait[static WAIT_SIZE])
{
    wait[0] = '\0';
    if (fault->wait > 0)
        (void)snprintf(wait, WAIT_SIZE, ", in %u seconds", fault->wait);
    return wait;
}

int speak_code(const struct hub_fault *fault)
{
    return hub_fault_is_refusal(fault->kind) ? TOOL_REFUSED : TOOL_FAILED;
}

int speak_fault(const char *command, const struct hub_fault *fault, const char *next)
{
    char reason[NEXT_MAX], advice[NEXT_MAX];
    return say_failure(speak_code(fault), HF_OK, next != NULL ? next : speak_advice(fault, advice),
                       "%s: %s", command, speak_reason(fault, reason));
}
