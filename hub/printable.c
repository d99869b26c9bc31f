#include "hub/printable.h"

#include <stdbool.h>
#include <string.h>

#include "common/character.h"

#define BLOT "***"

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
    const bool shown = character_is_shown(bytes, length, out_used);
    return shown ? put(printed, bytes, *out_used) : put(printed, "?", 1);
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
