/* git's questions: spans lie within the text and hold no line end; what is for the Hub names it. */
#include <string.h>

#include "hub/endpoint.h"
#include "tests/fuzz/fuzz.h"
#include "tools/clients/git-protocol.h"

static void check_span(const struct text *text, struct span span)
{
    MUST(span_end(span) <= text->length);
    for (size_t i = 0; i < span.length; i++)
        MUST(text->bytes[span.at + i] != '\n' && text->bytes[span.at + i] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const struct endpoint endpoint = {.url = "https://hub.example:8443/hf",
                                      .host = "hub.example:8443",
                                      .path = "/hf",
                                      .secure = true};
    const struct text text = {(const char *)bytes, length};
    struct git_request request;
    enum hf_error error = git_request_parse(&text, &request);
    if (error != HF_OK) {
        MUST(error == HF_EFORMAT);
        return 0;
    }
    check_span(&text, request.protocol);
    check_span(&text, request.host);
    check_span(&text, request.path);
    check_span(&text, request.username);
    check_span(&text, request.password);
    MUST(!git_request_is_for(&text, &request, &endpoint) ||
         (span_equals(&text, request.protocol, "https") &&
          request.host.length >= strlen(endpoint.host)));
    return 0;
}
