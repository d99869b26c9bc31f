/* What the tests of the formats share: finding and cutting in a text of theirs. */
#ifndef HF_TESTS_UNIT_CUTS_H
#define HF_TESTS_UNIT_CUTS_H

#include "tests/unit/check.h"
#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

#define TOKEN "hf_TESTabcdefghijklmnopqrstuvwxyz0123"
#define OTHER "hf_TESTzyxwvutsrqponmlkjihgfedcba0123"
#define HOST  "hub.example:8443"

static inline struct text text_of(const char *text)
{
    return (struct text){text, strlen(text)};
}

/* All tokens, or all but this one. */
static inline bool may_but(void *but, const char *token, size_t length)
{
    return but == NULL || length != strlen(but) || memcmp(token, but, length) != 0;
}

/* Cuts all tokens but `kept` and compares what is left. */
static inline void check_cut(const struct format *format, const char *before, char *kept,
                             const char *after, size_t stay)
{
    char *bytes = strdup(before);
    size_t length = strlen(before), left = 0;
    assert_non_null(bytes);
    OK(format_cut(format, HOST, bytes, &length, may_but, kept, &left));
    assert_int_equal(length, strlen(after));
    assert_memory_equal(bytes, after, length);
    assert_int_equal(left, stay);
    free(bytes);
}
#define CUT(format, before, after) check_cut(format, before, NULL, after, 0)
/* Nothing goes, and so many tokens are told that have to be removed by hand. */
#define STAYS(format, text, count) check_cut(format, text, NULL, text, count)

/* Lines that are found, as decimal digits; with `*` behind those that can be cut, and `?` behind
 * those without a token. */
static inline void check_found(const struct format *format, const char *content, const char *wanted)
{
    SCOPED(finds) struct finds finds = {0};
    char got[256] = "";
    const struct text text = text_of(content);
    OK(format->parse(&text, HOST, &finds));
    for (size_t i = 0; i < finds.count; i++)
        OK(text_format(got + strlen(got), sizeof got - strlen(got), "%s%u%s%s", i > 0 ? " " : "",
                       finds.all[i].line, finds.all[i].token.length == 0 ? "?" : "",
                       finds.all[i].cut.length > 0 ? "*" : ""));
    assert_string_equal(got, wanted);
}

#endif
