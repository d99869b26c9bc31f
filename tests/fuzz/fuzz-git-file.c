/* git's store of credentials. */
#include "tests/fuzz/fuzz-clients.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    check_format(&format_git, bytes, length);
    return 0;
}
