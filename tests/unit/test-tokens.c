/* The tokens of a document: put in, found, made the default, taken out. */
#include "tests/unit/documents.h"

static struct sealed_token numbered(size_t number)
{
    struct sealed_token token = {.slot_count = 1, .sealed_length = 272};
    OK(text_format(token.name, sizeof token.name, "t%zu", number));
    token.sealed = calloc(1, token.sealed_length);
    assert_non_null(token.sealed);
    return token;
}

static void full_document_takes_no_more(void **state)
{
    (void)state;
    SCOPED(document) struct document *full = NULL;
    SCOPED(text) char *printed = NULL, *larger = NULL;
    size_t length = 0;
    OK(document_new("alice", &full));
    for (size_t i = 0; i < TOKENS_MAX; i++) {
        struct sealed_token token = numbered(i);
        OK(document_put(full, &token));
        assert_null(token.sealed);
    }
    struct sealed_token more = numbered(TOKENS_MAX), again = numbered(3);
    FAILS(document_put(full, &more), HF_EFULL);
    assert_non_null(more.sealed);
    again.created = 7;
    OK(document_put(full, &again));
    assert_int_equal(full->token_count, TOKENS_MAX);
    assert_int_equal(document_find(full, "t3")->created, 7);
    assert_string_equal(full->default_name, "t0");
    OK(document_print(full, &printed, &length));
    OK(parse_bytes(printed, length, "alice"));
    const char *first = strstr(printed, "{\n      \"name\"");
    const char *end = strstr(first, "\n    },") + strlen("\n    },");
    larger = malloc(length * 2);
    assert_non_null(larger);
    OK(text_format(larger, length * 2, "%.*s%.*s%s", (int)(end - printed), printed,
                   (int)(end - first), first, end));
    FAILS(parse_bytes(larger, strlen(larger), "alice"), HF_EFORMAT);
    sealed_token_clear(&more);
}

static void document_too_large_is_not_printed(void **state)
{
    (void)state;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    for (size_t i = 0; i < 2; i++) {
        document->tokens[i].sealed = realloc(document->tokens[i].sealed, 30000);
        memset(document->tokens[i].sealed, 7, 30000);
        document->tokens[i].sealed_length = 30000;
    }
    FAILS(document_print(document, &printed, &length), HF_ETOOBIG);
    assert_null(printed);
}

/* What could not be read again is not written. */
static void document_out_of_range_is_not_printed(void **state)
{
    (void)state;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    uint64_t *const numbers[] = {&document->generation, &document->tokens[0].created,
                                 &document->tokens[1].expires};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        uint64_t before = *numbers[i];
        *numbers[i] = 1000000000000000;
        FAILS(document_print(document, &printed, &length), HF_EFORMAT);
        *numbers[i] = before;
    }
    memcpy(document->user, "\xe9", 2);
    FAILS(document_print(document, &printed, &length), HF_EFORMAT);
    assert_null(printed);
}

static void default_follows_the_tokens(void **state)
{
    (void)state;
    assert_string_equal(document->default_name, "main");
    OK(document_set_default(document, "second"));
    assert_string_equal(document->default_name, "second");
    FAILS(document_set_default(document, "third"), HF_ENOTFOUND);
    FAILS(document_set_default(document, ""), HF_ENOTFOUND);
    FAILS(document_remove(document, "third"), HF_ENOTFOUND);
    OK(document_remove(document, "second"));
    assert_string_equal(document->default_name, "main");
    assert_null(document_find(document, "second"));
    OK(document_remove(document, "main"));
    assert_string_equal(document->default_name, "");
    assert_int_equal(document->token_count, 0);
    FAILS(document_remove(document, "main"), HF_ENOTFOUND);
    document_free(NULL);
}

static void removal_keeps_the_others(void **state)
{
    (void)state;
    struct sealed_token third = numbered(3);
    OK(document_put(document, &third));
    OK(document_set_default(document, "second"));
    OK(document_remove(document, "main"));
    assert_string_equal(document->default_name, "second");
    assert_int_equal(document->token_count, 2);
    assert_string_equal(document->tokens[0].name, "second");
    assert_string_equal(document->tokens[1].name, "t3");
    assert_null(document->tokens[2].sealed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_document_takes_no_more),
        WITH_DOCUMENT(document_too_large_is_not_printed),
        WITH_DOCUMENT(document_out_of_range_is_not_printed),
        WITH_DOCUMENT(default_follows_the_tokens),
        WITH_DOCUMENT(removal_keeps_the_others),
    };
    return cmocka_run_group_tests_name("tokens", tests, start_store, NULL);
}
