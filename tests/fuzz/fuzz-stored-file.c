/* stored_tokens: INI and JSON. */
#include "tests/fuzz/fuzz-clients.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    check_format(&format_stored, bytes, length);
    return 0;
}
