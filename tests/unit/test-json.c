/* Strict JSON: what json-c alone would let pass, and what it must still read. */
#include "tests/unit/check.h"

#include "common/name.h"
#include "store/json.h"

static enum hf_error parse(const char *text, size_t length)
{
    SCOPED(json) struct json_object *object = NULL;
    /* A copy of exactly these bytes, so that a read behind them is seen by valgrind and ASan. */
    SCOPED(text) char *copy = malloc(length + (length == 0));
    assert_non_null(copy);
    memcpy(copy, text, length);
    enum hf_error error = json_parse(copy, length, &object);
    assert_int_equal(object != NULL, error == HF_OK);
    return error;
}

#define ROW(text, error)                                                                           \
    {                                                                                              \
        text, sizeof(text) - 1, error                                                              \
    }
static const struct {
    const char *text;
    size_t length;
    enum hf_error error;
} rows[] = {
    ROW("{}", HF_OK),
    ROW(" \t\r\n{ \"a\" : 1 , \"b\" : [ ] } \n", HF_OK),
    ROW("{\"a\":[true,false,null,\"x\",{},[]]}", HF_OK),
    ROW("{\"a\":0,\"b\":999999999999999}", HF_OK),
    ROW("{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\uD83D\\uDE00\"}", HF_OK),
    ROW("{\"a\":\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \x7f\"}", HF_OK),
    ROW("{\"a\":[[[[[1]]]]]}", HF_OK),
    ROW("{\"a\":{\"a\":1},\"b\":{\"a\":1}}", HF_OK),

    ROW("", HF_EJSON),
    ROW(" ", HF_EJSON),
    ROW("{", HF_EJSON),
    ROW("{}}", HF_EJSON),
    ROW("{} x", HF_EJSON),
    ROW("{}{}", HF_EJSON),
    ROW("{}\0", HF_EJSON),
    ROW("\0{}", HF_EJSON),
    ROW("\xef\xbb\xbf{}", HF_EJSON),
    ROW("[]", HF_EJSON),
    ROW("[{}]", HF_EJSON),
    ROW("\"a\"", HF_EJSON),
    ROW("1", HF_EJSON),
    ROW("null", HF_EJSON),
    ROW("{]", HF_EJSON),
    ROW("{\"a\":[}", HF_EJSON),
    ROW("{\"a\":[1}", HF_EJSON),
    ROW("{\"a\":1]", HF_EJSON),

    /* Members and lists. */
    ROW("{\"a\"}", HF_EJSON),
    ROW("{\"a\":}", HF_EJSON),
    ROW("{\"a\" 1}", HF_EJSON),
    ROW("{a:1}", HF_EJSON),
    ROW("{1:1}", HF_EJSON),
    ROW("{'a':1}", HF_EJSON),
    ROW("{\"a\":'x'}", HF_EJSON),
    ROW("{\"a\":1,}", HF_EJSON),
    ROW("{,}", HF_EJSON),
    ROW("{\"a\":1,,\"b\":1}", HF_EJSON),
    ROW("{\"a\":1;\"b\":1}", HF_EJSON),
    ROW("{\"a\":[1,]}", HF_EJSON),
    ROW("{\"a\":[,1]}", HF_EJSON),
    ROW("{\"a\":[1 2]}", HF_EJSON),
    ROW("{\"a\":1/**/}", HF_EJSON),
    ROW("{\"a\":1}//", HF_EJSON),
    ROW("{\"a\":1,\f\"b\":1}", HF_EJSON),
    ROW("{\"a\":1,\v\"b\":1}", HF_EJSON),
    ROW("{\"a\":1,\xc2\xa0\"b\":1}", HF_EJSON),

    /* Words and numbers. */
    ROW("{\"a\":True}", HF_EJSON),
    ROW("{\"a\":TRUE}", HF_EJSON),
    ROW("{\"a\":tru}", HF_EJSON),
    ROW("{\"a\":truer}", HF_EJSON),
    ROW("{\"a\":nul}", HF_EJSON),
    ROW("{\"a\":NULL}", HF_EJSON),
    ROW("{\"a\":NaN}", HF_EJSON),
    ROW("{\"a\":Infinity}", HF_EJSON),
    ROW("{\"a\":-Infinity}", HF_EJSON),
    ROW("{\"a\":undefined}", HF_EJSON),
    ROW("{\"a\":-1}", HF_EJSON),
    ROW("{\"a\":-0}", HF_EJSON),
    ROW("{\"a\":+1}", HF_EJSON),
    ROW("{\"a\":01}", HF_EJSON),
    ROW("{\"a\":00}", HF_EJSON),
    ROW("{\"a\":1.0}", HF_EJSON),
    ROW("{\"a\":1.}", HF_EJSON),
    ROW("{\"a\":.1}", HF_EJSON),
    ROW("{\"a\":1e3}", HF_EJSON),
    ROW("{\"a\":1E3}", HF_EJSON),
    ROW("{\"a\":0x10}", HF_EJSON),
    ROW("{\"a\":12abc}", HF_EJSON),
    ROW("{\"a\":1000000000000000}", HF_EJSON),
    ROW("{\"a\":18446744073709551617}", HF_EJSON),
    ROW("{\"a\":1", HF_EJSON),

    /* Strings. */
    ROW("{\"a\":\"x}", HF_EJSON),
    ROW("{\"a\":\"x\\\"}", HF_EJSON),
    ROW("{\"a\":\"\\u0000\"}", HF_EJSON),
    ROW("{\"a\\u0000b\":1}", HF_EJSON),
    ROW("{\"a\":\"\0\"}", HF_EJSON),
    ROW("{\"a\":\"\n\"}", HF_EJSON),
    ROW("{\"a\":\"\t\"}", HF_EJSON),
    ROW("{\"a\":\"\x1f\"}", HF_EJSON),
    ROW("{\"a\":\"\\x41\"}", HF_EJSON),
    ROW("{\"a\":\"\\'\"}", HF_EJSON),
    ROW("{\"a\":\"\\0\"}", HF_EJSON),
    ROW("{\"a\":\"\\U0041\"}", HF_EJSON),
    ROW("{\"a\":\"\\u004\"}", HF_EJSON),
    ROW("{\"a\":\"\\u004g\"}", HF_EJSON),
    ROW("{\"a\":\"\\u", HF_EJSON),
    ROW("{\"a\":\"\\", HF_EJSON),
    ROW("{\"a\":\"\\uD800\"}", HF_EJSON),
    ROW("{\"a\":\"\\uDC00\"}", HF_EJSON),
    ROW("{\"a\":\"\\uD800\\u0041\"}", HF_EJSON),
    ROW("{\"a\":\"\\uD800\\uD800\"}", HF_EJSON),
    ROW("{\"a\":\"\\uD800x\"}", HF_EJSON),

    /* UTF-8: overlong forms, surrogates, too high, cut off, bytes alone. */
    ROW("{\"a\":\"\xc0\x80\"}", HF_EJSON),
    ROW("{\"a\":\"\xc1\xbf\"}", HF_EJSON),
    ROW("{\"a\":\"\xe0\x9f\xbf\"}", HF_EJSON),
    ROW("{\"a\":\"\xed\xa0\x80\"}", HF_EJSON),
    ROW("{\"a\":\"\xf0\x8f\xbf\xbf\"}", HF_EJSON),
    ROW("{\"a\":\"\xf4\x90\x80\x80\"}", HF_EJSON),
    ROW("{\"a\":\"\xf5\x80\x80\x80\"}", HF_EJSON),
    ROW("{\"a\":\"\xff\"}", HF_EJSON),
    ROW("{\"a\":\"\x80\"}", HF_EJSON),
    ROW("{\"a\":\"\xe2\x82\"}", HF_EJSON),
    ROW("{\"a\":\"\xe2\x82", HF_EJSON),

    /* Depth: six, and no more. */
    ROW("{\"a\":[[[[[[1]]]]]]}", HF_EJSON),
    ROW("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}", HF_EJSON),

    /* Twice, whichever way it is written and however deep. */
    ROW("{\"a\":1,\"a\":1}", HF_EDUPLICATE),
    ROW("{\"a\":1,\"\\u0061\":2}", HF_EDUPLICATE),
    ROW("{\"/\":1,\"\\/\":2}", HF_EDUPLICATE),
    ROW("{\"\":1,\"\":2}", HF_EDUPLICATE),
    ROW("{\"\xf0\x9f\x98\x80\":1,\"\\ud83d\\ude00\":2}", HF_EDUPLICATE),
    ROW("{\"a\":[{\"b\":1,\"c\":2,\"b\":3}]}", HF_EDUPLICATE),
    ROW("{\"a\":{\"b\":[[{\"x\":1,\"x\":null}]]}}", HF_EDUPLICATE),
    ROW("{\"a\":null,\"a\":null}", HF_EDUPLICATE),
};

