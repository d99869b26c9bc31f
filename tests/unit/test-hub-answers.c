/* JSON of the Hub, read loosely: whoami, and the ways of taking values out. */
#include "tests/unit/check.h"

#include "hub/reply.h"
#include "hub/request.h"
#include "hub/whoami.h"

static const char whole[] =
    "{\"type\":\"user\",\"id\":\"5e\",\"name\":\"alice\",\"fullname\":\"Alice \\u00c9.\","
    "\"email\":\"a@b.example\",\"isPro\":false,\"orgs\":[{\"type\":\"org\",\"name\":\"lab\"},"
    "{\"name\":\"guild\",\"roleInOrg\":\"admin\"}],\"auth\":{\"type\":\"access_token\","
    "\"accessToken\":{\"displayName\":\"my laptop\",\"role\":\"fineGrained\","
    "\"createdAt\":\"2026-01-02T03:04:05.678Z\",\"fineGrained\":{\"canReadGatedRepos\":true,"
    "\"global\":[\"discussion.write\",\"post.write\"],\"scoped\":["
    "{\"entity\":{\"_id\":\"1\",\"type\":\"user\",\"name\":\"alice\"},"
    "\"permissions\":[\"repo.content.read\",\"repo.write\"]},"
    "{\"entity\":{\"type\":\"model\",\"name\":\"lab/bert\"},\"permissions\":[]}]}},"
    "\"expiresAt\":\"2027-01-01T00:00:00Z\"}}\n";

static enum hf_error parse(const char *text, struct hub_account *account)
{
    return whoami_parse(text, strlen(text), account);
}

static void all_of_an_account_is_read(void **state)
{
    (void)state;
    struct hub_account account;
    OK(parse(whole, &account));
    assert_string_equal(account.kind, "user");
    assert_string_equal(account.name, "alice");
    assert_string_equal(account.full_name, "Alice \xc3\x89.");
    assert_string_equal(account.role, "fineGrained");
    assert_string_equal(account.display_name, "my laptop");
    assert_int_equal(account.created, 1767323045);
    assert_int_equal(account.expires, 1798761600);
    assert_int_equal(account.organisation_count, 2);
    assert_int_equal(account.organisations_all, 2);
    assert_string_equal(account.organisations[0], "lab");
    assert_string_equal(account.organisations[1], "guild");
    assert_true(account.reads_gated);
    assert_int_equal(account.scope_count, 3);
    assert_int_equal(account.scopes_all, 3);
    assert_string_equal(account.scopes[0].entity, "global");
    assert_string_equal(account.scopes[0].permissions, "discussion.write post.write");
    assert_string_equal(account.scopes[1].entity, "user alice");
    assert_string_equal(account.scopes[1].permissions, "repo.content.read repo.write");
    assert_string_equal(account.scopes[2].entity, "model lab/bert");
    assert_string_equal(account.scopes[2].permissions, "");
}

/* What makes up an answer, in words: role, display name, dates, organisations, scopes. */
static const struct {
    const char *text, *words; /* NULL: malformed */
} loose[] = {
    {"{\"type\":\"user\",\"name\":\"a\"}",                                                       "||0|0|0/0|0/0"              },
    {"  {\"type\":\"app\",\"name\":\"a\",\"new\":{\"x\":[1.5,null,true,{}]}}\n ",                "||0|0|0/0|0/0"              },
    {"{\"type\":\"user\",\"name\":\"a\",\"orgs\":{},\"auth\":[]}",                               "||0|0|0/0|0/0"              },
    {"{\"type\":\"user\",\"name\":\"a\",\"orgs\":null,\"auth\":null,\"fullname\":7}",
     "||0|0|0/0|0/0"                                                                                                          },
    {"{\"type\":\"user\",\"name\":\"a\",\"orgs\":[1,null,{},{\"name\":3},[],{\"name\":\"x\"}]}",
     "||0|0|1/6|0/0"                                                                                                          },
    {"{\"type\":\"user\",\"name\":\"a\",\"auth\":{\"accessToken\":\"x\",\"expiresAt\":5}}",
     "||0|0|0/0|0/0"                                                                                                          },
    {"{\"type\":\"user\",\"name\":\"a\",\"auth\":{\"type\":\"oauth\"}}",                         "oauth||0|0|0/0|0/0"         },
    {"{\"type\":\"user\",\"name\":\"a\",\"auth\":{\"type\":\"app_token_as_user\","
     "\"expiresAt\":\"2026-01-02T03:04:05.000Z\"}}",                                        "oauth||0|1767323045|0/0|0/0"},
    {"{\"type\":\"user\",\"name\":\"a\",\"auth\":{\"type\":\"access_token\",\"accessToken\":"
     "{\"role\":\"write\",\"displayName\":null,\"expiresAt\":\"2026-01-02T03:04:05Z\"}}}",  "write||0|1767323045|0/0|0/0"},
    {"{\"type\":\"user\",\"name\":\"a\",\"auth\":{\"accessToken\":{\"displayName\":"
     "\"a\\u0000b\\n\","
     "\"fineGrained\":{\"scoped\":[1,{\"entity\":3},{\"permissions\":[\"x\"]},"
     "{\"entity\":{\"name\":\"n\"},\"permissions\":[1,\"x\"]}],\"global\":3,"
     "\"canReadGatedRepos\":\"yes\"}}}}",                                                   "|a?b|0|0|0/0|1/4"           },

    {"",                                                                                         NULL                         },
    {"{}",                                                                                       NULL                         },
    {"[]",                                                                                       NULL                         },
    {"null",                                                                                     NULL                         },
    {"7",                                                                                        NULL                         },
    {"\"x\"",                                                                                    NULL                         },
    {"<html></html>",                                                                            NULL                         },
    {"{\"type\":\"user\"}",                                                                      NULL                         },
    {"{\"name\":\"a\"}",                                                                         NULL                         },
    {"{\"type\":\"user\",\"name\":\"\"}",                                                        NULL                         },
    {"{\"type\":\"user\",\"name\":7}",                                                           NULL                         },
    {"{\"type\":\"user\",\"name\":\"a\"",                                                        NULL                         },
    {"{\"type\":\"user\",\"name\":\"a\"}x",                                                      NULL                         },
    {"{\"type\":\"user\",\"name\":\"\xff\"}",                                                    NULL                         },
    {"{'type':'user','name':'a'}",                                                               NULL                         },
};

