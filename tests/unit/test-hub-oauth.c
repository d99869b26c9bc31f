/* The bodies of the device flow and of refreshing. */
#include "tests/unit/check.h"

#include "common/name.h"
#include "hub/oauth.h"

static const char device_text[] =
    "{\"device_code\":\"TESTcode\",\"user_code\":\"ABCD-1234\","
    "\"verification_uri\":\"https://hub.example/device\","
    "\"verification_uri_complete\":\"https://hub.example/device?user_code=ABCD-1234\","
    "\"expires_in\":600,\"interval\":7}";

/* A device's text with one piece of it changed, and what comes of it. */
static const struct {
    const char *from, *to;
    enum hf_error error;
    unsigned interval, lifetime;
    const char *whole_address;
} devices[] = {
    {"ABCD-1234\"",                  "ABCD-1234\"",                         HF_OK,      7,   600,   "https://hub.example/device?user_code=ABCD-1234"},
    {"\"interval\":7",               "\"interval\":0",                      HF_OK,      1,   600,   NULL                                            },
    {"\"interval\":7",               "\"interval\":-1",                     HF_OK,      5,   600,   NULL                                            },
    {"\"interval\":7",               "\"interval\":\"7\"",                  HF_OK,      5,   600,   NULL                                            },
    {"\"interval\":7",               "\"x\":7",                             HF_OK,      5,   600,   NULL                                            },
    {"\"interval\":7",               "\"interval\":99999999999",            HF_OK,      300, 600,   NULL                                            },
    {"\"expires_in\":600",           "\"x\":1",                             HF_OK,      7,   900,   NULL                                            },
    {"\"expires_in\":600",           "\"expires_in\":99999999999999999999", HF_OK,      7,   86400, NULL                                            },
    {"\"expires_in\":600",           "\"expires_in\":0",                    HF_OK,      7,   0,     NULL                                            },
    {"https://hub.example/device?",  "http://hub.example/device?",          HF_OK,      7,   600,   ""                                              },
    {"verification_uri_complete",    "x",                                   HF_OK,      7,   600,   ""                                              },
    {"TESTcode",                     "a b",                                 HF_EFORMAT, 0,   0,     NULL                                            },
    {"TESTcode",                     "a\\nb",                               HF_EFORMAT, 0,   0,     NULL                                            },
    {"TESTcode",                     "",                                    HF_EFORMAT, 0,   0,     NULL                                            },
    {"\"device_code\":\"TESTcode\"", "\"device_code\":7",                   HF_EFORMAT, 0,   0,     NULL                                            },
    {"device_code",                  "x",                                   HF_EFORMAT, 0,   0,     NULL                                            },
    {"user_code",                    "x",                                   HF_EFORMAT, 0,   0,     NULL                                            },
    {"ABCD-1234",                    "",                                    HF_EFORMAT, 0,   0,     NULL                                            },
    {"ABCD-1234",                    "AB\\u001b[2J",                        HF_EFORMAT, 0,   0,     NULL                                            },
    {"ABCD-1234",                    "AB\xc3\xa9",                          HF_EFORMAT, 0,   0,     NULL                                            },
    {"verification_uri",             "x",                                   HF_EFORMAT, 0,   0,     NULL                                            },
    {"https://hub.example/device\"", "http://hub.example/device\"",         HF_EFORMAT, 0,   0,     NULL                                            },
    {"https://hub.example/device\"", "javascript:x\"",                      HF_EFORMAT, 0,   0,     NULL                                            },
    {"https://hub.example/device\"", "https://a b\"",                       HF_EFORMAT, 0,   0,     NULL                                            },
    {"{",                            "[",                                   HF_EJSON,   0,   0,     NULL                                            },
    {"}",                            "",                                    HF_EJSON,   0,   0,     NULL                                            },
    {"{",                            "<html>{",                             HF_EJSON,   0,   0,     NULL                                            },
};

