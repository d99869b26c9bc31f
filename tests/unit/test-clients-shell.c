/* Tokens in start-up files, .env files, histories and token files: what is found, and what is cut.
 */
#include "tests/unit/cuts.h"

static bool has_form(const char *content)
{
    const struct text text = text_of(content);
    struct span token;
    return plain_form(&text, (struct span){0, text.length}, &token);
}

static void tokens_have_a_form(void **state)
{
    (void)state;
    static const char *const with[] = {TOKEN,
                                       "x=" TOKEN,
                                       "(" TOKEN ")",
                                       "api_org_abcdefghijklmnopqrstuvwxyz01234567",
                                       "hf_oauth_eyJhbGciOiJFZERTQSJ9.abc",
                                       "hf_oauth__refresh_abcdefgh",
                                       "hf_x hf_y " TOKEN};
    static const char *const without[] = {"", "hf_",
                                          "hf_hub_download_to_a_very_long_name_of_a_function",
                                          "xhf_TESTabcdefghijklmnopqrstuvwxyz0123", "hf_short"};
    for (size_t i = 0; i < COUNT(with); i++)
        assert_true(has_form(with[i]));
    for (size_t i = 0; i < COUNT(without); i++)
        assert_false(has_form(without[i]));
}

/* Found, and whether a program may cut the line. */
static void lines_are_told_apart(void **state)
{
    (void)state;
    static const char *const cut[] = {
        "export HF_TOKEN=hf_a",          "HF_TOKEN='hf_a'",
        "  HF_TOKEN=\"hf_a\"  ",         "\texport HF_TOKEN=hf_a;",
        "export HF_TOKEN=hf_a # mine",   "declare -x HF_TOKEN=hf_a",
        "typeset -gx HF_API_TOKEN=hf_a", "setenv HF_TOKEN hf_a",
        "set -gx HF_TOKEN hf_a",         "set --export HF_TOKEN 'hf_a'",
        "HUGGING_FACE_HUB_TOKEN=hf_a",   "HUGGINGFACEHUB_API_TOKEN=hf_a",
        "HF_TOKEN DEFAULT=hf_a",         "export HF_TOKEN=hf_oauth_eyJh.eyJz-_a",
        ("# HF_TOKEN=" TOKEN),           "export HF_TOKEN=hf_a\r",
    };
    static const char *const hand[] = {
        "HF_TOKEN=hf_a python3 x.py",
        "a=1; HF_TOKEN=hf_a",
        "export HF_TOKEN=hf_a PATH=/x",
        "export HF_TOKEN=hf_a; export A=b",
        "if true; then export HF_TOKEN=hf_a; fi",
        "export HF_TOKEN=hf_a\\",
        "export HF_TOKEN=\"hf_a",
        "export HF_TOKEN=abc",
        "export HF_TOKEN='ab c'",
        "alias p='HF_TOKEN=" TOKEN " python3'",
        "export MY_TOKEN=" TOKEN,
        "curl -H 'Authorization: Bearer " TOKEN "'",
        "set -gx HF_TOKEN abc",
    };
    static const char *const none[] = {
        "",
        "# export HF_TOKEN=abc",
        "export HF_TOKEN",
        "export HF_TOKEN=",
        "export HF_TOKEN=\"\"",
        "export HF_TOKEN=$(hf-token token)",
        "export HF_TOKEN=\"$(hf-token token)\"",
        "export HF_TOKEN=`hf-token token`",
        "set -gx HF_TOKEN (hf-token token)",
        "setenv HF_TOKEN `hf-token token`",
        "export HF_TOKEN_NAME=work",
        "export MY_HF_TOKEN=abc",
        "unset HF_TOKEN now",
        "eval \"$(hf-token env)\"",
    };
    for (size_t i = 0; i < COUNT(cut); i++)
        check_found(&format_shell, cut[i], "1*");
    for (size_t i = 0; i < COUNT(hand); i++) {
        struct finds finds = {0};
        const struct text text = text_of(hand[i]);
        OK(format_shell.parse(&text, NULL, &finds));
        assert_int_equal(finds.count, 1);
        assert_int_equal(finds.all[0].cut.length, 0);
        finds_clear(&finds);
    }
    for (size_t i = 0; i < COUNT(none); i++)
        check_found(&format_shell, none[i], "");
}

static void lines_go_and_the_rest_stays(void **state)
{
    (void)state;
    CUT(&format_shell, "a\nexport HF_TOKEN=hf_a\nb\n", "a\nb\n");
    CUT(&format_shell, "a\r\nexport HF_TOKEN=hf_a\r\nb\r\n", "a\r\nb\r\n");
    CUT(&format_shell, "a\nHF_TOKEN=hf_a", "a\n");
    CUT(&format_shell, "HF_TOKEN=hf_a", "");
    CUT(&format_shell, "HF_TOKEN=hf_a\n\n\tb", "\n\tb");
    CUT(&format_shell, "HF_TOKEN=hf_a\nX=1\nHF_API_TOKEN=hf_b\n# " TOKEN "\n", "X=1\n");
    CUT(&format_shell, "", "");
    check_cut(&format_shell, "HF_TOKEN=hf_a\nHF_API_TOKEN=hf_b\n", (char[]){"hf_b"},
              "HF_API_TOKEN=hf_b\n", 0);
}

