/* Tokens in stored_tokens of both kinds, netrc and git's store: what is found, and what is cut. */
#include "tests/unit/cuts.h"

#define JSON(members, active) "{\n  \"tokens\": {" members "},\n  \"active\": " active "\n}"
#define MEMBER(name, token)   "\n    \"" name "\": {\n      \"token\": \"" token "\"\n    }"

static void sections_go(void **state)
{
    (void)state;
    CUT(&format_stored, "[a]\nhf_token = hf_a\n\n", "");
    CUT(&format_stored, "; c\n[a]\r\nHF_Token: hf_a\r\n\r\n[b]\r\nx = y\r\n",
        "; c\n[b]\r\nx = y\r\n");
    check_cut(&format_stored, "[a]\nhf_token = hf_a\n\n[b]\nhf_token = hf_b\n\n[c]\nhf_token=hf_c",
              (char[]){"hf_b"}, "[b]\nhf_token = hf_b\n\n", 0);
    check_found(&format_stored, "[a]\nhf_token =\n[b]\nhf_token = your token\n", "4?");
    check_found(&format_stored, "hf_token = hf_a\n[b]\n", "1");
    check_found(&format_stored, "[a]\n# " TOKEN "\nhf_token = hf_b\n", "2 3*");
    STAYS(&format_stored, "hf_token = hf_a\n", 1);
}

static void values_that_go_on_are_none(void **state)
{
    (void)state;
    check_found(&format_stored, "[a]\nhf_token = hf_a\n  more\n[b]\nhf_token = hf_b\n\n", "2? 5*");
    CUT(&format_stored, "[a]\nhf_token = hf_a\n  more\n[b]\nhf_token = hf_b\n\n",
        "[a]\nhf_token = hf_a\n  more\n");
}

static const struct find *only_find(const char *content, struct finds *finds)
{
    const struct text text = text_of(content);
    OK(format_stored.parse(&text, NULL, finds));
    assert_int_equal(finds->count, 1);
    return finds->all;
}

static void refresh_tokens_go_with_theirs(void **state)
{
    (void)state;
    struct finds finds = {0};
    const char *const content =
        "[my name]\nhf_token = hf_oauth_a.b\n"
        "refresh_token = hf_oauth__refresh_TESTabcdefgh\nexpires_at = 1\n\n";
    const struct text text = text_of(content);
    const struct find *find = only_find(content, &finds);
    assert_true(find->refresh);
    assert_true(span_equals(&text, find->name, "my name"));
    finds_clear(&finds);
    CUT(&format_stored, content, "");
    check_found(&format_stored, "[a]\nrefresh_token = x\n[b]\n", "1?");
}

static void members_go(void **state)
{
    (void)state;
    CUT(&format_stored, JSON(MEMBER("a", "hf_a") "\n  ", "\"a\""), JSON("\n    \n  ", "\"a\""));
    check_cut(&format_stored, JSON(MEMBER("a", "hf_a") "," MEMBER("b", "hf_b") "\n  ", "\"a\""),
              (char[]){"hf_b"},
              JSON("\n    "
                   "\"b\": {\n      \"token\": \"hf_b\"\n    }\n  ",
                   "\"a\""),
              0);
    check_cut(&format_stored, JSON(MEMBER("a", "hf_a") "," MEMBER("b", "hf_b") "\n  ", "null"),
              (char[]){"hf_a"}, JSON(MEMBER("a", "hf_a") "\n  ", "null"), 0);
    CUT(&format_stored, JSON(MEMBER("a", "hf_a") "," MEMBER("b", "hf_b") "\n  ", "null"),
        JSON("\n    \n  ", "null"));
    CUT(&format_stored, "{\"a\":\"hf_a\",\"b\":1,\"c\":\"hf_c\"}", "{\"b\":1}");
    CUT(&format_stored, "{\"a\": {\"hf_token\": \"hf_a\", \"x\": [1, {\"y\": null}]}}", "{}");
    STAYS(&format_stored, "{\"a\": [\"hf_a\", {\"token\": \"hf_b\"}]}", 2);
}

static void json_knows_its_lines_and_names(void **state)
{
    (void)state;
    struct finds finds = {0};
    const char *const content =
        "{\n\"x\":{\"a b\":{\"refresh_token\":\"r\",\n\"token\":\"hf_a\"}}}";
    const struct text text = text_of(content);
    const struct find *find = only_find(content, &finds);
    assert_int_equal(find->line, 3);
    assert_true(find->refresh);
    assert_true(span_equals(&text, find->name, "a b"));
    finds_clear(&finds);
}

