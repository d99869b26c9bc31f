/* What the doctor takes for a token in clear, and for a PAM stack with the module. */
#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/clients/plain.h"
#include "tools/doctor/stack.h"

#define TOKEN     "hf_TESTabcdefghijklmnopqrstuvwxyz0123"
#define COMMENTED "# HF_TOKEN=" TOKEN

static bool matches(plain_line *line, const char *text)
{
    return line(text, strlen(text));
}

static void tokens_have_a_form(void **state)
{
    (void)state;
    static const char *const with[] = {TOKEN,
                                       "x=" TOKEN,
                                       "(" TOKEN ")",
                                       "api_org_abcdefghijklmnopqrstuvwxyz01234567",
                                       "hf_oauth_eyJhbGciOiJFZERTQSJ9.abc",
                                       "hf_x hf_y " TOKEN};
    static const char *const without[] = {"", "hf_",
                                          "hf_hub_download_to_a_very_long_name_of_a_function",
                                          "xhf_TESTabcdefghijklmnopqrstuvwxyz0123", "hf_short"};
    for (size_t i = 0; i < COUNT(with); i++)
        assert_true(matches(plain_token, with[i]));
    for (size_t i = 0; i < COUNT(without); i++)
        assert_false(matches(plain_token, without[i]));
}

static void shells_assign(void **state)
{
    (void)state;
    static const char *const with[] = {
        "export HF_TOKEN=abc",        "HF_TOKEN='abc' python3 x.py",
        "  HF_TOKEN=\"abc\"",         "setenv HF_TOKEN abc",
        "set -gx HF_TOKEN abc",       "HUGGING_FACE_HUB_TOKEN=abc",
        "a=1; HF_TOKEN=abc",          COMMENTED,
        "HUGGINGFACEHUB_API_TOKEN=x",
    };
    static const char *const without[] = {
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
    for (size_t i = 0; i < COUNT(with); i++)
        assert_true(matches(plain_shell, with[i]));
    for (size_t i = 0; i < COUNT(without); i++)
        assert_false(matches(plain_shell, without[i]));
}

static void helpers_of_git_and_curl(void **state)
{
    (void)state;
    assert_true(matches(plain_netrc, "machine huggingface.co login me password x"));
    assert_true(matches(plain_netrc, "machine hf.co"));
    assert_false(matches(plain_netrc, "machine github.com login me password x"));
    assert_true(matches(plain_git, "https://hf_user:x@huggingface.co"));
    assert_false(matches(plain_git, "https://me:x@github.com"));
    assert_true(matches(plain_any, " x"));
    assert_false(matches(plain_any, " \t\r"));
}

static void note(void *context, unsigned line)
{
    unsigned *sum = context;
    *sum = *sum * 10 + line;
}

static void lines_are_counted(void **state)
{
    (void)state;
    const char *const text = "a\n" TOKEN "\n\n" TOKEN;
    unsigned sum = 0;
    plain_scan(text, strlen(text), plain_token, note, &sum);
    assert_int_equal(sum, 24);
    sum = 0;
    plain_scan("", 0, plain_any, note, &sum);
    assert_int_equal(sum, 0);
}

static void write_stack(const char *folder, const char *name, const char *text)
{
    char path[256];
    OK(text_format(path, sizeof path, "%s/%s", folder, name));
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    OK(io_write(fd, text, strlen(text)));
    close(fd);
}

static void stacks_are_followed(void **state)
{
    const char *folder = *state;
    write_stack(folder, "common-session", "# x\nsession optional pam_hf_token.so quiet\n");
    write_stack(folder, "common-auth",
                "auth [success=1 default=ignore] pam_unix.so\n-auth\toptional "
                "/lib/security/pam_hf_token.so");
    write_stack(folder, "sshd", "@include common-auth\n@include common-session\n");
    write_stack(folder, "login", "session substack common-session\nauth include common-auth\n");
    write_stack(
        folder, "su",
        "session required pam_unix.so pam_hf_token.so\n# session optional pam_hf_token.so\n");
    write_stack(folder, "loop", "@include loop\nsession include loop\n");
    write_stack(folder, "brackets", "session [default=ignore success=ok] pam_hf_token.so");
    assert_true(stack_in_folder_has(folder, "sshd", "session"));
    assert_true(stack_in_folder_has(folder, "sshd", "auth"));
    assert_false(stack_in_folder_has(folder, "sshd", "password"));
    assert_true(stack_in_folder_has(folder, "login", "session"));
    assert_true(stack_in_folder_has(folder, "login", "auth"));
    assert_false(stack_in_folder_has(folder, "su", "session"));
    assert_true(stack_in_folder_has(folder, "brackets", "session"));
    assert_false(stack_in_folder_has(folder, "nothing", "session"));
    assert_false(stack_in_folder_has(folder, "loop", "auth"));
}

static int make_folder(void **state)
{
    static char folder[] = "tools-doctor-XXXXXX";
    *state = folder;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    return *state != NULL && system("rm -rf tools-doctor-??????") == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_have_a_form),      cmocka_unit_test(shells_assign),
        cmocka_unit_test(helpers_of_git_and_curl), cmocka_unit_test(lines_are_counted),
        cmocka_unit_test(stacks_are_followed),
    };
    return cmocka_run_group_tests_name("tools-doctor", tests, make_folder, remove_folder);
}