static void accounts_are_read_loosely(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(loose); i++) {
        struct hub_account account;
        char words[512];
        if (loose[i].words == NULL) {
            enum hf_error error = parse(loose[i].text, &account);
            assert_true(error == HF_EJSON || error == HF_EFORMAT);
            continue;
        }
        OK(parse(loose[i].text, &account));
        OK(text_format(words, sizeof words, "%s|%s|%llu|%llu|%zu/%zu|%zu/%zu", account.role,
                       account.display_name, (unsigned long long)account.created,
                       (unsigned long long)account.expires, account.organisation_count,
                       account.organisations_all, account.scope_count, account.scopes_all));
        assert_string_equal(words, loose[i].words);
        assert_false(account.reads_gated);
    }
}

static void dates_are_whole_or_none(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t seconds;
    } rows[] = {
        {"1970-01-01T00:00:01Z",      1                     },
        {"2026-01-02T03:04:05Z",      1767323045            },
        {"2026-01-02T03:04:05.1Z",    1767323045            },
        {"2024-02-29T12:00:00.000Z",  1709208000            },
        {"9999-12-31T23:59:60Z",      UINT64_C(253402300800)},
        {"1969-12-31T23:59:59Z",      0                     },
        {"2026-01-02",                0                     },
        {"2026-01-02T03:04:05",       0                     },
        {"2026-01-02T03:04:05+01:00", 0                     },
        {"2026-01-02T03:04:05.000Zx", 0                     },
        {"2026-13-02T03:04:05Z",      0                     },
        {"2026-00-02T03:04:05Z",      0                     },
        {"2026-01-32T03:04:05Z",      0                     },
        {"2026-01-02T24:04:05Z",      0                     },
        {"2026-01-02T03:60:05Z",      0                     },
        {"-026-01-02T03:04:05Z",      0                     },
        {"20260-1-02T03:04:05Z",      0                     },
        {"",                          0                     },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hub_account account;
        SCOPED(text) char *text = replaced(whole, "2027-01-01T00:00:00Z", rows[i].text);
        OK(parse(text, &account));
        assert_int_equal(account.expires, rows[i].seconds);
    }
}

static void long_texts_are_cut_at_a_character(void **state)
{
    (void)state;
    char name[3 * HUB_TEXT_MAX + 1] = "";
    struct hub_account account;
    for (size_t i = 0; i < HUB_TEXT_MAX; i++)
        memcpy(name + 3 * i, "\xe2\x82\xac", 4);
    SCOPED(text) char *text = replaced(whole, "my laptop", name);
    OK(parse(text, &account));
    assert_int_equal(strlen(account.display_name), HUB_TEXT_MAX / 3 * 3);
}

static void what_is_too_much_is_counted(void **state)
{
    (void)state;
    static char orgs[8192] = "\"orgs\":[{}", scoped[8192] = "\"scoped\":[{}";
    struct hub_account account;
    for (int i = 0; i < 40; i++) {
        strcat(orgs, ",{\"name\":\"lab\"}");
        strcat(scoped, ",{\"entity\":{\"type\":\"org\",\"name\":\"lab\"}}");
    }
    strcat(orgs, ",");
    strcat(scoped, ",");
    SCOPED(text) char *some = replaced(whole, "\"orgs\":[", orgs);
    SCOPED(text) char *text = replaced(some, "\"scoped\":[", scoped);
    OK(parse(text, &account));
    assert_int_equal(account.organisation_count, HUB_ORGANISATIONS_MAX);
    assert_int_equal(account.organisations_all, 43);
    assert_int_equal(account.scope_count, HUB_SCOPES_MAX);
    assert_int_equal(account.scopes_all, 44);
}