/* What a cut would take along stays, unless it may go as well. */
static void no_cut_takes_another_token_along(void **state)
{
    (void)state;
    const char *const two = "HF_TOKEN=hf_a # before: " OTHER "\nb\n";
    CUT(&format_shell, two, "b\n");
    check_cut(&format_shell, two, (char[]){OTHER}, two, 1);
    check_cut(&format_shell, "# " TOKEN " " OTHER "\n", (char[]){OTHER}, "# " TOKEN " " OTHER "\n",
              1);
    STAYS(&format_shell, "HF_TOKEN=hf_a # hf_oauth__refresh_abcdefgh\n", 1);
}

/* A shell's syntax survives. */
static void bodies_do_not_become_empty(void **state)
{
    (void)state;
    STAYS(&format_shell, "if true; then\n  export HF_TOKEN=hf_a\nfi\n", 1);
    STAYS(&format_shell, "if true; then\n# c\n  export HF_TOKEN=hf_a\n\nelse\n  b\nfi\n", 1);
    STAYS(&format_shell, "f() {\n  export HF_TOKEN=hf_a\n}\n", 1);
    STAYS(&format_shell, "case x in\nx)\nHF_TOKEN=hf_a\n;;\nesac\n", 1);
    STAYS(&format_shell, "for i in a; do\nHF_TOKEN=hf_a\ndone\n", 1);
    STAYS(&format_shell, "true &&\nHF_TOKEN=hf_a\n", 1);
    STAYS(&format_shell, "echo \\\nHF_TOKEN=hf_a\n", 1);
    CUT(&format_shell, "if true; then\n  export HF_TOKEN=hf_a\n  b\nfi\n",
        "if true; then\n  b\nfi\n");
    CUT(&format_shell, "if true; then\n  b\n  export HF_TOKEN=hf_a\nfi\n",
        "if true; then\n  b\nfi\n");
    CUT(&format_shell, "fi\nHF_TOKEN=hf_a\nif x; then\n", "fi\nif x; then\n");
    /* With the first one gone, the second is alone. */
    check_cut(&format_shell, "if x; then\nHF_TOKEN=hf_a\nHF_API_TOKEN=hf_a\nfi\n", NULL,
              "if x; then\nHF_TOKEN=hf_a\nfi\n", 1);
}

static void token_files_go_whole(void **state)
{
    (void)state;
    CUT(&format_token, TOKEN, "");
    CUT(&format_token, "\n  " TOKEN " \r\n", "");
    CUT(&format_token, "hf_x\n", "");
    check_found(&format_token, "\n" TOKEN "\n", "2*");
    check_found(&format_token, "what else\n", "1?");
    check_found(&format_token, TOKEN "\n" OTHER "\n", "1?");
    check_found(&format_token, " \n", "");
    const struct text empty = text_of("\n "), full = text_of("x");
    assert_true(format_spent(&format_token, &empty));
    assert_false(format_spent(&format_token, &full));
    assert_false(format_spent(&format_shell, &empty));
}

static void histories_are_only_told(void **state)
{
    (void)state;
    check_found(&format_history, "a\nexport HF_TOKEN=" TOKEN "\n\n: 1:0;x " TOKEN " " OTHER,
                "2 4 4");
    STAYS(&format_history, "export HF_TOKEN=" TOKEN "\n", 1);
}

static void huge_lines_are_lines(void **state)
{
    (void)state;
    const size_t size = 1u << 20;
    char *content = malloc(size + 64);
    assert_non_null(content);
    memset(content, 'x', size);
    memcpy(content + size, "\nHF_TOKEN=hf_a", sizeof "\nHF_TOKEN=hf_a");
    char *after = strndup(content, size + 1);
    assert_non_null(after);
    check_found(&format_shell, content, "2*");
    CUT(&format_shell, content, after);
    free(content);
    free(after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_a_form),
        cmocka_unit_test(lines_are_told_apart),
        cmocka_unit_test(lines_go_and_the_rest_stays),
        cmocka_unit_test(no_cut_takes_another_token_along),
        cmocka_unit_test(bodies_do_not_become_empty),
        cmocka_unit_test(token_files_go_whole),
        cmocka_unit_test(histories_are_only_told),
        cmocka_unit_test(huge_lines_are_lines),
    };
    return cmocka_run_group_tests_name("clients-shell", tests, NULL, NULL);
}