static void texts_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum hf_error error = parse(rows[i].text, rows[i].length);
        if (error != rows[i].error)
            fail_msg("%s gives %s", rows[i].text, error_name(error));
    }
}

static void size_is_limited(void **state)
{
    (void)state;
    static char text[DOCUMENT_MAX + 1];
    memset(text, ' ', sizeof text);
    memcpy(text, "{}", 2);
    OK(parse(text, DOCUMENT_MAX));
    FAILS(parse(text, DOCUMENT_MAX + 1), HF_ETOOBIG);
}

static void deep_nesting_costs_nothing(void **state)
{
    (void)state;
    static char text[DOCUMENT_MAX];
    memset(text, '[', sizeof text);
    memcpy(text, "{\"a\":", 5);
    FAILS(parse(text, sizeof text), HF_EJSON);
    for (size_t i = 0; i + 5 <= sizeof text; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    FAILS(parse(text, sizeof text), HF_EJSON);
}

/* Each empty object takes json-c 800 bytes. */
static void values_are_counted(void **state)
{
    (void)state;
    char text[3 * JSON_VALUES_MAX + 16] = "{\"a\":[{}";
    for (size_t values = 3; values < JSON_VALUES_MAX; values++)
        memcpy(text + strlen(text), ",{}", 4);
    size_t length = strlen(text);
    memcpy(text + length, "]}", 3);
    OK(parse(text, strlen(text)));
    memcpy(text + length, ",1]}", 5);
    FAILS(parse(text, strlen(text)), HF_EJSON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_judged),
        cmocka_unit_test(size_is_limited),
        cmocka_unit_test(deep_nesting_costs_nothing),
        cmocka_unit_test(values_are_counted),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
