/* Members of JSON objects: of their type, in their range, base64 strict; and what is printed parses
 * again. */
#include "tests/unit/check.h"

#include "common/name.h"
#include "store/base64.h"
#include "store/json.h"

static const char sample[] = "{\"text\":\"abc\",\"empty\":\"\",\"number\":7,\"bytes\":\"AAEC\","
                             "\"two\":\"AAE=\",\"one\":\"AA==\",\"list\":[{},{}],\"mixed\":[{},1],"
                             "\"true\":true,\"false\":false,\"null\":null,"
                             "\"object\":{\"a\":1},\"texts\":[\"abc\",1,\"\"]}";

static void members_are_of_their_type(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    char text[4];
    uint64_t number = 0;
    OK(json_parse(sample, strlen(sample), &object));
    OK(json_text(object, "text", text, 4));
    assert_string_equal(text, "abc");
    FAILS(json_text(object, "text", text, 3), HF_EFORMAT);
    OK(json_text(object, "empty", text, 1));
    FAILS(json_text(object, "number", text, 4), HF_EFORMAT);
    FAILS(json_text(object, "null", text, 4), HF_EFORMAT);
    FAILS(json_text(object, "none", text, 4), HF_EFORMAT);
    OK(json_number(object, "number", 7, 7, &number));
    assert_int_equal(number, 7);
    FAILS(json_number(object, "number", 8, 9, &number), HF_EFORMAT);
    FAILS(json_number(object, "number", 0, 6, &number), HF_EFORMAT);
    FAILS(json_number(object, "text", 0, 9, &number), HF_EFORMAT);
    FAILS(json_number(object, "true", 0, 9, &number), HF_EFORMAT);
    FAILS(json_number(object, "none", 0, 9, &number), HF_EFORMAT);
}

static void lists_are_of_objects(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    const struct json_object *list = NULL, *element = NULL;
    size_t count = 0;
    OK(json_parse(sample, strlen(sample), &object));
    OK(json_list(object, "list", 2, 2, &list, &count));
    assert_int_equal(count, 2);
    OK(json_element(list, 1, &element));
    FAILS(json_element(list, 2, &element), HF_EFORMAT);
    FAILS(json_list(object, "list", 3, 9, &list, &count), HF_EFORMAT);
    FAILS(json_list(object, "list", 0, 1, &list, &count), HF_EFORMAT);
    FAILS(json_list(object, "text", 0, 9, &list, &count), HF_EFORMAT);
    OK(json_list(object, "mixed", 0, 2, &list, &count));
    FAILS(json_element(list, 1, &element), HF_EFORMAT);
}

static void lists_are_of_texts(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    const struct json_object *list = NULL;
    char text[4] = "";
    size_t count = 0;
    OK(json_parse(sample, strlen(sample), &object));
    OK(json_list(object, "texts", 0, 3, &list, &count));
    OK(json_element_text(list, 0, text, 4));
    assert_string_equal(text, "abc");
    FAILS(json_element_text(list, 0, text, 3), HF_EFORMAT);
    FAILS(json_element_text(list, 1, text, 4), HF_EFORMAT);
    OK(json_element_text(list, 2, text, 1));
    FAILS(json_element_text(list, 3, text, 4), HF_EFORMAT);
}

static void members_may_be_missing(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    const struct json_object *inner = NULL;
    bool flag = true;
    OK(json_parse(sample, strlen(sample), &object));
    assert_true(json_has(object, "null"));
    assert_false(json_has(object, "none"));
    OK(json_flag(object, "none", &flag));
    assert_false(flag);
    OK(json_flag(object, "true", &flag));
    assert_true(flag);
    FAILS(json_flag(object, "false", &flag), HF_EFORMAT);
    FAILS(json_flag(object, "null", &flag), HF_EFORMAT);
    FAILS(json_flag(object, "number", &flag), HF_EFORMAT);
    OK(json_member(object, "object", &inner));
    assert_true(json_has(inner, "a"));
    FAILS(json_member(object, "list", &inner), HF_EFORMAT);
    FAILS(json_member(object, "null", &inner), HF_EFORMAT);
    FAILS(json_member(object, "none", &inner), HF_EFORMAT);
}

static void bytes_are_of_their_length(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    uint8_t bytes[4] = {9, 9, 9, 9}, *any = NULL;
    size_t length = 0;
    OK(json_parse(sample, strlen(sample), &object));
    OK(json_bytes(object, "bytes", bytes, 3));
    assert_memory_equal(bytes, "\0\1\2\11", 4);
    FAILS(json_bytes(object, "bytes", bytes, 2), HF_EFORMAT);
    FAILS(json_bytes(object, "bytes", bytes, 4), HF_EFORMAT);
    OK(json_bytes(object, "two", bytes, 2));
    OK(json_bytes(object, "one", bytes, 1));
    FAILS(json_bytes(object, "number", bytes, 1), HF_EFORMAT);
    FAILS(json_any_bytes(object, "empty", 4, &any, &length), HF_EFORMAT);
    FAILS(json_any_bytes(object, "bytes", 2, &any, &length), HF_EFORMAT);
    FAILS(json_any_bytes(object, "two", 1, &any, &length), HF_EFORMAT);
    assert_null(any);
    OK(json_any_bytes(object, "bytes", 3, &any, &length));
    assert_int_equal(length, 3);
    free(any);
}