static void tokens_in_names_are_blotted_out(void **state)
{
    (void)state;
    struct hub_account account;
    SCOPED(text) char *text = replaced(whole, "my laptop", "hf_TESTTESTTESTTESTTEST mine");
    OK(parse(text, &account));
    assert_string_equal(account.display_name, "hf_*** mine");
}

/* Answers that are too large or too deep, without a byte of them being kept. */
static void answers_have_bounds(void **state)
{
    (void)state;
    size_t size = HUB_ANSWER_MAX + 1;
    SCOPED(text) char *bytes = malloc(size);
    struct json_object *reply = NULL;
    assert_non_null(bytes);
    memset(bytes, ' ', size);
    FAILS(reply_parse(bytes, size, &reply), HF_ETOOBIG);
    memset(bytes, ',', REPLY_VALUES_MAX);
    FAILS(reply_parse(bytes, REPLY_VALUES_MAX, &reply), HF_ETOOBIG);
    memset(bytes, '[', 100);
    FAILS(reply_parse(bytes, 100, &reply), HF_EJSON);
    memset(bytes, ' ', size);
    memcpy(bytes, "{}", 2);
    OK(reply_parse(bytes, HUB_ANSWER_MAX, &reply));
    reply_free(reply);
}

static const struct {
    const char *text, *value, *rest;
    enum hf_error error;
} cuts[] = {
    {"{\"t\":\"abc\"}",                               "abc",     "{\"t\":\"xxx\"}",                      HF_OK     },
    {"{ \"a\" : [1] , \"t\" \n:\t\"abc\" }",          "abc",     "{ \"a\" : [1] , \"t\" \n:\t\"xxx\" }", HF_OK     },
    {"{\"t\":\"a\\/\\\\\\\"b\"}",                     "a/\\\"b", "{\"t\":\"xxxxxxxx\"}",                 HF_OK     },
    {"{\"a\":\"\\\"t\\\":\",\"t\":\"v\"}",            "v",       "{\"a\":\"\\\"t\\\":\",\"t\":\"x\"}",   HF_OK     },
    {"{\"a\":{\"t\":\"in\"},\"b\":[{\"t\":\"in\"}]}", NULL,      NULL,                                   HF_OK     },
    {"{\"a\":{\"\":\"in\"},\"\":\"out\"}",            NULL,      NULL,                                   HF_OK     },
    {"{\"a\":\"t\",\"tt\":\"v\"}",                    NULL,      NULL,                                   HF_OK     },
    {"{\"t\":null}",                                  NULL,      NULL,                                   HF_OK     },
    {"{\"t\":7}",                                     NULL,      NULL,                                   HF_OK     },
    {"{\"t\":{\"t\":\"in\"}}",                        NULL,      NULL,                                   HF_OK     },
    {"[\"t\"]",                                       NULL,      NULL,                                   HF_OK     },
    {"{\"t\"",                                        NULL,      NULL,                                   HF_OK     },
    {"{\"t\":",                                       NULL,      NULL,                                   HF_OK     },
    {"not json",                                      NULL,      NULL,                                   HF_OK     },
    {"{\"t\":\"a\",\"t\":\"b\"}",                     NULL,      NULL,                                   HF_EFORMAT},
    {"{\"t\":\"\"}",                                  NULL,      NULL,                                   HF_EFORMAT},
    {"{\"t\":\"\\u0041\"}",                           NULL,      NULL,                                   HF_EFORMAT},
    {"{\"t\":\"a\\n\"}",                              NULL,      NULL,                                   HF_EFORMAT},
    {"{\"t\":\"abc",                                  NULL,      NULL,                                   HF_EJSON  },
    {"{\"t\":\"abc\\",                                NULL,      NULL,                                   HF_EJSON  },
    {"{\"t\":\"abc\\\"",                              NULL,      NULL,                                   HF_EJSON  },
    {"{\"t",                                          NULL,      NULL,                                   HF_EJSON  },
};

static void secrets_are_cut_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cuts); i++) {
        SCOPED(secret) struct secret *answer = secret_of(cuts[i].text), *value = NULL;
        FAILS(reply_cut(answer, "t", &value), cuts[i].error);
        if (cuts[i].value == NULL)
            assert_null(value);
        else
            assert_secret(value, cuts[i].value);
        if (cuts[i].error == HF_OK)
            assert_secret(answer, cuts[i].rest == NULL ? cuts[i].text : cuts[i].rest);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_an_account_is_read),
        cmocka_unit_test(accounts_are_read_loosely),
        cmocka_unit_test(dates_are_whole_or_none),
        cmocka_unit_test(long_texts_are_cut_at_a_character),
        cmocka_unit_test(what_is_too_much_is_counted),
        cmocka_unit_test(tokens_in_names_are_blotted_out),
        cmocka_unit_test(answers_have_bounds),
        cmocka_unit_test(secrets_are_cut_out),
    };
    return cmocka_run_group_tests_name("hub answers", tests, NULL, NULL);
}
