/* Signers: whatever is accepted is 0 to 16 keys that differ, and that can sign; a mistake has its
 * line. */
#include <sodium.h>
#include <string.h>

#include "store/seal.h"
#include "store/signers.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct signers signers;
    unsigned line = 0, lines = 1;
    MUST(store_start() == HF_OK);
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    enum hf_error error = signers_parse((const char *)bytes, length, &signers, &line);
    if (error != HF_OK) {
        MUST(error == HF_ECONFIG && line >= 1 && line <= lines);
        return 0;
    }
    MUST(line == 0 && signers.count <= SIGNERS_MAX && signers.count <= lines);
    for (size_t i = 0; i < signers.count; i++) {
        MUST(crypto_core_ed25519_is_valid_point(signers.keys[i]));
        for (size_t j = 0; j < i; j++)
            MUST(memcmp(signers.keys[i], signers.keys[j], SIGNER_BYTES) != 0);
    }
    return 0;
}
