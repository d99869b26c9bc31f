#include "store/scan.h"

#include <stdint.h>
#include <string.h>

#include "store/json.h"

struct scanner {
    const unsigned char *at, *end;
    size_t members, values;
};

static bool scan_value(struct scanner *scanner, unsigned depth);

/* The byte here; 0, which is no byte of JSON outside of strings, nor within, at the end. */
static unsigned char peek(const struct scanner *scanner)
{
    return scanner->at < scanner->end ? *scanner->at : 0;
}

static bool take(struct scanner *scanner, unsigned char wanted)
{
    if (scanner->at == scanner->end || *scanner->at != wanted)
        return false;
    scanner->at++;
    return true;
}

static void skip_space(struct scanner *scanner)
{
    while (scanner->at < scanner->end && memchr(" \t\r\n", *scanner->at, 4) != NULL)
        scanner->at++;
}

/* The table of RFC 3629 section 4: `first` begins a character of how many bytes, and what bounds
 * the second. */
static const struct {
    unsigned char first_from, first_to, length, second_from, second_to;
} utf8_rows[] = {
    {0x01, 0x7f, 1, 0x00, 0x00},
    {0xc2, 0xdf, 2, 0x80, 0xbf},
    {0xe0, 0xe0, 3, 0xa0, 0xbf},
    {0xe1, 0xec, 3, 0x80, 0xbf},
    {0xed, 0xed, 3, 0x80, 0x9f},
    {0xee, 0xef, 3, 0x80, 0xbf},
    {0xf0, 0xf0, 4, 0x90, 0xbf},
    {0xf1, 0xf3, 4, 0x80, 0xbf},
    {0xf4, 0xf4, 4, 0x80, 0x8f},
};

static bool take_character(struct scanner *scanner)
{
    const unsigned char *at = scanner->at;
    size_t left = (size_t)(scanner->end - at), row = 0;
    const size_t rows = sizeof utf8_rows / sizeof utf8_rows[0];
    if (left == 0)
        return false;
    while (row < rows && (at[0] < utf8_rows[row].first_from || at[0] > utf8_rows[row].first_to))
        row++;
    if (row == rows || left < utf8_rows[row].length)
        return false;
    size_t length = utf8_rows[row].length;
    if (length > 1 && (at[1] < utf8_rows[row].second_from || at[1] > utf8_rows[row].second_to))
        return false;
    for (size_t i = 2; i < length; i++)
        if (at[i] < 0x80 || at[i] > 0xbf)
            return false;
    scanner->at += length;
    return true;
}

static bool take_hex4(struct scanner *scanner, uint32_t *out_unit)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const char *digit = peek(scanner) == 0 ? NULL : strchr(digits, peek(scanner));
        if (digit == NULL)
            return false;
        unit = unit << 4 | (uint32_t)((digit - digits) & 15);
        scanner->at++;
    }
    *out_unit = unit;
    return true;
}

/* Behind the backslash and the u. json-c would end the text at U+0000, and replace half a pair by
 * U+FFFD. */
static bool take_unicode(struct scanner *scanner)
{
    uint32_t unit = 0;
    if (!take_hex4(scanner, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit < 0xd800 || unit > 0xdbff)
        return true;
    return take(scanner, '\\') && take(scanner, 'u') && take_hex4(scanner, &unit) &&
           unit >= 0xdc00 && unit <= 0xdfff;
}

static bool take_escape(struct scanner *scanner)
{
    unsigned char kind = peek(scanner);
    if (kind == 0)
        return false;
    scanner->at++;
    return kind == 'u' ? take_unicode(scanner) : strchr("\"\\/bfnrt", kind) != NULL;
}

static bool scan_string(struct scanner *scanner)
{
    if (!take(scanner, '"'))
        return false;
    while (!take(scanner, '"')) {
        if (take(scanner, '\\')) {
            if (!take_escape(scanner))
                return false;
        } else if (peek(scanner) < 0x20 || !take_character(scanner)) {
            return false;
        }
    }
    return true;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_number(struct scanner *scanner)
{
    const unsigned char *start = scanner->at;
    while (is_digit(peek(scanner)))
        scanner->at++;
    size_t digits = (size_t)(scanner->at - start);
    if (digits == 0 || digits > JSON_DIGITS_MAX || (start[0] == '0' && digits > 1))
        return false;
    /* What goes on as a fraction or an exponent has a value that the digits do not tell. */
    return peek(scanner) == 0 || strchr(".eE", peek(scanner)) == NULL;
}

static bool scan_word(struct scanner *scanner, const char *word)
{
    while (*word != '\0')
        if (!take(scanner, (unsigned char)*word++))
            return false;
    return true;
}

static bool scan_member(struct scanner *scanner, unsigned depth)
{
    skip_space(scanner);
    if (!scan_string(scanner))
        return false;
    skip_space(scanner);
    scanner->members++;
    return take(scanner, ':') && scan_value(scanner, depth);
}

/* The elements of an array, or the members of an object, up to the bracket that closes. */
static bool scan_list(struct scanner *scanner, unsigned depth, unsigned char close,
                      bool (*scan_item)(struct scanner *, unsigned))
{
    if (depth > JSON_DEPTH_MAX)
        return false;
    scanner->at++;
    skip_space(scanner);
    if (take(scanner, close))
        return true;
    do {
        if (!scan_item(scanner, depth))
            return false;
        skip_space(scanner);
    } while (take(scanner, ','));
    return take(scanner, close);
}

/* `depth` is that of the container around; recursion ends at JSON_DEPTH_MAX. */
static bool scan_value(struct scanner *scanner, unsigned depth)
{
    if (++scanner->values > JSON_VALUES_MAX)
        return false;
    skip_space(scanner);
    switch (peek(scanner)) {
    case '{':
        return scan_list(scanner, depth + 1, '}', scan_member);
    case '[':
        return scan_list(scanner, depth + 1, ']', scan_value);
    case '"':
        return scan_string(scanner);
    case 't':
        return scan_word(scanner, "true");
    case 'f':
        return scan_word(scanner, "false");
    case 'n':
        return scan_word(scanner, "null");
    default:
        return scan_number(scanner);
    }
}

enum hf_error scan_object(const char *bytes, size_t length, size_t *out_members)
{
    const unsigned char *start = (const unsigned char *)bytes;
    struct scanner scanner = {.at = start, .end = start + length};
    skip_space(&scanner);
    if (peek(&scanner) != '{' || !scan_value(&scanner, 0))
        return HF_EJSON;
    skip_space(&scanner);
    if (scanner.at != scanner.end)
        return HF_EJSON;
    *out_members = scanner.members;
    return HF_OK;
}

bool scan_utf8(const char *text, size_t length)
{
    const unsigned char *start = (const unsigned char *)text;
    struct scanner scanner = {.at = start, .end = start + length};
    while (scanner.at < scanner.end)
        if (!take_character(&scanner))
            return false;
    return true;
}
