#include "hub/printable.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define BLOT "***"

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
static bool is_printable(uint32_t code)
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

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* What a token goes on with; a JWT has dots and dashes in it. */
static bool is_token_character(char c)
{
    return is_alphanumeric(c) || c == '_' || c == '-' || c == '.';
}

static size_t prefix_length(const char *bytes, size_t length)
{
    static const char *const prefixes[] = {"hf_", "api_org_"};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (length >= strlen(prefixes[i]) && memcmp(bytes, prefixes[i], strlen(prefixes[i])) == 0)
            return strlen(prefixes[i]);
    return 0;
}

/* How many bytes behind the prefix look like the rest of a token; 0: this is none. */
static size_t token_length(const char *bytes, size_t length, size_t prefix, size_t shortest)
{
    size_t rest = 0;
    while (prefix + rest < length && is_token_character(bytes[prefix + rest]))
        rest++;
    return rest >= shortest ? rest : 0;
}

struct printed {
    char *text;
    size_t room, length; /* room: without the zero byte */
};

static bool put(struct printed *printed, const char *bytes, size_t length)
{
    if (length > printed->room - printed->length)
        return false;
    memcpy(printed->text + printed->length, bytes, length);
    printed->length += length;
    return true;
}

static bool put_next(struct printed *printed, const char *bytes, size_t length, size_t *out_used)
{
    uint32_t code = 0;
    size_t used = decode((const unsigned char *)bytes, length, &code);
    *out_used = used == 0 ? 1 : used;
    return used != 0 && is_printable(code) ? put(printed, bytes, used) : put(printed, "?", 1);
}

static void put_all(struct printed *printed, const char *bytes, size_t length, size_t shortest)
{
    for (size_t i = 0, used = 0; i < length; i += used) {
        bool begins = i == 0 || !is_alphanumeric(bytes[i - 1]);
        size_t prefix = begins ? prefix_length(bytes + i, length - i) : 0;
        size_t rest = prefix == 0 ? 0 : token_length(bytes + i, length - i, prefix, shortest);
        if (rest != 0) {
            used = prefix + rest;
            if (!put(printed, bytes + i, prefix) || !put(printed, BLOT, strlen(BLOT)))
                return;
        } else if (!put_next(printed, bytes + i, length - i, &used)) {
            return;
        }
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void printable_copy(const char *bytes, size_t length, size_t shortest, char *out_text, size_t size)
{
    struct printed printed = {.text = out_text, .room = size - 1};
    while (length > 0 && is_space(bytes[length - 1]))
        length--;
    while (length > 0 && is_space(bytes[0])) {
        bytes++;
        length--;
    }
    put_all(&printed, bytes, length, shortest);
    out_text[printed.length] = '\0';
}