static void devices_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(devices); i++) {
        SCOPED(device) struct device device = {0};
        SCOPED(text) char *text = replaced(device_text, devices[i].from, devices[i].to);
        FAILS(device_parse(text, strlen(text), &device), devices[i].error);
        if (devices[i].error != HF_OK)
            continue;
        assert_secret(device.code, "TESTcode");
        assert_string_equal(device.user_code, "ABCD-1234");
        assert_string_equal(device.address, "https://hub.example/device");
        assert_int_equal(device.interval, devices[i].interval);
        assert_int_equal(device.lifetime, devices[i].lifetime);
        if (devices[i].whole_address != NULL)
            assert_string_equal(device.whole_address, devices[i].whole_address);
    }
}

static const struct {
    long status;
    const char *text;
    enum oauth_state state;
} errors[] = {
    {400, "{\"error\":\"authorization_pending\"}",                 OAUTH_PENDING  },
    {428, "{\"error\":\"authorization_pending\"}",                 OAUTH_PENDING  },
    {400, "{\"error\":\"slow_down\",\"error_description\":\"x\"}", OAUTH_SLOW_DOWN},
    {403, "{\"error\":\"access_denied\"}",                         OAUTH_DENIED   },
    {400, "{\"error\":\"expired_token\"}",                         OAUTH_EXPIRED  },
    {400, "{\"error\":\"invalid_grant\"}",                         OAUTH_INVALID  },
    {401, "{\"error\":\"invalid_client\"}",                        OAUTH_CLIENT   },
    {400, "{\"error\":\"unauthorized_client\"}",                   OAUTH_CLIENT   },
    {400, "{\"error\":\"unsupported_grant_type\"}",                OAUTH_CLIENT   },
    {400, "{\"error\":\"invalid_request\"}",                       OAUTH_TROUBLE  },
    {400, "{\"error\":\"invalid_scope\"}",                         OAUTH_TROUBLE  },
    {400, "{\"error\":\"INVALID_GRANT\"}",                         OAUTH_TROUBLE  },
    {400, "{\"error\":7}",                                         OAUTH_TROUBLE  },
    {400, "{}",                                                    OAUTH_TROUBLE  },
    {429, "{\"error\":\"invalid_grant\"}",                         OAUTH_TROUBLE  },
    {500, "{\"error\":\"invalid_grant\"}",                         OAUTH_TROUBLE  },
    {503, "{\"error\":\"access_denied\"}",                         OAUTH_TROUBLE  },
    {302, "{\"error\":\"invalid_grant\"}",                         OAUTH_TROUBLE  },
    {0,   "{\"error\":\"invalid_grant\"}",                         OAUTH_TROUBLE  },
    {400, "{\"access_token\":\"hf_TEST\"}",                        OAUTH_TROUBLE  },
};

static void errors_have_their_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
        enum oauth_state got = OAUTH_DONE;
        OK(oauth_parse(errors[i].text, strlen(errors[i].text), errors[i].status, &got, &tokens));
        assert_int_equal(got, errors[i].state);
        assert_null(tokens.access);
    }
}

