#include "common/character.h"

#include <stdint.h>
#include <string.h>

/* The length of the UTF-8 sequence at the beginning, RFC 3629 section 4, or 0. */
static size_t decode(const unsigned char *bytes, size_t length, uint32_t *out_code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = bytes[0] < 0x80             ? 1
                  : (bytes[0] & 0xe0) == 0xc0 ? 2
                  : (bytes[0] & 0xf0) == 0xe0 ? 3
                  : (bytes[0] & 0xf8) == 0xf0 ? 4
                                              : 0;
    if (size == 0 || size > length)
        return 0;
    uint32_t code = size == 1 ? bytes[0] : bytes[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (bytes[i] & 0x3f);
    }
    if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *out_code = code;
    return size;
}

/* Control characters, and those that are not seen or change the order of the others: Unicode's
   general category Cf, as far as it does so. */
static bool is_shown(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } bad[] = {
        {0x00,    0x1f   },
        {0x7f,    0x9f   },
        {0xad,    0xad   },
        {0x61c,   0x61c  },
        {0x180e,  0x180e },
        {0x200b,  0x200f },
        {0x2028,  0x202e },
        {0x2060,  0x206f },
        {0xfeff,  0xfeff },
        {0xfff0,  0xffff },
        {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (code >= bad[i].first && code <= bad[i].last)
            return false;
    return true;
}

bool character_is_shown(const char *bytes, size_t length, size_t *out_length)
{
    uint32_t code = 0;
    const size_t size = decode((const unsigned char *)bytes, length, &code);
    *out_length = size == 0 ? 1 : size;
    return size != 0 && is_shown(code);
}

/* Bytes that may be shown, from the beginning on. */
static size_t shown_length(const char *text)
{
    const size_t length = strlen(text);
    size_t kept = 0, size = 0;
    while (kept < length && character_is_shown(text + kept, length - kept, &size))
        kept += size;
    return kept;
}

bool character_all_shown(const char *text)
{
    return text[shown_length(text)] == '\0';
}

void character_trim(char *text)
{
    text[shown_length(text)] = '\0';
}
