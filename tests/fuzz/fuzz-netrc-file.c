/* netrc(5). */
#include "tests/fuzz/fuzz-clients.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    check_format(&format_netrc, bytes, length);
    return 0;
}
