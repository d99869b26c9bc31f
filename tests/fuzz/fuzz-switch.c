/* The switch: whatever is accepted has one to eight sources of good names; a mistake has its line.
 */
#include <string.h>

#include "store/switch.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct token_switch parsed;
    unsigned line = 0, lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += bytes[i] == '\n';
    enum hf_error error = switch_parse((const char *)bytes, length, &parsed, &line);
    if (error != HF_OK) {
        MUST(error == HF_ECONFIG && line >= 1 && line <= lines);
        return 0;
    }
    MUST(line == 0 && parsed.entry_count >= 1 && parsed.entry_count <= SWITCH_SOURCES_MAX);
    MUST(strnlen(parsed.oauth_client, sizeof parsed.oauth_client) <= SWITCH_CLIENT_MAX);
    for (const char *at = parsed.oauth_client; *at != '\0'; at++)
        MUST(strchr("._-", *at) != NULL || token_name_valid((const char[]){*at, '\0'}));
    for (size_t i = 0; i < parsed.entry_count; i++) {
        MUST(source_name_valid(parsed.entries[i].source));
        for (size_t j = 0; j < SOURCE_STATUS_COUNT; j++)
            MUST(parsed.entries[i].actions[j] <= ACTION_MERGE);
    }
    return 0;
}
