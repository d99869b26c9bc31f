/* What may be shown to a person: no control characters, UTF-8, with an end. */
#ifndef HF_TESTS_FUZZ_PRINTABLE_H
#define HF_TESTS_FUZZ_PRINTABLE_H

#include <string.h>

#include "tests/fuzz/fuzz.h"

static inline void must_be_printable(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    MUST(length < size);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        MUST(c >= 0x20 && c != 0x7f);
        /* A lead byte has what follows on it; and nothing of C1, which is C2 80 to C2 9F. */
        size_t more = (size_t)((c >= 0xc2) + (c >= 0xe0) + (c >= 0xf0));
        MUST(c < 0x80 || (c >= 0xc2 && c <= 0xf4));
        MUST(c != 0xc2 || (unsigned char)text[i + 1] >= 0xa0);
        for (; more > 0; more--)
            MUST(((unsigned char)text[++i] & 0xc0) == 0x80);
    }
}

#endif
