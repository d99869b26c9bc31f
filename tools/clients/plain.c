#include "tools/clients/plain.h"

#include <string.h>

/* Scanners' patterns have 34 after hf_; a little less is a truncated one. OAuth's tokens go on in
 * other characters. */
static const struct {
    const char *prefix;
    size_t minimum;
} forms[] = {
    {"hf_",       30},
    {"api_org_",  30},
    {"hf_oauth_", 16},
    {"hf_jwt_",   16},
};

static const char *const variables[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN",
                                        "HUGGINGFACEHUB_API_TOKEN", "HF_API_TOKEN"};

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_word(char c)
{
    return is_alphanumeric(c) || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Where `text` begins in the line, from `from` on and not in the middle of a word; `length` if
 * nowhere. */
static size_t find_word(const char *line, size_t length, size_t from, const char *text)
{
    const size_t size = strlen(text);
    for (size_t i = from; i + size <= length; i++)
        if (memcmp(line + i, text, size) == 0 && (i == 0 || !is_word(line[i - 1])))
            return i;
    return length;
}

static bool contains(const char *line, size_t length, const char *text)
{
    return memmem(line, length, text, strlen(text)) != NULL;
}

bool plain_any(const char *line, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!is_blank(line[i]))
            return true;
    return false;
}

static bool has_form(const char *line, size_t length, const char *prefix, size_t minimum)
{
    for (size_t at = find_word(line, length, 0, prefix); at < length;
         at = find_word(line, length, at + 1, prefix)) {
        size_t end = at + strlen(prefix), start = end;
        while (end < length && is_alphanumeric(line[end]))
            end++;
        if (end - start >= minimum)
            return true;
    }
    return false;
}

bool plain_token(const char *line, size_t length)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (has_form(line, length, forms[i].prefix, forms[i].minimum))
            return true;
    return false;
}

/* sh assigns by =; csh and fish by a word before: setenv, set. */
static bool assigns(const char *line, size_t length, const char *variable)
{
    size_t start = 0, at = find_word(line, length, 0, variable);
    if (at == length)
        return false;
    size_t value = at + strlen(variable);
    while (start < length && is_blank(line[start]))
        start++;
    bool set = length - start > 3 && memcmp(line + start, "set", 3) == 0;
    if (value == length || (line[value] != '=' && !(set && is_blank(line[value]))))
        return false;
    value++;
    while (value < length && (is_blank(line[value]) || line[value] == '"' || line[value] == '\''))
        value++;
    return value < length && strchr("$`(#;&|", line[value]) == NULL;
}

bool plain_shell(const char *line, size_t length)
{
    if (plain_token(line, length))
        return true;
    for (size_t i = 0; i < length && (is_blank(line[i]) || line[i] == '#'); i++)
        if (line[i] == '#')
            return false;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (assigns(line, length, variables[i]))
            return true;
    return false;
}

bool plain_netrc(const char *line, size_t length)
{
    return contains(line, length, "machine") &&
           (contains(line, length, "huggingface.co") || contains(line, length, "hf.co"));
}

bool plain_git(const char *line, size_t length)
{
    return contains(line, length, "@huggingface.co") || contains(line, length, "@hf.co");
}

void plain_scan(const char *bytes, size_t length, plain_line *matches,
                void (*found)(void *context, unsigned line), void *context)
{
    unsigned number = 1;
    for (size_t at = 0; at < length; number++) {
        const char *end = memchr(bytes + at, '\n', length - at);
        const size_t size = end == NULL ? length - at : (size_t)(end - bytes) - at;
        if (matches(bytes + at, size))
            found(context, number);
        at += size + 1;
    }
}
