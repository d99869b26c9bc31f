#include "tools/clients/plain.h"

#include <string.h>

#include "common/name.h"

const char *const plain_variables[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN",
                                       "HUGGINGFACEHUB_API_TOKEN", "HF_API_TOKEN", NULL};

/* Scanners' patterns have 34 after hf_; a little less is a truncated one. OAuth's tokens go on in
 * other characters. The longer beginning comes first. */
static const struct form {
    const char *prefix, *more; /* besides letters and digits */
    size_t minimum;
} forms[] = {
    {"hf_oauth__refresh_", "._-", 8 },
    {"hf_oauth_",          "._-", 16},
    {"hf_jwt_",            "._-", 16},
    {"api_org_",           "",    30},
    {"hf_",                "",    30},
};

#define REFRESH_FORM 0

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_of(char c, const char *more)
{
    return is_alphanumeric(c) || (c != '\0' && strchr(more, c) != NULL);
}

static bool begins(const struct text *text, struct span in, const char *prefix)
{
    const size_t size = strlen(prefix);
    return in.length >= size && memcmp(text->bytes + in.at, prefix, size) == 0;
}

bool plain_is_token(const struct text *text, struct span value)
{
    if (value.length <= strlen("hf_") || value.length > TOKEN_MAX ||
        begins(text, value, forms[REFRESH_FORM].prefix) ||
        !(begins(text, value, "hf_") || begins(text, value, "api_org_")))
        return false;
    for (size_t i = 0; i < value.length; i++)
        if (!is_of(text->bytes[value.at + i], "._-"))
            return false;
    return true;
}

/* `in` begins where a word does. */
static bool has_form(const struct text *text, struct span in, struct span *out_token)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const struct form *form = &forms[i];
        const size_t start = strlen(form->prefix);
        size_t length = start;
        if (!begins(text, in, form->prefix))
            continue;
        while (length < in.length && is_of(text->bytes[in.at + length], form->more))
            length++;
        if (length - start < form->minimum)
            continue;
        *out_token = (struct span){in.at, length};
        return true;
    }
    return false;
}

bool plain_form(const struct text *text, struct span in, struct span *out_token)
{
    for (size_t at = in.at; at < span_end(in); at++) {
        const char first = text->bytes[at];
        if ((first == 'h' || first == 'a') && (at == in.at || !is_of(text->bytes[at - 1], "_")) &&
            has_form(text, (struct span){at, span_end(in) - at}, out_token))
            return true;
    }
    return false;
}

enum hf_error plain_forms(const struct text *text, struct span in, const struct find *like,
                          struct finds *finds)
{
    struct find find = *like;
    while (plain_form(text, in, &find.token)) {
        find.cut = plain_is_token(text, find.token) ? like->cut : (struct span){0};
        TRY(finds_add(finds, &find));
        in = (struct span){span_end(find.token), span_end(in) - span_end(find.token)};
    }
    return HF_OK;
}

bool plain_is_variable(const struct text *text, struct span name)
{
    for (size_t i = 0; plain_variables[i] != NULL; i++)
        if (span_equals(text, name, plain_variables[i]))
            return true;
    return false;
}
