/* What the fuzzers of the clients' formats share: whatever the file is, cuts take nothing but
 * themselves, and no token that could go is left. */
#ifndef HF_TESTS_FUZZ_CLIENTS_H
#define HF_TESTS_FUZZ_CLIENTS_H

#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

static bool any_may(void *context, const char *token, size_t length)
{
    (void)context;
    MUST(length > 3 && token[0] != '\0');
    return true;
}

static void check_finds(const struct format *format, const struct text *text)
{
    SCOPED(finds) struct finds finds = {0};
    unsigned lines = 1;
    for (size_t i = 0; i < text->length; i++)
        lines += text->bytes[i] == '\n';
    MUST(format->parse(text, "hub.example:8443", &finds) == HF_OK);
    for (size_t i = 0; i < finds.count; i++) {
        const struct find *find = &finds.all[i];
        MUST(find->line >= 1 && find->line <= lines);
        MUST(span_end(find->token) <= text->length && span_end(find->name) <= text->length);
        MUST(span_end(find->cut) <= text->length);
        MUST(find->cut.length == 0 || (find->token.length > 0 && find->token.at >= find->cut.at &&
                                       span_end(find->token) <= span_end(find->cut)));
    }
}

/* Whether `rest` is the text without some of its bytes, in order. */
static bool is_within(const struct text *text, const char *rest, size_t length)
{
    size_t matched = 0;
    for (size_t i = 0; i < text->length && matched < length; i++)
        matched += text->bytes[i] == rest[matched];
    return matched == length;
}

/* Where each is cut by itself, what stands before and behind is as it was. */
static void check_each(const struct format *format, const struct text *text)
{
    SCOPED(finds) struct finds finds = {0}, again = {0};
    char *copy = malloc(text->length + 1);
    MUST(copy != NULL && format->parse(text, "hub.example:8443", &finds) == HF_OK);
    for (size_t i = 0; i < finds.count && i < 4; i++) {
        const struct span cut = finds.all[i].cut;
        if (cut.length == 0)
            continue;
        memcpy(copy, text->bytes, cut.at);
        memcpy(copy + cut.at, text->bytes + span_end(cut), text->length - span_end(cut));
        const struct text rest = {copy, text->length - cut.length};
        finds_clear(&again);
        MUST(format->parse(&rest, "hub.example:8443", &again) == HF_OK);
        MUST(again.count < finds.count);
    }
    free(copy);
}

static void check_format(const struct format *format, const uint8_t *bytes, size_t length)
{
    char *copy = malloc(length + 1);
    size_t left = length, kept = 0;
    MUST(copy != NULL);
    memcpy(copy, bytes, length);
    const struct text text = {(const char *)bytes, length};
    check_finds(format, &text);
    check_each(format, &text);
    MUST(format_cut(format, "hub.example:8443", copy, &left, any_may, NULL, &kept) == HF_OK);
    MUST(left <= length && is_within(&text, copy, left));
    MUST(kept == 0 || left > 0);
    const struct text rest = {copy, left};
    check_finds(format, &rest);
    free(copy);
}

#endif
