/* What etcd answers, base64, and objects' paths. The engines themselves: tests/fleet/engines.py. */
#include "tests/unit/check.h"

#include "engine/answer.h"
#include "engine/base64.h"
#include "engine/inside.h"

/* RFC 4648 section 10. */
static const struct {
    const char *bytes, *text;
} base64_rows[] = {
    {"",       ""        },
    {"f",      "Zg=="    },
    {"fo",     "Zm8="    },
    {"foo",    "Zm9v"    },
    {"foob",   "Zm9vYg=="},
    {"fooba",  "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

static void test_base64(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(base64_rows); i++) {
        const char *bytes = base64_rows[i].bytes, *text = base64_rows[i].text;
        char written[16], read[16];
        size_t length = 99;
        const char *end = base64_write(bytes, strlen(bytes), written);
        assert_string_equal(written, text);
        assert_ptr_equal(end, written + strlen(text));
        OK(base64_read(text, strlen(text), read, strlen(bytes), &length));
        assert_int_equal(length, strlen(bytes));
        assert_memory_equal(read, bytes, length);
        if (length > 0)
            FAILS(base64_read(text, strlen(text), read, length - 1, &length), HF_ETOOBIG);
    }
}

static void test_bad_base64(void **state)
{
    (void)state;
    static const char *const texts[] = {"Z",       "Zg",   "Zg=",  "Zg===", "=",
                                        "====",    "Z===", "Zg=a", "Z!==",  "Zg==Zg==",
                                        " Zg==  ", "Zg-_", "Zg=\n"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        char read[16];
        size_t length = 0;
        if (base64_read(texts[i], strlen(texts[i]), read, sizeof read, &length) != HF_EFORMAT)
            fail_msg("%s was taken", texts[i]);
    }
}

static void test_all_bytes(void **state)
{
    (void)state;
    unsigned char bytes[256], read[256];
    char text[BASE64_SIZE(sizeof bytes)];
    size_t length = 0;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)i;
    for (size_t size = 0; size <= sizeof bytes; size++) {
        (void)base64_write(bytes, size, text);
        OK(base64_read(text, strlen(text), read, sizeof read, &length));
        assert_int_equal(length, size);
        assert_memory_equal(read, bytes, size);
    }
}

static void test_paths(void **state)
{
    (void)state;
    static const char *const good[] = {"head", "users/anna", "users/a%20b", "hosts/00ff",
                                       "a.b-c_d"};
    static const char *const bad[] = {"",         "/",    "/head",  "users/", "users//a", ".lock",
                                      "users/..", "../a", "a/./b",  "a b",    "a\nb",     "a\\b",
                                      "\303\244", "a?b",  "a/.new", "a#b",    "a:b",      "a~"};
    char large[1100];
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(engine_path_valid(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        if (engine_path_valid(bad[i]))
            fail_msg("%s was taken", bad[i]);
    memset(large, 'a', sizeof large);
    large[1023] = '\0';
    assert_true(engine_path_valid(large));
    large[1023] = 'a';
    large[1024] = '\0';
    assert_false(engine_path_valid(large));
}

/* The base64 of "head" and of "x". */
#define PAIR                                                                                       \
    "{\"key\":\"aGVhZA==\",\"create_revision\":\"2\",\"mod_revision\":\"7\",\"version\":\"3\","    \
    "\"value\":\"eA==\"}"
#define RANGE(pairs) "{\"header\":{\"revision\":\"9\"},\"kvs\":[" pairs "],\"count\":\"1\"}"

static const struct {
    const char *text;
    enum hf_error error;
} range_rows[] = {
    {RANGE(PAIR),                                                               HF_OK       },
    {" " RANGE(PAIR) "\n",                                                      HF_OK       },
    {RANGE(""),                                                                 HF_ENOTFOUND},
    {"{\"header\":{}}",                                                         HF_ENOTFOUND},
    {"{\"header\":{},\"kvs\":null}",                                            HF_ENOTFOUND},
    {RANGE(PAIR "," PAIR),                                                      HF_EPROTOCOL},
    {RANGE("{}"),                                                               HF_EPROTOCOL},
    {RANGE("7"),                                                                HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"value\":\"eA==\"}"),                        HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZAA=\",\"mod_revision\":\"7\"}"),                    HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":\"0\"}"),                    HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":\"7a\"}"),                   HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":\"12345678901234567890\"}"), HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":7}"),                        HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":\"7\",\"value\":\"e\"}"),    HF_EPROTOCOL},
    {RANGE("{\"key\":\"aGVhZA==\",\"mod_revision\":\"7\",\"value\":7}"),        HF_OK       },
    {"{\"kvs\":[" PAIR "]}",                                                    HF_EPROTOCOL},
    {"[" PAIR "]",                                                              HF_EPROTOCOL},
    {RANGE(PAIR) "x",                                                           HF_EPROTOCOL},
    {"",                                                                        HF_EPROTOCOL},
    {"{}",                                                                      HF_EPROTOCOL},
    {"<html>",                                                                  HF_EPROTOCOL},
};

