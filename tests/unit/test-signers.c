/* Signers: the lines of the file, and whose it must be. */
#include "tests/unit/signing.h"

#include <sodium.h>
#include <sys/stat.h>

#define KEY_TEXT 44

static char keys[SIGNERS_MAX + 1][KEY_TEXT + 1];

static int make_keys(void **state)
{
    if (start_store(state) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(keys); i++) {
        SCOPED(signing_key) struct signing_key key = new_signer();
        sodium_bin2base64(keys[i], sizeof keys[i], key.public_key, SIGNER_BYTES,
                          sodium_base64_VARIANT_ORIGINAL);
    }
    return 0;
}

/* The text with 1, 2 and 3 as the first keys; how many signers there are then, or minus the line of
   the mistake. */
static int parse(const char *form)
{
    char text[1024] = "";
    struct signers signers = {.count = 99};
    unsigned line = 99;
    for (; *form != '\0'; form++)
        OK(*form >= '1' && *form <= '3'
               ? text_format(text + strlen(text), sizeof text - strlen(text), "%s",
                             keys[*form - '1'])
               : text_format(text + strlen(text), sizeof text - strlen(text), "%c", *form));
    const size_t length = strlen(text);
    SCOPED(text) char *exact = malloc(length + (length == 0));
    assert_non_null(exact);
    memcpy(exact, text, length);
    enum hf_error error = signers_parse(exact, length, &signers, &line);
    if (error == HF_OK) {
        assert_int_equal(line, 0);
        return (int)signers.count;
    }
    FAILS(error, HF_ECONFIG);
    assert_int_equal(signers.count, 99);
    return -(int)line;
}

static const struct {
    const char *form;
    int result;
} forms[] = {
    {"",                       0 },
    {"\n\n  \n\t\r\n",         0 },
    {"# 1\n#1\n  # 2\n",       0 },
    {"1",                      1 },
    {"1\n",                    1 },
    {"1\r\n",                  1 },
    {"  1\n",                  1 },
    {"1 Ada, until May\n2\tx", 2 },
    {"1 #\n2 \n3\n",           3 },
    {"1 2\n",                  1 },
    {"# old\n1\n\n2\n",        2 },

    {"1x\n",                   -1},
    {"1#\n",                   -1},
    {"1=\n",                   -1},
    {"12\n",                   -1},
    {"x1\n",                   -1},
    {"\"1\"\n",                -1},
    {"ssh-ed25519 1\n",        -1},
    {"1\n1\n",                 -2},
    {"1 Ada\n2\n1 Bob\n",      -3},
    {"\n\nAda\n",              -3},
};

static void lines_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++)
        if (parse(forms[i].form) != forms[i].result)
            fail_msg("%s gives %d", forms[i].form, parse(forms[i].form));
}

static enum hf_error parse_text(const char *text, size_t length)
{
    struct signers signers = {0};
    unsigned line = 0;
    return signers_parse(text, length, &signers, &line);
}

static void zero_byte_is_in_no_key(void **state)
{
    (void)state;
    char text[KEY_TEXT + 2];
    memcpy(text, keys[0], KEY_TEXT);
    text[KEY_TEXT] = '\0';
    FAILS(parse_text(text, KEY_TEXT + 1), HF_ECONFIG);
    FAILS(parse_text("\0", 1), HF_ECONFIG);
    for (size_t length = 1; length < KEY_TEXT; length++)
        FAILS(parse_text(keys[0], length), HF_ECONFIG);
}

static void there_are_at_most_sixteen(void **state)
{
    (void)state;
    char text[COUNT(keys) * (KEY_TEXT + 1) + 1] = "";
    for (size_t i = 0; i < COUNT(keys); i++) {
        OK(text_format(text + strlen(text), sizeof text - strlen(text), "%s\n", keys[i]));
        FAILS(parse_text(text, strlen(text)), i < SIGNERS_MAX ? HF_OK : HF_ECONFIG);
    }
}

/* Points of low order verify signatures that nobody made; others are no points of the group at all.
 */
static void what_cannot_sign_is_no_signer(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* order 4 */
        "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* the neutral one */
        "7P///////////////////////////////////////38=", /* order 2 */
        "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* not on the curve */
        "7f///////////////////////////////////////38=", /* not reduced */
        "/////////////////////////////////////////38=",
    };
    for (size_t i = 0; i < COUNT(wrong); i++)
        FAILS(parse_text(wrong[i], strlen(wrong[i])), HF_ECONFIG);
}

/* The last digit before the padding has two bits that are over. */
static void base64_has_one_form(void **state)
{
    (void)state;
    char text[KEY_TEXT + 1];
    memcpy(text, keys[0], sizeof text);
    for (char digit = 'A'; digit <= 'Z'; digit++) {
        text[KEY_TEXT - 2] = digit;
        if ((digit - 'A') % 4 != 0)
            FAILS(parse_text(text, KEY_TEXT), HF_ECONFIG);
    }
    OK(parse_text(keys[0], KEY_TEXT));
}

static void file_is_roots(void **state)
{
    (void)state;
    struct signers signers = {0};
    unsigned line = 99;
    (void)unlink(HF_SIGNERS_FILE);
    FAILS(signers_read(&signers, &line), HF_ENOTFOUND);
    assert_int_equal(line, 0);
    if (geteuid() != 0)
        skip();
    OK(file_replace(HF_SIGNERS_FILE, keys[0], KEY_TEXT, 0644));
    OK(signers_read(&signers, &line));
    assert_int_equal(signers.count, 1);
    assert_int_equal(chmod(HF_SIGNERS_FILE, 0664), 0);
    FAILS(signers_read(&signers, &line), HF_EMODE);
    assert_int_equal(chmod(HF_SIGNERS_FILE, 0644), 0);
    assert_int_equal(chown(HF_SIGNERS_FILE, 1, 0), 0);
    FAILS(signers_read(&signers, &line), HF_EOWNER);
    OK(file_replace(HF_SIGNERS_FILE, "\nx\n", 3, 0644));
    FAILS(signers_read(&signers, &line), HF_ECONFIG);
    assert_int_equal(line, 2);
    assert_int_equal(unlink(HF_SIGNERS_FILE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_judged),
        cmocka_unit_test(zero_byte_is_in_no_key),
        cmocka_unit_test(there_are_at_most_sixteen),
        cmocka_unit_test(what_cannot_sign_is_no_signer),
        cmocka_unit_test(base64_has_one_form),
        cmocka_unit_test(file_is_roots),
    };
    return cmocka_run_group_tests_name("signers", tests, make_keys, NULL);
}
