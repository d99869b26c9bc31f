#include "tools/clients/finds.h"

#include <stdlib.h>
#include <string.h>

enum hf_error finds_add(struct finds *finds, const struct find *find)
{
    if (finds->count == finds->room) {
        const size_t room = finds->room == 0 ? 8 : 2 * finds->room;
        struct find *all = reallocarray(finds->all, room, sizeof *all);
        if (all == NULL)
            return HF_ENOMEM;
        finds->all = all;
        finds->room = room;
    }
    finds->all[finds->count++] = *find;
    return HF_OK;
}

void finds_clear(struct finds *finds)
{
    free(finds->all);
    *finds = (struct finds){0};
}

bool line_next(const struct text *text, struct line *line)
{
    const size_t at = span_end(line->all);
    if (at >= text->length)
        return false;
    const char *end = memchr(text->bytes + at, '\n', text->length - at);
    const size_t length = end == NULL ? text->length - at : (size_t)(end - text->bytes) - at;
    line->number++;
    line->all = (struct span){at, end == NULL ? length : length + 1};
    line->text = (struct span){at, length};
    if (length > 0 && text->bytes[at + length - 1] == '\r')
        line->text.length--;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

struct span span_strip(const struct text *text, struct span span)
{
    while (span.length > 0 && is_blank(text->bytes[span.at])) {
        span.at++;
        span.length--;
    }
    while (span.length > 0 && is_blank(text->bytes[span_end(span) - 1]))
        span.length--;
    return span;
}

bool span_equals(const struct text *text, struct span span, const char *word)
{
    return span.length == strlen(word) && memcmp(text->bytes + span.at, word, span.length) == 0;
}