static void test_range(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(range_rows); i++) {
        SCOPED(engine_object) struct engine_object object = {0};
        const char *text = range_rows[i].text;
        const enum hf_error error = answer_range(text, strlen(text), "head", &object);
        if (error != range_rows[i].error)
            fail_msg("%s: %s", text, error_name(error));
        if (error == HF_OK)
            assert_string_equal(object.version.text, "7");
        else
            assert_null(object.bytes);
    }
}

#define PUT(rest) "{\"header\":{\"revision\":\"9\"}" rest "}"

static void test_put(void **state)
{
    (void)state;
    static const char done[] = PUT(",\"succeeded\":true,\"responses\":[{\"response_put\":{}}]");
    static const char lost[] = PUT(",\"responses\":[{\"response_range\":" RANGE(PAIR) "}]");
    static const char gone[] = PUT(",\"responses\":[{\"response_range\":{\"header\":{}}}]");
    static const char *const bad[] = {PUT(""),
                                      PUT(",\"succeeded\":\"true\""),
                                      PUT(",\"responses\":[]"),
                                      PUT(",\"responses\":[{}]"),
                                      "{\"succeeded\":true}",
                                      "{\"header\":{},\"succeeded\":true}"};
    struct engine_version version = {0};
    SCOPED(engine_object) struct engine_object found = {0};
    OK(answer_put(done, strlen(done), "head", &version, &found));
    assert_string_equal(version.text, "9");
    FAILS(answer_put(gone, strlen(gone), "head", &version, &found), HF_ECHANGED);
    assert_null(found.bytes);
    FAILS(answer_put(lost, strlen(lost), "head", &version, &found), HF_ECHANGED);
    assert_string_equal(found.bytes, "x");
    assert_string_equal(found.version.text, "7");
    for (size_t i = 0; i < COUNT(bad); i++)
        FAILS(answer_put(bad[i], strlen(bad[i]), "head", &version, &found), HF_EPROTOCOL);
}

static enum hf_error take_name(const char *path, void *context)
{
    char *names = context;
    return text_format(names + strlen(names), 64 - strlen(names), "%s ", path);
}

static enum hf_error refuse_name(const char *path, void *context)
{
    (void)path;
    (void)context;
    return HF_EFULL;
}

