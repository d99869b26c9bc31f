/* What a source keeps in its files: whatever is read as a record or as a generation is written in
 * that way, and in no other. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tools/source/highest.h"
#include "tools/source/record.h"

static void try_record(const char *bytes, size_t length)
{
    struct record record;
    char *again = NULL;
    size_t again_length = 0;
    if (record_parse(bytes, length, &record) != HF_OK)
        return;
    MUST(record.bytes + record.length == bytes + length && record.length > 0);
    MUST(record_print(&record, &again, &again_length) == HF_OK);
    MUST(again_length == length && memcmp(again, bytes, length) == 0);
    free(again);
}

static void try_highest(const char *bytes, size_t length)
{
    struct highest highest;
    char line[HIGHEST_LINE_MAX + 1];
    if (highest_parse(bytes, length, &highest) != HF_OK)
        return;
    MUST(highest_print(&highest, line) == HF_OK);
    MUST(strlen(line) == length && memcmp(line, bytes, length) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    try_record((const char *)bytes, length);
    try_highest((const char *)bytes, length);
    return 0;
}