static const struct {
    const char *text, *access, *refresh; /* access NULL: HF_EFORMAT */
    uint64_t lifetime;
} successes[] = {
    {"{\"access_token\":\"hf_oauth_TEST\",\"token_type\":\"bearer\",\"expires_in\":2592000,"
     "\"refresh_token\":\"hf_oauth__refresh_TEST\",\"id_token\":\"ey.TEST\",\"scope\":\"openid\"}", "hf_oauth_TEST", "hf_oauth__refresh_TEST", 2592000},
    {"{\"access_token\":\"hf_TEST\"}",                                                                   "hf_TEST",       NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"refresh_token\":null,\"token_type\":\"Bearer\"}",                  "hf_TEST",
     NULL,                                                                                                                                          0      },
    {"{\"access_token\":\"hf_TEST\",\"expires_in\":-5}",                                                 "hf_TEST",       NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"expires_in\":\"60\"}",                                             "hf_TEST",       NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"expires_in\":9223372036854775807}",                                "hf_TEST",       NULL,
     315360000                                                                                                                                             },
    {"{\"error\":\"authorization_pending\"}",                                                            NULL,            NULL,                     0      },
    {"{}",                                                                                               NULL,            NULL,                     0      },
    {"{\"access_token\":7}",                                                                             NULL,            NULL,                     0      },
    {"{\"access_token\":\"\"}",                                                                          NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf TEST\"}",                                                                   NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf\xc3\xa9TEST\"}",                                                            NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\\n\"}",                                                                NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"access_token\":\"hf_TEST2\"}",                                     NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"refresh_token\":\"a b\"}",                                         NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"refresh_token\":\"\"}",                                            NULL,            NULL,                     0      },
    {"{\"access_token\":\"hf_TEST\",\"token_type\":\"mac\"}",                                            NULL,            NULL,                     0      },
};

static void tokens_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(successes); i++) {
        SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
        enum oauth_state got = OAUTH_TROUBLE;
        const char *text = successes[i].text;
        if (successes[i].access == NULL) {
            FAILS(oauth_parse(text, strlen(text), 200, &got, &tokens), HF_EFORMAT);
            assert_null(tokens.access);
            continue;
        }
        OK(oauth_parse(text, strlen(text), 200, &got, &tokens));
        assert_int_equal(got, OAUTH_DONE);
        assert_secret(tokens.access, successes[i].access);
        if (successes[i].refresh == NULL)
            assert_null(tokens.refresh);
        else
            assert_secret(tokens.refresh, successes[i].refresh);
        assert_int_equal(tokens.lifetime, successes[i].lifetime);
    }
}

static void tokens_have_a_longest(void **state)
{
    (void)state;
    char long_token[TOKEN_MAX + 2] = "";
    memset(long_token, 'T', TOKEN_MAX + 1);
    for (int more = 1; more >= 0; more--) {
        SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
        enum oauth_state got;
        long_token[TOKEN_MAX + more] = '\0';
        SCOPED(text) char *text = replaced("{\"access_token\":\"@\"}", "@", long_token);
        FAILS(oauth_parse(text, strlen(text), 200, &got, &tokens), more ? HF_EFORMAT : HF_OK);
    }
}

static void what_is_no_json_is_said_to_be_none(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "<html>", "{\"error\":", "{\"error\":\"x\"}}"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct oauth_tokens tokens;
        enum oauth_state got;
        FAILS(oauth_parse(texts[i], strlen(texts[i]), 400, &got, &tokens), HF_EJSON);
        FAILS(oauth_parse(texts[i], strlen(texts[i]), 200, &got, &tokens), HF_EJSON);
    }
}

static void client_ids_have_a_form(void **state)
{
    (void)state;
    char longest[CLIENT_ID_MAX + 2] = "";
    memset(longest, 'a', CLIENT_ID_MAX + 1);
    assert_false(client_id_valid(longest));
    longest[CLIENT_ID_MAX] = '\0';
    assert_true(client_id_valid(longest));
    assert_true(client_id_valid("0b51f2d2-3d12-4d0e-9d6e-111111111111"));
    assert_true(client_id_valid("A.z_9-"));
    assert_false(client_id_valid(""));
    assert_false(client_id_valid("a b"));
    assert_false(client_id_valid("a&b"));
    assert_false(client_id_valid("a\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_read),
        cmocka_unit_test(errors_have_their_states),
        cmocka_unit_test(tokens_are_read),
        cmocka_unit_test(tokens_have_a_longest),
        cmocka_unit_test(what_is_no_json_is_said_to_be_none),
        cmocka_unit_test(client_ids_have_a_form),
    };
    return cmocka_run_group_tests_name("hub oauth", tests, NULL, NULL);
}
