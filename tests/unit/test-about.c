/* What a document has in clear of a token: what the Hub said, and whether there is a grant. */
#include "tests/unit/documents.h"

/* All members, each text with this many bytes; an address with those of its scheme besides. */
static void fill(struct token_about *about, size_t length)
{
    *about = (struct token_about){.checked = 1790000000, .created = 1, .expires = 999999999999999};
    memset(about->endpoint, 'x', length + strlen("https://"));
    memcpy(about->endpoint, "https://", strlen("https://"));
    memset(about->account, 'x', length);
    memset(about->kind, 'x', length);
    memset(about->role, 'x', length);
    memset(about->display_name, 'x', length);
    for (size_t i = 0; i < ABOUT_ORGANISATIONS_MAX; i++)
        memset(about->organisations[i], 'x', length);
    about->organisation_count = ABOUT_ORGANISATIONS_MAX;
}

static const struct token_about ordinary = {
    .checked = 1790000000,
    .endpoint = "https://huggingface.co",
    .account = "alice",
    .kind = "user",
    .role = "fineGrained",
    .display_name = "Alice's l\xc3\xa4ptop",
    .created = 1780000000,
    .organisations = {"lab", "faculty"},
    .organisation_count = 2,
};

/* The document of documents.h, where `main` has this. */
static int make_checked(void **state)
{
    if (make_document(state) != 0)
        return -1;
    free(text);
    text = NULL;
    document->tokens[0].about = ordinary;
    document->tokens[0].has_grant = true;
    OK(document_print(document, &text, &text_length));
    return 0;
}

static enum hf_error with(const char *from, const char *to)
{
    SCOPED(text) char *changed = replaced(text, from, to);
    return parse_bytes(changed, strlen(changed), "alice");
}

static void it_comes_back(void **state)
{
    (void)state;
    SCOPED(document) struct document *again = NULL;
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_parse(text, text_length, "alice", &again));
    assert_memory_equal(&again->tokens[0].about, &ordinary, sizeof ordinary);
    assert_true(again->tokens[0].has_grant);
    assert_int_equal(again->tokens[1].about.checked, 0);
    assert_false(again->tokens[1].has_grant);
    OK(document_print(again, &printed, &length));
    assert_string_equal(printed, text);
}

static void it_goes_with_its_token(void **state)
{
    (void)state;
    struct sealed_token moved = document->tokens[0];
    document->tokens[0].sealed = NULL;
    OK(document_remove(document, "main"));
    assert_int_equal(document->tokens[0].about.checked, 0);
    assert_false(document->tokens[0].has_grant);
    assert_int_equal(document->tokens[1].about.checked, 0);
    OK(document_put(document, &moved));
    assert_int_equal(moved.about.checked, 0);
    assert_memory_equal(&document_find(document, "main")->about, &ordinary, sizeof ordinary);
    sealed_token_clear(document_find(document, "main"));
    assert_int_equal(document->tokens[1].about.checked, 0);
    assert_false(document->tokens[1].has_grant);
}

static void members_are_exactly_these(void **state)
{
    (void)state;
    static const char *const members[] = {"checked",
                                          "endpoint",
                                          "account",
                                          "\"kind\": \"user\"",
                                          "role",
                                          "display_name",
                                          "\"created\": 1780000000",
                                          "\"expires\": 0",
                                          "organisations"};
    for (size_t i = 0; i < COUNT(members); i++) {
        char from[64], to[128];
        const char *plain = members[i][0] == '"' ? members[i] + 1 : members[i];
        OK(text_format(from, sizeof from, "\"%s%s", plain, plain == members[i] ? "\":" : ""));
        OK(text_format(to, sizeof to, "\"x%s", from + 1));
        FAILS(with(from, to), HF_EFORMAT);
        OK(text_format(to, sizeof to, "\"x\": 1, %s", from));
        FAILS(with(from, to), HF_EFORMAT);
    }
    FAILS(with("\"hub\":", "\"hub\": {}, \"hub\":"), HF_EDUPLICATE);
    FAILS(with("\"role\":", "\"role\": \"x\", \"role\":"), HF_EDUPLICATE);
    FAILS(with("\"hub\":", "\"Hub\":"), HF_EFORMAT);
}

