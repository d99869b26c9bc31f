/* Headers: what is kept of them can be shown and has no token in it. The first two bytes are the
 * status. */
#include "hub/headers.h"
#include "tests/fuzz/printable.h"

static void check(const struct hub_fault *fault)
{
    must_be_printable(fault->code, sizeof fault->code);
    must_be_printable(fault->message, sizeof fault->message);
    must_be_printable(fault->request_id, sizeof fault->request_id);
    MUST(strncmp(fault->message, "hf_TEST", 7) != 0);
    MUST(fault->kind < HUB_FAULT_COUNT && fault->wait <= 86400);
    MUST(fault->kind != HUB_OK || (fault->status >= 200 && fault->status < 300));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct headers headers = {0};
    struct hub_fault fault;
    if (length < 2)
        return 0;
    long status = bytes[0] * 256 + bytes[1];
    for (size_t at = 2; at < length;) {
        const uint8_t *end = memchr(bytes + at, '\n', length - at);
        size_t size = end == NULL ? length - at : (size_t)(end - bytes) - at + 1;
        if (!headers_line(&headers, (const char *)bytes + at, size))
            break;
        at += size;
    }
    headers_verdict(&headers, status, &fault);
    check(&fault);
    return 0;
}
