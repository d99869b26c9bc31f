/* Grants: one way only to write each. */
#include "common/secret.h"
#include "hub/grant.h"
#include "tests/fuzz/printable.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(secret) struct secret *text = NULL, *again = NULL;
    SCOPED(grant) struct grant grant = {0};
    if (length == 0)
        return 0;
    MUST(secret_copy(bytes, length, &text) == HF_OK);
    if (grant_parse(text, &grant) != HF_OK) {
        MUST(grant.refresh == NULL);
        return 0;
    }
    MUST(grant_print(&grant, &again) == HF_OK);
    MUST(secret_length(again) == length && memcmp(secret_view(again), bytes, length) == 0);
    return 0;
}
