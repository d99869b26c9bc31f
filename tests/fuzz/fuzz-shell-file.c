/* Start-up files, .env files, histories and token files. */
#include "tests/fuzz/fuzz-clients.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    check_format(&format_token, bytes, length);
    check_format(&format_history, bytes, length);
    check_format(&format_shell, bytes, length);
    return 0;
}