/* One way only to write two bytes. */
static const char *const bad_base64[] = {
    "AAE",
    "AAE==",
    "AAE= ",
    " AAE=",
    "AA E=",
    "AAF=",
    "AAH=",
    "A===",
    "AAE=AAE=",
    "AAE=A",
    "AA-=",
    "AA_=",
    "AA.=",
    "AAE\\n=",
    "=AAE",
    "AAE\\n",
    "AAE=\\n",
    "AA=E",
    "\\u00c0AE=",
    "\xf0\x9f\x98\xbd",
    "\xc7\xb8\xc2\xbd",
    "====",
};

static void base64_is_strict(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bad_base64); i++) {
        SCOPED(json) struct json_object *object = NULL;
        char text[64];
        uint8_t bytes[2], *any = NULL;
        size_t length = 0;
        OK(text_format(text, sizeof text, "{\"b\":\"%s\"}", bad_base64[i]));
        OK(json_parse(text, strlen(text), &object));
        FAILS(json_bytes(object, "b", bytes, 2), HF_EFORMAT);
        FAILS(json_any_bytes(object, "b", 9, &any, &length), HF_EFORMAT);
    }
}

/* libsodium alone takes some bytes over 0x7f for digits. */
static void base64_is_ascii(void **state)
{
    (void)state;
    for (unsigned high = 0x80; high <= 0xff; high++) {
        const char text[] = {(char)high, 'A', 'A', 'A', 'A', 'A', 'A', (char)high};
        uint8_t bytes[3];
        size_t length = 0;
        FAILS(base64_decode(text, 4, bytes, sizeof bytes, &length), HF_EFORMAT);
        FAILS(base64_decode(text + 4, 4, bytes, sizeof bytes, &length), HF_EFORMAT);
        OK(base64_decode(text + 1, 4, bytes, sizeof bytes, &length));
    }
}

static void unknown_members_are_refused(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    const char *const both[] = {"a", "b", NULL}, *const one[] = {"a", NULL};
    OK(json_parse("{\"a\":1,\"b\":2}", 13, &object));
    OK(json_only(object, both));
    FAILS(json_only(object, one), HF_EFORMAT);
}

static enum hf_error header(const char *text)
{
    SCOPED(json) struct json_object *object = NULL;
    OK(json_parse(text, strlen(text), &object));
    return json_header(object, 1, "alice");
}

static void header_is_judged_first(void **state)
{
    (void)state;
    OK(header("{\"version\":1,\"user\":\"alice\"}"));
    FAILS(header("{\"version\":2}"), HF_EVERSION);
    FAILS(header("{\"version\":0,\"user\":\"alice\"}"), HF_EVERSION);
    FAILS(header("{\"version\":\"1\",\"user\":\"alice\"}"), HF_EFORMAT);
    FAILS(header("{\"user\":\"alice\"}"), HF_EFORMAT);
    FAILS(header("{\"version\":1,\"user\":\"bob\"}"), HF_EUSER);
    FAILS(header("{\"version\":1,\"user\":\"alicex\"}"), HF_EUSER);
    FAILS(header("{\"version\":1,\"user\":\"\"}"), HF_EUSER);
    FAILS(header("{\"version\":1}"), HF_EFORMAT);
}

static void printed_text_parses_again(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL, *again = NULL;
    struct json_object *list = NULL, *element = NULL;
    SCOPED(text) char *text = NULL;
    uint8_t bytes[3];
    size_t length = 0;
    OK(json_new(1, "\"alice\"/\xc3\xa9", &object));
    OK(json_add_number(object, "number", JSON_NUMBER_MAX));
    OK(json_add_bytes(object, "bytes", (const uint8_t *)"\xff\xff\xff", 3));
    OK(json_add_list(object, "list", &list));
    OK(json_add_element(list, &element));
    OK(json_add_text(element, "text", "x"));
    OK(json_add_list(object, "texts", &list));
    OK(json_add_element_text(list, "\xc3\xa9"));
    FAILS(json_add_element_text(list, "\xc3"), HF_EFORMAT);
    OK(json_add_object(object, "object", &element));
    OK(json_add_flag(element, "flag"));
    OK(json_print(object, &text, &length));
    assert_int_equal(length, strlen(text));
    assert_int_equal(text[length - 1], '\n');
    assert_non_null(strstr(text, "\"////\""));
    OK(json_parse(text, length, &again));
    OK(json_header(again, 1, "\"alice\"/\xc3\xa9"));
    OK(json_bytes(again, "bytes", bytes, 3));
}

static void what_would_not_parse_is_not_added(void **state)
{
    (void)state;
    SCOPED(json) struct json_object *object = NULL;
    SCOPED(text) char *text = NULL;
    static uint8_t bytes[DOCUMENT_MAX + 1];
    size_t length = 0;
    FAILS(json_new(1, "\xff", &object), HF_EFORMAT);
    OK(json_new(1, "alice", &object));
    FAILS(json_add_text(object, "a", "\xc3"), HF_EFORMAT);
    FAILS(json_add_number(object, "a", JSON_NUMBER_MAX + 1), HF_EFORMAT);
    FAILS(json_add_bytes(object, "a", bytes, sizeof bytes), HF_EFORMAT);
    OK(json_add_bytes(object, "a", bytes, 49152));
    FAILS(json_print(object, &text, &length), HF_ETOOBIG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_of_their_type),
        cmocka_unit_test(lists_are_of_objects),
        cmocka_unit_test(lists_are_of_texts),
        cmocka_unit_test(members_may_be_missing),
        cmocka_unit_test(bytes_are_of_their_length),
        cmocka_unit_test(base64_is_strict),
        cmocka_unit_test(base64_is_ascii),
        cmocka_unit_test(unknown_members_are_refused),
        cmocka_unit_test(header_is_judged_first),
        cmocka_unit_test(printed_text_parses_again),
        cmocka_unit_test(what_would_not_parse_is_not_added),
    };
    return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
