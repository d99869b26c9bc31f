/* What the doctor takes for a PAM stack with the module. */
#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tools/doctor/stack.h"

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
        cmocka_unit_test(stacks_are_followed),
    };
    return cmocka_run_group_tests_name("tools-doctor", tests, make_folder, remove_folder);
}
