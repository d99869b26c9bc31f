/* Documents: what is read and written, and every way in which one can be malformed. */
#include "tests/unit/sealed.h"

#include <stdio.h>

/* A document of alice's with two tokens, and its text. */
static struct document *document;
static char *text;
static size_t text_length;

static int make_document(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct sealed_token one = sealed_for(&pair, "main", "hf_TEST1");
    struct sealed_token two = sealed_for(&pair, "second", "hf_TEST2");
    document = NULL;
    OK(document_new("alice", &document));
    OK(document_put(document, &one));
    OK(document_put(document, &two));
    document->generation = 3;
    OK(document_print(document, &text, &text_length));
    return 0;
}

static int free_document(void **state)
{
    (void)state;
    document_free(document);
    free(text);
    return 0;
}

static enum hf_error parse_bytes(const char *bytes, size_t length, const char *user)
{
    SCOPED(document) struct document *parsed = NULL;
    enum hf_error error = document_parse(bytes, length, user, &parsed);
    assert_int_equal(parsed != NULL, error == HF_OK);
    return error;
}

/* The document's text with one place changed. */
static enum hf_error with(const char *from, const char *to)
{
    SCOPED(text) char *changed = replaced(text, from, to);
    return parse_bytes(changed, strlen(changed), "alice");
}

static void document_comes_back(void **state)
{
    (void)state;
    SCOPED(document) struct document *again = NULL;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_parse(text, text_length, "alice", &again));
    assert_string_equal(again->user, "alice");
    assert_string_equal(again->default_name, "main");
    assert_int_equal(again->generation, 3);
    assert_int_equal(again->token_count, 2);
    const struct sealed_token *is = document_find(again, "second");
    const struct sealed_token *was = document_find(document, "second");
    assert_non_null(is);
    assert_int_equal(is->created, 1790000000);
    assert_int_equal(is->expires, 1890000000);
    assert_int_equal(is->sealed_length, was->sealed_length);
    assert_memory_equal(is->sealed, was->sealed, was->sealed_length);
    assert_int_equal(is->slot_count, 1);
    assert_memory_equal(is->slots, was->slots, sizeof was->slots[0]);
    OK(document_print(again, &printed, &length));
    assert_string_equal(printed, text);
}

static void empty_document_comes_back(void **state)
{
    (void)state;
    SCOPED(document) struct document *empty = NULL, *again = NULL;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_new("alice", &empty));
    OK(document_print(empty, &printed, &length));
    OK(document_parse(printed, length, "alice", &again));
    assert_int_equal(again->token_count, 0);
    assert_int_equal(again->generation, 0);
    assert_string_equal(again->default_name, "");
    FAILS(document_new("", &again), HF_ENAME);
    FAILS(document_new("a/b", &again), HF_ENAME);
}

static void document_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < text_length - 1; length++) {
        SCOPED(text) char *cut = malloc(length + (length == 0));
        assert_non_null(cut);
        memcpy(cut, text, length);
        FAILS(parse_bytes(cut, length, "alice"), HF_EJSON);
    }
    OK(parse_bytes(text, text_length - 1, "alice"));
}

/* No byte of the text can be any other and the document still be the same; none may be read beyond.
 */
static void document_with_any_byte_changed_is_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < text_length; i++) {
        SCOPED(document) struct document *parsed = NULL;
        SCOPED(text) char *changed = strdup(text);
        SCOPED(text) char *printed = NULL;
        size_t length = 0;
        changed[i] ^= 1;
        if (document_parse(changed, text_length, "alice", &parsed) != HF_OK)
            continue;
        OK(document_print(parsed, &printed, &length));
        assert_string_not_equal(printed, text);
    }
}

static void size_is_limited(void **state)
{
    (void)state;
    static char large[DOCUMENT_MAX + 1];
    memset(large, '\n', sizeof large);
    memcpy(large, text, text_length);
    OK(parse_bytes(large, DOCUMENT_MAX, "alice"));
    FAILS(parse_bytes(large, DOCUMENT_MAX + 1, "alice"), HF_ETOOBIG);
}