static void test_list(void **state)
{
    (void)state;
    /* "p/a" and "p/b". */
    static const char page[] =
        "{\"header\":{},\"kvs\":[{\"key\":\"cC9h\"},{\"key\":\"cC9i\"}],\"more\":true}";
    static const char zero[] = "{\"header\":{},\"kvs\":[{\"key\":\"cC8AYQ==\"}]}";
    char names[64] = "";
    struct answer_key last;
    bool more = false;
    OK(answer_list(page, strlen(page), "p/", take_name, names, &last, &more));
    assert_string_equal(names, "a b ");
    assert_string_equal(last.text, "p/b");
    assert_true(more);
    OK(answer_list("{\"header\":{}}", 13, "p/", take_name, names, &last, &more));
    assert_string_equal(last.text, "");
    assert_false(more);
    FAILS(answer_list(page, strlen(page), "q/", take_name, names, &last, &more), HF_EPROTOCOL);
    FAILS(answer_list(zero, strlen(zero), "p/", take_name, names, &last, &more), HF_EPROTOCOL);
    FAILS(answer_list(page, strlen(page), "p/", refuse_name, NULL, &last, &more), HF_EFULL);
}

static void test_token(void **state)
{
    (void)state;
    static const char good[] = "{\"header\":{},\"token\":\"aB-_.9\"}";
    static const char *const bad[] = {"",
                                      "{}",
                                      "{\"token\":\"\"}",
                                      "{\"token\":\"a",
                                      "{\"token\":\"a\\u000a\"}",
                                      "{\"token\":\"a b\"}",
                                      "{\"token\":7}"};
    SCOPED(secret) struct secret *token = NULL;
    OK(answer_token(good, strlen(good), &token));
    assert_secret(token, "aB-_.9");
    for (size_t i = 0; i < COUNT(bad); i++)
        FAILS(answer_token(bad[i], strlen(bad[i]), &token), HF_EPROTOCOL);
}

static const struct {
    const char *text;
    long status;
    enum hf_error error;
    const char *words;
} fault_rows[] = {
    {"{\"error\":\"etcdserver: invalid auth token\",\"code\":16}",           401, HF_EREFUSED,  "token"   },
    {"{\"error\":\"etcdserver: user name is empty\",\"code\":3}",            400, HF_EREFUSED,  "a user"  },
    {"{\"error\":\"etcdserver: permission denied\",\"code\":7}",             403, HF_EREFUSED,  "role"    },
    {"{\"error\":\"etcdserver: mvcc: database space exceeded\",\"code\":8}", 429, HF_EUNAVAIL,
     "full"                                                                                               },
    {"{\"error\":\"etcdserver: too many requests\",\"code\":8}",             429, HF_EUNAVAIL,  "too much"},
    {"{\"error\":\"etcdserver: request timed out\",\"code\":14}",            503, HF_EUNAVAIL,  "nodes"   },
    {"{\"error\":\"etcdserver: revision of auth store is old\",\"code\":3}", 400, HF_EREFUSED,
     "token"                                                                                              },
    {"{\"error\":\"etcdserver: key is not provided\",\"code\":3}",           400, HF_EUNAVAIL,  "own"     },
    {"{\"error\":\"Not Found\",\"code\":5}",                                 404, HF_EPROTOCOL, "gateway" },
    {"{\"error\":\"x\",\"code\":99}",                                        500, HF_EUNAVAIL,  "own"     },
    {"{\"error\":7,\"code\":3}",                                             500, HF_EUNAVAIL,  "own"     },
    {"<html>",                                                               403, HF_EREFUSED,  "refused" },
    {"<html>",                                                               400, HF_EREFUSED,  "certific"},
    {"",                                                                     302, HF_EPROTOCOL, "sends"   },
    {"",                                                                     404, HF_EPROTOCOL, "gateway" },
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(fault_rows); i++) {
        const struct answer_fault fault =
            answer_fault(fault_rows[i].text, strlen(fault_rows[i].text), fault_rows[i].status);
        FAILS(fault.error, fault_rows[i].error);
        if (strstr(fault.text, fault_rows[i].words) == NULL)
            fail_msg("%s: %s", fault_rows[i].text, fault.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64),    cmocka_unit_test(test_bad_base64),
        cmocka_unit_test(test_all_bytes), cmocka_unit_test(test_paths),
        cmocka_unit_test(test_range),     cmocka_unit_test(test_put),
        cmocka_unit_test(test_list),      cmocka_unit_test(test_token),
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
