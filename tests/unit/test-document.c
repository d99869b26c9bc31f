/* Documents: what is read and written, and every way in which one can be malformed. */
#include "tests/unit/documents.h"

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
        {"\"name\": \"second\"",    "\"name\": \"\""             },
        {"\"name\": \"second\"",    "\"name\": \"-second\""      },
        {"\"name\": \"second\"",    "\"name\": \"se in\""        },
        {"\"name\": \"second\"",    "\"name\": \"se\\nin\""      },
        {"\"name\": \"second\"",    "\"name\": \"../second\""    },
        {"\"kind\": \"host\"",      "\"kind\": 1"                },
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

/* Where no token's name can give the mistake away. */
static void empty_document_is_judged_too(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"default\": \"\"", "\"default\": 1"           },
        {"\"default\": \"\"", "\"default\": null"        },
        {"\"default\": \"\"", "\"default\": \"main\""    },
        {"\"tokens\": [",     "\"tokens\": { }, \"x\": ["},
        {"\"tokens\": [",     "\"tokens\": [ {} "        },
        {"\"tokens\": [",     "\"tokens\": [ 1 "         },
    };
    SCOPED(document) struct document *empty = NULL;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_new("alice", &empty));
    OK(document_print(empty, &printed, &length));
    OK(parse_bytes(printed, length, "alice"));
    for (size_t i = 0; i < COUNT(changes); i++) {
        SCOPED(text) char *changed = replaced(printed, changes[i][0], changes[i][1]);
        FAILS(parse_bytes(changed, strlen(changed), "alice"), HF_EFORMAT);
    }
    static const char no_list[] = "{\"version\":1,\"user\":\"alice\",\"generation\":1,"
                                  "\"default\":\"\",\"tokens\":1}";
    FAILS(parse_bytes(no_list, strlen(no_list), "alice"), HF_EFORMAT);
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
        cmocka_unit_test(empty_document_is_judged_too),
        WITH_DOCUMENT(name_is_there_once),
        WITH_DOCUMENT(tokens_and_slots_are_counted),
        WITH_DOCUMENT(sealed_length_is_a_padded_one),
    };
    return cmocka_run_group_tests_name("document", tests, start_store, NULL);
}