static void other_version_or_user_is_told(void **state)
{
    (void)state;
    FAILS(with("\"version\": 1", "\"version\": 2"), HF_EVERSION);
    FAILS(with("\"version\": 1", "\"version\": 2, \"suite\": \"none\""), HF_EVERSION);
    FAILS(with("\"version\": 1,", ""), HF_EFORMAT);
    FAILS(with("\"alice\"", "\"bob\""), HF_EUSER);
    FAILS(parse_bytes(text, text_length, "bob"), HF_EUSER);
    FAILS(parse_bytes(text, text_length, "Alice"), HF_EUSER);
    FAILS(with("\"alice\"", "\"alice\\u0000\""), HF_EJSON);
}

/* Each member must be there, once, and no other, at each level. */
static void members_are_exactly_these(void **state)
{
    (void)state;
    static const char *const members[] = {
        "version", "user",       "generation", "default", "tokens", "name", "id",       "created",
        "expires", "commitment", "nonce",      "sealed",  "slots",  "kind", "recipient"};
    for (size_t i = 0; i < COUNT(members); i++) {
        char from[32], to[64];
        OK(text_format(from, sizeof from, "\"%s\":", members[i]));
        OK(text_format(to, sizeof to, "\"x%s\":", members[i]));
        FAILS(with(from, to), HF_EFORMAT);
        OK(text_format(to, sizeof to, "\"x\": 1, \"%s\":", members[i]));
        FAILS(with(from, to), HF_EFORMAT);
        OK(text_format(to, sizeof to, "\"%s\": 1, \"%s\":", members[i], members[i]));
        FAILS(with(from, to), HF_EDUPLICATE);
        OK(text_format(to, sizeof to, "\"\\u%04x%s\": 1, \"%s\":", members[i][0], members[i] + 1,
                       members[i]));
        FAILS(with(from, to), HF_EDUPLICATE);
        OK(text_format(to, sizeof to, "\"%s\\u0000\": 1, \"%s\":", members[i], members[i]));
        FAILS(with(from, to), HF_EJSON);
    }
}

static void members_are_in_their_range(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"generation\": 3",       "\"generation\": \"3\""      },
        {"\"generation\": 3",       "\"generation\": null"       },
        {"\"default\": \"main\"",   "\"default\": \"third\""     },
        {"\"default\": \"main\"",   "\"default\": \"\""          },
        {"\"default\": \"main\"",   "\"default\": 1"             },
        {"\"created\": 1790000000", "\"created\": \"1790000000\""},
        {"\"created\": 1790000000", "\"created\": true"          },
        {"\"expires\": 1890000000", "\"expires\": []"            },
        {"\"name\": \"main\"",      "\"name\": \"\""             },
        {"\"name\": \"main\"",      "\"name\": \"-main\""        },
        {"\"name\": \"main\"",      "\"name\": \"ma in\""        },
        {"\"name\": \"main\"",      "\"name\": \"ma\\nin\""      },
        {"\"name\": \"main\"",      "\"name\": \"../main\""      },
        {"\"kind\": \"host\"",      "\"kind\": \"Host\""         },
        {"\"kind\": \"host\"",      "\"kind\": \"\""             },
        {"\"kind\": \"host\"",      "\"kind\": \"none\""         },
        {"\"kind\": \"host\"",      "\"kind\": \"hostpooluser\"" },
        {"\"id\": \"",              "\"id\": \"AAAA"             },
        {"\"id\": \"",              "\"id\": \"=="               },
        {"\"nonce\": \"",           "\"nonce\": \"AAAA"          },
        {"\"commitment\": \"",      "\"commitment\": \"AAAA"     },
        {"\"recipient\": \"",       "\"recipient\": \"AAAA"      },
        {"\"sealed\": \"",          "\"sealed\": \"AAAA"         },
        {"\"slots\": [",            "\"slots\": [ [] , "         },
        {"\"slots\": [",            "\"slots\": [ {} , "         },
        {"\"tokens\": [",           "\"tokens\": [ {} , "        },
        {"\"tokens\": [",           "\"tokens\": [ null , "      },
    };
    for (size_t i = 0; i < COUNT(changes); i++)
        FAILS(with(changes[i][0], changes[i][1]), HF_EFORMAT);
    OK(with("\"generation\": 3", "\"generation\": 999999999999999"));
    FAILS(with("\"generation\": 3", "\"generation\": 1000000000000000"), HF_EJSON);
    OK(with("\"kind\": \"host\"", "\"kind\": \"pool\""));
    OK(with("\"kind\": \"host\"", "\"kind\": \"user\""));
    OK(with("\"default\": \"main\"", "\"default\": \"second\""));
}

