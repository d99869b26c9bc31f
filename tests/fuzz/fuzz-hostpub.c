/* Public keys as text: one way only to write each. */
#include <sodium.h>
#include <string.h>

#include "store/hostkey.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    uint8_t key[KEY_BYTES];
    char text[64];
    if (hostkey_public_parse((const char *)bytes, length, key) != HF_OK)
        return 0;
    sodium_bin2base64(text, sizeof text, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
    MUST(length == strlen(text) || (length == strlen(text) + 1 && bytes[length - 1] == '\n'));
    MUST(memcmp(bytes, text, strlen(text)) == 0);
    return 0;
}