static void members_are_in_their_range(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"\"checked\": 1790000000",     "\"checked\": 0"                        },
        {"\"checked\": 1790000000",     "\"checked\": \"1790000000\""           },
        {"\"role\": \"",                "\"role\": \"\\u001b[31m"               },
        {"\"role\": \"",                "\"role\": \"\\n"                       },
        {"\"role\": \"",                "\"role\": \"\\u007f"                   },
        {"\"role\": \"",                "\"role\": \"\\u0085"                   },
        {"\"role\": \"",                "\"role\": \"\xc2\x9b"                  },
        {"\"role\": \"",                "\"role\": \"\\u202e"                   },
        {"\"account\": \"",             "\"account\": \"\xe2\x81\xa9"           },
        {"\"lab\"",                     "\"l\\u200fb\""                         },
        {"\"role\": \"fineGrained\"",   "\"role\": null"                        },
        {"\"endpoint\": \"",            "\"endpoint\": \"\\t"                   },
        {"\"account\": \"",             "\"account\": \"\\b"                    },
        {"\"display_name\": \"",        "\"display_name\": \"\\u009f"           },
        {"\"user\",\n        \"role\"", "\"us\\rer\", \"role\""                 },
        {"\"lab\"",                     "\"l\\u0001b\""                         },
        {"\"lab\"",                     "1"                                     },
        {"\"lab\"",                     "null"                                  },
        {"\"lab\"",                     "{}"                                    },
        {"\"organisations\": [",        "\"organisations\": {}, \"x\": ["       },
        {"\"lab\"",                     "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"},
        {"\"grant\": true",             "\"grant\": false"                      },
        {"\"grant\": true",             "\"grant\": 1"                          },
        {"\"grant\": true",             "\"grant\": null"                       },
        {"\"grant\": true",             "\"grant\": \"true\""                   },
        {"\"hub\": {",                  "\"hub\": null, \"x\": {"               },
        {"\"hub\": {",                  "\"hub\": [], \"x\": {"                 },
    };
    for (size_t i = 0; i < COUNT(changes); i++)
        FAILS(with(changes[i][0], changes[i][1]), HF_EFORMAT);
    FAILS(with("\"role\": \"", "\"role\": \"\\u0000"), HF_EJSON);
    FAILS(with("\"role\": \"", "\"role\": \"\xff"), HF_EJSON);
    OK(with("\"role\": \"", "\"role\": \"\\u00a0\xe2\x82\xac"));
    OK(with("\"role\": \"fineGrained\"", "\"role\": \"\""));
}

static enum hf_error print(void)
{
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    return document_print(document, &printed, &length);
}

/* It is shown where somebody may copy it into a shell. */
static void endpoints_are_addresses_and_no_more(void **state)
{
    (void)state;
    static const char *const good[] = {"http://localhost:8080", "https://[::1]:8443/hf_test",
                                       "https://Hub-1.example/~a/b", "https://x"};
    static const char *const bad[] = {"",
                                      "huggingface.co",
                                      "ftp://hub.example",
                                      "HTTPS://hub.example",
                                      "https:/hub.example",
                                      "https://",
                                      "http://",
                                      " https://hub.example",
                                      "https://hub.example hf-token",
                                      "https://hub.example;id",
                                      "https://$(id)",
                                      "https://`id`",
                                      "https://hub.example&id",
                                      "https://hub.example|id",
                                      "https://hub.example'",
                                      "https://hub.example/?a=b",
                                      "https://hub.example/#a",
                                      "https://a@hub.example",
                                      "https://hub.example/%41",
                                      "https://hub.example/*",
                                      "https://h\xc3\xbc.example"};
    struct token_about *about = &document->tokens[0].about;
    for (size_t i = 0; i < COUNT(good) + COUNT(bad); i++) {
        const bool is_good = i < COUNT(good);
        const char *address = is_good ? good[i] : bad[i - COUNT(good)];
        char to[ABOUT_ENDPOINT_MAX + 8];
        OK(text_format(to, sizeof to, "\"%s\"", address));
        FAILS(with("\"https://huggingface.co\"", to), is_good ? HF_OK : HF_EFORMAT);
        OK(text_format(about->endpoint, sizeof about->endpoint, "%s", address));
        FAILS(print(), is_good ? HF_OK : HF_EFORMAT);
    }
}