static void name_is_there_once(void **state)
{
    (void)state;
    FAILS(with("\"name\": \"second\"", "\"name\": \"main\""), HF_EDUPLICATE);
    FAILS(with("\"name\": \"second\"", "\"name\": \"\\u006dain\""), HF_EDUPLICATE);
}

static void tokens_and_slots_are_counted(void **state)
{
    (void)state;
    const char *slot = strstr(text, "{\n          \"kind\"");
    assert_non_null(slot);
    size_t length = (size_t)(strchr(slot, '}') + 1 - slot);
    char list[9 * 400] = "\"slots\": [";
    for (size_t count = 0; count <= SLOTS_MAX + 1; count++) {
        SCOPED(text) char *none = replaced(text, "\"slots\": [", "\"slots\": [ ], \"x\": [");
        char *tail = strstr(none, "\"x\": [");
        size_t at = strlen("\"slots\": [");
        list[at] = '\0';
        for (size_t i = 0; i < count; i++)
            OK(text_format(list + strlen(list), sizeof list - strlen(list), "%s%.*s",
                           i == 0 ? "" : ",", (int)length, slot));
        SCOPED(text) char *cut = strdup(none);
        char *start = strstr(cut, "\"slots\": [");
        /* Up to the end of the array that was there: its bracket is the first behind the slot. */
        const char *end = strchr(strstr(tail, "\"sealed\""), ']') + 1;
        SCOPED(text) char *changed = malloc(strlen(none) + sizeof list);
        assert_non_null(changed);
        OK(text_format(changed, strlen(none) + sizeof list, "%.*s%s]%s", (int)(start - cut), cut,
                       list, end));
        FAILS(parse_bytes(changed, strlen(changed), "alice"),
              count >= 1 && count <= SLOTS_MAX ? HF_OK : HF_EFORMAT);
    }
}

static void sealed_length_is_a_padded_one(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 16, 17, 271, 273, 512};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        SCOPED(text) char *printed = NULL;
        size_t length = 0;
        document->tokens[0].sealed = realloc(document->tokens[0].sealed, 1024);
        memset(document->tokens[0].sealed, 7, 1024);
        document->tokens[0].sealed_length = lengths[i];
        OK(document_print(document, &printed, &length));
        FAILS(parse_bytes(printed, length, "alice"), HF_EFORMAT);
    }
}

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

#define WITH_DOCUMENT(test) cmocka_unit_test_setup_teardown(test, make_document, free_document)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_DOCUMENT(document_comes_back),
        cmocka_unit_test(empty_document_comes_back),
        WITH_DOCUMENT(document_cut_anywhere_is_refused),
        WITH_DOCUMENT(document_with_any_byte_changed_is_another),
        WITH_DOCUMENT(size_is_limited),
        WITH_DOCUMENT(other_version_or_user_is_told),
        WITH_DOCUMENT(members_are_exactly_these),
        WITH_DOCUMENT(members_are_in_their_range),
        WITH_DOCUMENT(name_is_there_once),
        WITH_DOCUMENT(tokens_and_slots_are_counted),
        WITH_DOCUMENT(sealed_length_is_a_padded_one),
        cmocka_unit_test(full_document_takes_no_more),
        WITH_DOCUMENT(document_too_large_is_not_printed),
        WITH_DOCUMENT(default_follows_the_tokens),
        WITH_DOCUMENT(removal_keeps_the_others),
    };
    return cmocka_run_group_tests_name("document", tests, start_store, NULL);
}
