/* Identities: whatever is accepted has a cost in range, prints, and reads the same again. */
#include <string.h>

#include "common/io.h"
#include "store/identity.h"
#include "store/seal.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct identity identity, again;
    SCOPED(text) char *text = NULL;
    size_t text_length = 0;
    MUST(store_start() == HF_OK);
    if (identity_parse((const char *)bytes, length, "alice", &identity) != HF_OK)
        return 0;
    MUST(identity.memory_kib >= IDENTITY_MEMORY_MIN && identity.memory_kib <= IDENTITY_MEMORY_MAX);
    MUST(identity.passes >= IDENTITY_PASSES_MIN && identity.passes <= IDENTITY_PASSES_MAX);
    MUST(identity_print("alice", &identity, &text, &text_length) == HF_OK);
    MUST(identity_parse(text, text_length, "alice", &again) == HF_OK);
    MUST(memcmp(&identity, &again, sizeof again) == 0);
    return 0;
}
