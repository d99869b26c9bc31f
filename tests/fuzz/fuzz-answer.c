/* The line in front of an answer: one way only to write each, and what follows is the rest. */
#include <string.h>

#include "common/character.h"
#include "common/io.h"
#include "store/json.h"
#include "store/signed.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    char begin[64];
    struct signed_answer answer = {0};
    if (signed_answer_parse(text, length, &answer) != HF_OK) {
        MUST(answer.text == NULL && answer.confirmed == 0);
        return 0;
    }
    const char *const rest = answer.text;
    MUST(answer.confirmed >= 1 && answer.confirmed <= JSON_NUMBER_MAX);
    MUST(answer.trouble < HF_ERROR_COUNT && character_all_shown(answer.reason));
    MUST(rest > text && rest + answer.length == text + length && rest[-1] == '\n');
    MUST(text_format(begin, sizeof begin, "confirmed %llu ",
                     (unsigned long long)answer.confirmed) == HF_OK);
    MUST((size_t)(rest - text) > strlen(begin) && memcmp(text, begin, strlen(begin)) == 0);
    /* The status: 1 to 3 digits; and a reason. */
    const size_t reason = strlen(answer.reason);
    const size_t digits = (size_t)(rest - text) - strlen(begin) - 1 - (reason > 0 ? reason + 1 : 0);
    MUST(digits >= 1 && digits <= 3 && (digits == 1 || text[strlen(begin)] != '0'));
    return 0;
}
