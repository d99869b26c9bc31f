/* What a login could not get: as it is kept, and read again. */
#include "tests/unit/check.h"

#include "keyring/asked.h"

static void a_note_comes_back(void **state)
{
    (void)state;
    struct asked asked = {.when = 1790000000}, again = {0};
    char text[ASKED_TEXT_MAX + 1];
    asked_add(&asked, "etcd", ASKED_SILENT, "the source is not available");
    asked_add(&asked, "https", ASKED_SILENT, "[https] key: /etc/k\xc3\xa9y: it is empty");
    asked_add(&asked, "folder", ASKED_UNOPENED, "this machine has no host key");
    asked_add(&asked, "folder", ASKED_UNOPENED, "what comes second");
    OK(asked_print(&asked, text));
    assert_string_equal(text, "1790000000\netcd the source is not available\n"
                              "https [https] key: /etc/k\xc3\xa9y: it is empty\n"
                              "folder not opened: this machine has no host key\n");
    OK(asked_parse(text, strlen(text), &again));
    assert_int_equal(again.when, asked.when);
    assert_int_equal(again.count, 3);
    assert_string_equal(asked_find(&again, "https")->why, asked.sources[1].why);
    assert_int_equal(asked_find(&again, "https")->kind, ASKED_SILENT);
    assert_string_equal(asked_find(&again, "folder")->why, "this machine has no host key");
    assert_int_equal(asked_find(&again, "folder")->kind, ASKED_UNOPENED);
    assert_null(asked_find(&again, "user"));
}

static void the_longest_note_fits(void **state)
{
    (void)state;
    struct asked asked = {.when = 999999999999999}, again = {0};
    char text[ASKED_TEXT_MAX + 1], why[SOURCE_REASON_MAX + 1], name[SOURCE_NAME_MAX + 1];
    memset(why, 'w', SOURCE_REASON_MAX);
    memset(name, 'n', SOURCE_NAME_MAX);
    why[SOURCE_REASON_MAX] = name[SOURCE_NAME_MAX] = '\0';
    for (size_t i = 0; i < ASKED_MAX + 2; i++) {
        name[0] = (char)('a' + i);
        asked_add(&asked, name, ASKED_UNOPENED, why);
    }
    assert_int_equal(asked.count, ASKED_MAX);
    OK(asked_print(&asked, text));
    OK(asked_parse(text, strlen(text), &again));
    assert_string_equal(again.sources[ASKED_MAX - 1].why, why);
}

/* The user can put anything there. */
static void what_is_none_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "1790000000",
                                        "1790000000\n",
                                        "x\netcd a\n",
                                        "-1\na b\n",
                                        "1\netcd\n",
                                        "1\netcd \n",
                                        "1\netcd a",
                                        "1\netcd not opened: \n",
                                        "1\nE a\n",
                                        "1\netcd \33[2J\n",
                                        "1\na b\nc d\ne f\ng h\ni j\n",
                                        "1234567890123456\netcd a\n"};
    struct asked asked;
    for (size_t i = 0; i < COUNT(texts); i++)
        FAILS(asked_parse(texts[i], strlen(texts[i]), &asked), HF_EFORMAT);
    FAILS(asked_parse("1\netcd a\0\n", 10, &asked), HF_EFORMAT);
    FAILS(asked_parse("1\0\netcd a\n", 10, &asked), HF_EFORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_comes_back),
        cmocka_unit_test(the_longest_note_fits),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests_name("asked", tests, NULL, NULL);
}