/* What is no JSON is searched like any text, and left alone. */
static void broken_json_stays(void **state)
{
    (void)state;
    static const char *const broken[] = {"{\"a\":\"" TOKEN "\"", "{\"a\":\"" TOKEN "\",}",
                                         "{\"a\" \"" TOKEN "\"}", "{\"a\":\"" TOKEN "\"} x",
                                         "{\"a\":\"" TOKEN "\\"};
    for (size_t i = 0; i < COUNT(broken); i++) {
        check_found(&format_stored, broken[i], "1");
        STAYS(&format_stored, broken[i], 1);
    }
    char deep[201] = "";
    for (size_t i = 0; i < 40; i++)
        memcpy(deep + 5 * i, "{\"a\":", 5);
    check_found(&format_stored, deep, "");
}

static void stores_are_spent(void **state)
{
    (void)state;
    static const char *const spent[] = {"", " \n", "{}", JSON("", "\"a\""), JSON("\n  ", "null")};
    static const char *const used[] = {"x", "[a]\n", "{", "{\"a\":1}",
                                       JSON(MEMBER("a", "hf_a"), "\"a\"")};
    for (size_t i = 0; i < COUNT(spent); i++) {
        const struct text text = text_of(spent[i]);
        if (!format_spent(&format_stored, &text))
            fail_msg("%s", spent[i]);
    }
    for (size_t i = 0; i < COUNT(used); i++) {
        const struct text text = text_of(used[i]);
        assert_false(format_spent(&format_stored, &text));
    }
}

static void entries_go(void **state)
{
    (void)state;
    CUT(&format_netrc, "machine huggingface.co login me password hf_a\n", "");
    CUT(&format_netrc,
        "machine a login b password c\nmachine huggingface.co\n\tlogin me\n\tpassword "
        "hf_a\n\nmachine d login e password f\n",
        "machine a login b password c\n\nmachine d login e password f\n");
    CUT(&format_netrc,
        "a b\r\nmachine hub.example password \"hf_a\" account x\r\ndefault login y\r\n",
        "a b\r\ndefault login y\r\n");
    CUT(&format_netrc, "machine a password b machine hf.co password hf_a machine c password d",
        "machine a password b machine c password d");
    CUT(&format_netrc, "machine a password b machine hf.co password hf_a\n# x",
        "machine a password b \n# x");
    CUT(&format_netrc, "  machine hf.co password hf_a # mine\n# theirs\n", "# theirs\n");
    CUT(&format_netrc, "machine hf.co login me\n# why\npassword hf_a", "");
}

static void other_entries_stay(void **state)
{
    (void)state;
    check_found(&format_netrc, "machine github.com login me password hf_a\n", "");
    check_found(&format_netrc, "default login me password hf_a\n", "");
    check_found(&format_netrc, "machine huggingface.co login me password secret\n", "1?");
    check_found(&format_netrc, "machine huggingface.co login", "");
    check_found(&format_netrc, "machine", "");
    check_found(&format_netrc, "macdef x\nmachine hf.co password hf_a\n\n", "");
    STAYS(&format_netrc, "machine hf.co password hf_a\nmacdef init\ncd /x\n\n", 1);
    STAYS(&format_netrc, "machine hf.co password hf_a port 1\n", 1);
    STAYS(&format_netrc, "machine hf.co login " OTHER " password secret\n", 1);
    CUT(&format_netrc, "macdef x\nget hf_a\n\nmachine hf.co password hf_a\n",
        "macdef x\nget hf_a\n\n");
    check_cut(&format_netrc, "machine hf.co login " OTHER " password hf_a\n", (char[]){OTHER},
              "machine hf.co login " OTHER " password hf_a\n", 1);
}

static void git_lines_go(void **state)
{
    (void)state;
    CUT(&format_git, "https://me:x@github.com\nhttps://hf_user:hf_a@huggingface.co\n",
        "https://me:x@github.com\n");
    CUT(&format_git, "https://hf_user:hf_a@HuggingFace.co/x\r\nhttps://a:b@c", "https://a:b@c");
    CUT(&format_git, "https://u:hf_a@" HOST "\nhttps://" TOKEN "@hf.co\nhttps://" TOKEN ":@hf.co",
        "");
    static const char *const none[] = {"https://me:hf_a@github.com",
                                       "https://huggingface.co",
                                       "https://hf_user@huggingface.co",
                                       "ssh://u:hf_a@huggingface.co",
                                       "https://u:hf_a@hub.example",
                                       "",
                                       "x",
                                       "https:/"};
    for (size_t i = 0; i < COUNT(none); i++)
        check_found(&format_git, none[i], "");
    check_found(&format_git, "https://u:pass%40word@hf.co", "1?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sections_go),
        cmocka_unit_test(values_that_go_on_are_none),
        cmocka_unit_test(refresh_tokens_go_with_theirs),
        cmocka_unit_test(members_go),
        cmocka_unit_test(json_knows_its_lines_and_names),
        cmocka_unit_test(broken_json_stays),
        cmocka_unit_test(stores_are_spent),
        cmocka_unit_test(entries_go),
        cmocka_unit_test(other_entries_stay),
        cmocka_unit_test(git_lines_go),
    };
    return cmocka_run_group_tests_name("clients-files", tests, NULL, NULL);
}
