/* The head: whatever is accepted has its dates in order, prints, and reads the same again. */
#include <string.h>

#include "common/io.h"
#include "store/head.h"
#include "store/json.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct head head, again;
    SCOPED(text) char *text = NULL;
    size_t text_length = 0;
    if (head_parse((const char *)bytes, length, &head) != HF_OK)
        return 0;
    MUST(head.issued >= 1 && head.until >= head.issued && head.until <= JSON_NUMBER_MAX);
    MUST(head.generation <= JSON_NUMBER_MAX);
    MUST(head_print(&head, &text, &text_length) == HF_OK);
    MUST(head_parse(text, text_length, &again) == HF_OK);
    MUST(again.generation == head.generation && again.issued == head.issued &&
         again.until == head.until && again.open == head.open);
    return 0;
}