static void texts_are_bounded(void **state)
{
    (void)state;
    static char longest[ABOUT_ENDPOINT_MAX + 2];
    static const struct {
        const char *from, *begin;
        size_t most;
    } rows[] = {
        {"\"https://huggingface.co\"", "https://", ABOUT_ENDPOINT_MAX},
        {"\"fineGrained\"",            "",         ABOUT_TEXT_MAX    },
        {"\"lab\"",                    "",         ABOUT_TEXT_MAX    },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char to[ABOUT_ENDPOINT_MAX + 8];
        memset(longest, 'x', sizeof longest);
        memcpy(longest, rows[i].begin, strlen(rows[i].begin));
        longest[rows[i].most] = '\0';
        OK(text_format(to, sizeof to, "\"%s\"", longest));
        OK(with(rows[i].from, to));
        OK(text_format(to, sizeof to, "\"%sx\"", longest));
        FAILS(with(rows[i].from, to), HF_EFORMAT);
    }
}

static void what_would_not_parse_is_not_printed(void **state)
{
    (void)state;
    struct token_about *about = &document->tokens[0].about;
    char *const texts[] = {about->endpoint, about->account,      about->kind,
                           about->role,     about->display_name, about->organisations[1]};
    for (size_t i = 0; i < COUNT(texts); i++) {
        static const char *const bad[] = {"\x1b[m", "\x7f", "\xc2\x80",
                                          "\xff",   "a\nb", "\xe2\x80\xae"};
        for (size_t j = 0; j < COUNT(bad); j++) {
            *about = ordinary;
            memcpy(texts[i], bad[j], strlen(bad[j]) + 1);
            FAILS(print(), HF_EFORMAT);
        }
    }
    *about = ordinary;
    about->organisation_count = ABOUT_ORGANISATIONS_MAX + 1;
    FAILS(print(), HF_EFORMAT);
    *about = ordinary;
    about->created = 1000000000000000;
    FAILS(print(), HF_EFORMAT);
}

/* The largest that JSON_VALUES_MAX and JSON_DEPTH_MAX must let through. */
static void largest_document_parses(void **state)
{
    (void)state;
    SCOPED(document) struct document *full = NULL, *again = NULL;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_new("alice", &full));
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        char name[8];
        OK(text_format(name, sizeof name, "t%u", i));
        struct sealed_token token = sealed_for(&pair, name, "hf_TEST");
        fill(&token.about, 1);
        token.has_grant = true;
        for (size_t j = 1; j < SLOTS_MAX; j++)
            token.slots[j] = token.slots[0];
        token.slot_count = SLOTS_MAX;
        OK(document_put(full, &token));
    }
    OK(document_print(full, &printed, &length));
    OK(document_parse(printed, length, "alice", &again));
    assert_int_equal(again->token_count, TOKENS_MAX);
}

/* Sixteen tokens of an ordinary kind, sealed to machine and password, with all that the Hub can say
   of them, but no longer than it does. */
static void sixteen_ordinary_tokens_fit(void **state)
{
    (void)state;
    SCOPED(document) struct document *full = NULL;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(text) char *printed = NULL;
    size_t length = 0;
    OK(document_new("alice", &full));
    for (unsigned i = 0; i < TOKENS_MAX; i++) {
        char name[TOKEN_NAME_MAX + 1];
        OK(text_format(name, sizeof name, "%062d%02u", 0, i));
        struct sealed_token token = sealed_for(&pair, name, "hf_TEST");
        fill(&token.about, 42);
        token.slots[1] = token.slots[0];
        token.slot_count = 2;
        OK(document_put(full, &token));
    }
    OK(document_print(full, &printed, &length));
}

#define WITH_CHECKED(test) cmocka_unit_test_setup_teardown(test, make_checked, free_document)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CHECKED(it_comes_back),
        WITH_CHECKED(it_goes_with_its_token),
        WITH_CHECKED(members_are_exactly_these),
        WITH_CHECKED(members_are_in_their_range),
        WITH_CHECKED(endpoints_are_addresses_and_no_more),
        WITH_CHECKED(texts_are_bounded),
        WITH_CHECKED(what_would_not_parse_is_not_printed),
        cmocka_unit_test(largest_document_parses),
        cmocka_unit_test(sixteen_ordinary_tokens_fit),
    };
    return cmocka_run_group_tests_name("about", tests, start_store, NULL);
}
