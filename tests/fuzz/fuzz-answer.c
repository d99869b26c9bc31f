/* The line in front of an answer: one way only to write each, and what follows is the rest. */
#include <string.h>

#include "common/io.h"
#include "store/json.h"
#include "store/signed.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes, *rest = NULL;
    char begin[64];
    uint64_t confirmed = 0;
    enum hf_error trouble = HF_OK;
    size_t rest_length = 0;
    if (signed_answer_parse(text, length, &confirmed, &trouble, &rest, &rest_length) != HF_OK) {
        MUST(rest == NULL && confirmed == 0);
        return 0;
    }
    MUST(confirmed >= 1 && confirmed <= JSON_NUMBER_MAX && trouble < HF_ERROR_COUNT);
    MUST(rest > text && rest + rest_length == text + length && rest[-1] == '\n');
    MUST(text_format(begin, sizeof begin, "confirmed %llu ", (unsigned long long)confirmed) ==
         HF_OK);
    MUST((size_t)(rest - text) > strlen(begin) && memcmp(text, begin, strlen(begin)) == 0);
    /* The status: 1 to 3 digits. */
    const size_t digits = (size_t)(rest - text) - strlen(begin) - 1;
    MUST(digits >= 1 && digits <= 3 && (digits == 1 || text[strlen(begin)] != '0'));
    return 0;
}
