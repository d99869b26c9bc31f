#include "tools/source/highest.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "common/io.h"

enum hf_error highest_check(const struct highest *seen, const struct highest *new, bool any)
{
    if (seen->generation == 0 || new->generation > seen->generation)
        return HF_OK;
    if (new->generation < seen->generation)
        return HF_EROLLBACK;
    return any || memcmp(new->digest, seen->digest, DIGEST_BYTES) == 0 ? HF_OK : HF_EROLLBACK;
}

enum hf_error highest_print(const struct highest *highest,
                            char out_line[static HIGHEST_LINE_MAX + 1])
{
    char digest[2 * DIGEST_BYTES + 1];
    sodium_bin2hex(digest, sizeof digest, highest->digest, DIGEST_BYTES);
    return text_format(out_line, HIGHEST_LINE_MAX + 1, "%" PRIu64 " %s\n", highest->generation,
                       digest);
}

/* Digits up to a space; a number that does not fit is malformed. */
static bool parse_number(const char *text, size_t length, uint64_t *out_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' ||
            __builtin_mul_overflow(number, (uint64_t)10, &number) ||
            __builtin_add_overflow(number, (uint64_t)(text[i] - '0'), &number))
            return false;
    }
    *out_number = number;
    return number > 0;
}

enum hf_error highest_parse(const char *line, size_t length, struct highest *out_highest)
{
    struct highest parsed;
    char again[HIGHEST_LINE_MAX + 1];
    size_t got = 0;
    const char *space = memchr(line, ' ', length);
    if (space == NULL || !parse_number(line, (size_t)(space - line), &parsed.generation))
        return HF_EFORMAT;
    size_t left = length - (size_t)(space + 1 - line);
    if (left != 2 * DIGEST_BYTES + 1 ||
        sodium_hex2bin(parsed.digest, DIGEST_BYTES, space + 1, left - 1, NULL, &got, NULL) != 0 ||
        got != DIGEST_BYTES)
        return HF_EFORMAT;
    /* One way only to write each: no zeros in front, no capitals, and the line's end. */
    TRY(highest_print(&parsed, again));
    if (strlen(again) != length || memcmp(again, line, length) != 0)
        return HF_EFORMAT;
    *out_highest = parsed;
    return HF_OK;
}
