/* Command lines, help, messages, the selected name, the environment. */
#include "tests/unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/captured.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token/environment.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/say.h"
#include "tools/select.h"

const char program_name[] = "hf-token";

static struct arguments arguments_of(const char *command, const char **words)
{
    /* The parser takes main's words, which are not const. */
    union {
        const char **given;
        char **wanted;
    } same = {.given = words};
    return (struct arguments){.table = &hf_token_table,
                              .command = command_find(&hf_token_table, command),
                              .words = same.wanted};
}

static void words_are_taken_in_all_spellings(void **state)
{
    (void)state;
    const char *words[] = {"-none", "--name", "two",     "--name=three", "-n", "four",
                           "-e",    "A",      "--env=B", "--",           "-n", NULL};
    const char *values[] = {"one", "two", "three", "four", "A", "B", "-n"};
    const int ids[] = {'n', 'n', 'n', 'n', 'e', 'e', ARGUMENT_OPERAND};
    struct arguments arguments = arguments_of("run", words);
    for (size_t i = 0; i < COUNT(ids); i++) {
        const char *value = NULL;
        assert_int_equal(arguments_next(&arguments, &value), ids[i]);
        assert_string_equal(value, values[i]);
    }
    const char *value = NULL;
    assert_int_equal(arguments_next(&arguments, &value), ARGUMENT_END);
}

static void letters_cluster(void **state)
{
    (void)state;
    const char *words[] = {"-fnx", "-", "-f", NULL};
    struct arguments arguments = arguments_of("token", words);
    const char *value = NULL;
    assert_int_equal(arguments_next(&arguments, &value), 'f');
    assert_int_equal(arguments_next(&arguments, &value), 'n');
    assert_string_equal(value, "x");
    assert_int_equal(arguments_next(&arguments, &value), ARGUMENT_OPERAND);
    assert_string_equal(value, "-");
    assert_int_equal(arguments_next(&arguments, &value), 'f');
    assert_int_equal(arguments_next(&arguments, &value), ARGUMENT_END);
}

static char *wrong(const char *command, const char *word)
{
    const char *words[] = {word, NULL}, *value = NULL;
    struct arguments arguments = arguments_of(command, words);
    struct capture capture = capture_begin(STDERR_FILENO);
    int argument = arguments_next(&arguments, &value);
    char *text = capture_end(&capture);
    assert_int_equal(argument, ARGUMENT_WRONG);
    return text;
}

/* A token in the wrong place must not come back in a message, and so into a log of a job. */
static void wrong_words_are_not_repeated(void **state)
{
    (void)state;
    static const char *const words[] = {
        "--hf_abcdefghijklmnopqrstuvwxyz",
        "--jsonhf_abcdefghijklmnopqrstuvwxyz=1",
        "--names=hf_abcdefghij",
        "--tokenabcdefghijklmnopqrstuvwxyz",
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        char *text = wrong("list", words[i]);
        assert_null(strstr(text, "abcdefghij"));
        assert_non_null(strstr(text, "hf-token list --help"));
        free(text);
    }
    char *text = wrong("list", "--frob=hf_secret");
    assert_string_equal(text, "hf-token: list: unknown option --frob\n  hf-token list --help\n");
    free(text);
    text = wrong("list", "-x");
    assert_string_equal(text, "hf-token: list: unknown option -x\n  hf-token list --help\n");
    free(text);
    text = wrong("run", "-n");
    assert_string_equal(text,
                        "hf-token: run: option --name needs a value\n  hf-token run --help\n");
    free(text);
}

static void options_before_the_command_are_named(void **state)
{
    (void)state;
    static const char *const words[][2] = {
        {"--json",                          "hf-token: option --json stands before the command\n"
                   "  Options come behind it: hf-token COMMAND ... --json\n"                            },
        {"--json=hf_abcdefghij",            "hf-token: option --json stands before the command\n"
                                 "  Options come behind it: hf-token COMMAND ... --json\n"},
        {"--frob",                          "hf-token: unknown option --frob\n  hf-token --help\n"                        },
        {"-x",                              "hf-token: unknown option -x\n  hf-token --help\n"                            },
        {"--hf_abcdefghijklmnopqrstuvwxyz", "hf-token: unknown option\n  hf-token --help\n"                               },
    };
    for (size_t i = 0; i < COUNT(words); i++) {
        struct capture capture = capture_begin(STDERR_FILENO);
        const int code = help_word(&hf_token_table, words[i][0]);
        SCOPED(text) char *text = capture_end(&capture);
        assert_int_equal(code, TOOL_USAGE);
        assert_string_equal(text, words[i][1]);
    }
}

static void usage_of_run_has_its_own_code(void **state)
{
    (void)state;
    for (const struct command *command = hf_token_table.commands; command->name != NULL; command++)
        assert_int_equal(command->usage_exit,
                         strcmp(command->name, "run") == 0 ? RUN_FAILED : TOOL_USAGE);
}

static void check_table(const struct command_table *table)
{
    for (const struct command *command = table->commands; command->name != NULL; command++) {
        struct capture capture = capture_begin(STDOUT_FILENO);
        int help = help_command(table, command), options = help_options(command);
        char *text = capture_end(&capture);
        assert_int_equal(help, TOOL_OK);
        assert_int_equal(options, TOOL_OK);
        /* The last line: what stands before is text. */
        assert_non_null(strstr(text, "\n--help\n"));
        assert_non_null(strstr(text, command->summary));
        for (const struct option_row *row = command->options; row->name != NULL; row++) {
            assert_non_null(strstr(text, row->summary));
            assert_true(row->id > UCHAR_MAX ||
                        (row->id >= 'a' && row->id <= 'z' && row->id != 'h'));
        }
        for (const char *line = text; line != NULL; line = strchr(line, '\n'))
            assert_true(strcspn(++line, "\n") <= 100);
        free(text);
    }
}

static void help_prints_all_rows(void **state)
{
    (void)state;
    check_table(&hf_token_table);
    check_table(&hf_tokenctl_table);
}

static void messages_have_reason_and_next_step(void **state)
{
    (void)state;
    struct capture capture = capture_begin(STDERR_FILENO);
    errno = ENOSPC;
    assert_int_equal(say_failure(7, HF_EIO, "do this", "login: %s", "/x"), 7);
    assert_int_equal(say_failure(1, HF_EQUOTA, NULL, "login"), 1);
    assert_int_equal(say_failure(1, HF_OK, NULL, "plain"), 1);
    char *text = capture_end(&capture);
    assert_string_equal(
        text, "hf-token: login: /x: the system refused (No space left on device)\n  do this\n"
              "hf-token: login: the kernel's key quota of this user is used up\n"
              "hf-token: plain\n");
    free(text);
    char path[] = "/tmp/\x1b[31m\nred";
    assert_string_equal(say_clean(path), "/tmp/?[31m?red");
    char turned[] = "a\xc2\x9b"
                    "b\xe2\x80\xae"
                    "c\xe2\x81\xa6"
                    "d\xe2\x80\x8f"
                    "e\x7f\xff\xe2\x80";
    assert_string_equal(say_clean(turned), "a?b?c?d?e????");
    char kept[] = "gr\xc3\xb6\xc3\x9f"
                  "er \xe2\x80\xa6 \xf0\x9f\x98\x80";
    char copy[sizeof kept];
    memcpy(copy, kept, sizeof kept);
    assert_string_equal(say_clean(kept), copy);
    assert_true(say_quotable("main"));
    assert_false(say_quotable("hf_main"));
    assert_false(say_quotable("api_org_x"));
    assert_false(say_quotable("a b"));
    assert_false(say_quotable("abcdefghijklmnopqrstuvwxyz0123456789"));
}

static void a_token_is_seen_in_the_midst_of_a_text(void **state)
{
    (void)state;
    static const char *const with[] = {
        "hf_x",         "alice hf_x", "a=hf_x",    "'hf_x",
        "\xc3\xa9hf_x", "a/hf_x.csv", "api_org_x", "hhf_TEST0123456789abcd"};
    static const char *const without[] = {"", "hf-x", "xhf_short", "rest_api_1"};
    for (size_t i = 0; i < COUNT(with); i++)
        assert_true(say_holds_token(with[i]));
    for (size_t i = 0; i < COUNT(without); i++)
        assert_false(say_holds_token(without[i]));
}

static void write_name(const char *path, const char *text, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    OK(io_write(fd, text, strlen(text)));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
}

static struct selection *selected(const char *option)
{
    static struct selection selection;
    select_token(option, &selection);
    return &selection;
}

static int make_folders(void **state)
{
    static char folder[] = "tools-words-XXXXXX";
    *state = folder;
    (void)unsetenv(SELECT_VARIABLE);
    return mkdtemp(folder) != NULL && chdir(folder) == 0 && mkdir("a", 0700) == 0 &&
                   mkdir("a/b", 0700) == 0 && chdir("a/b") == 0
               ? 0
               : -1;
}

static int remove_folders(void **state)
{
    (void)unlink(".hf-token");
    (void)unlink("../.hf-token");
    return chdir("../../..") == 0 && system("rm -rf tools-words-??????") == 0 && *state != NULL
               ? 0
               : -1;
}

static void selection_has_an_order(void **state)
{
    (void)state;
    write_name("../.hf-token", " above\r\n", 0644);
    assert_string_equal(selected(NULL)->name, "above");
    write_name(".hf-token", "near\n", 0600);
    assert_string_equal(selected(NULL)->name, "near");
    assert_int_equal(selected(NULL)->by, SELECT_BY_FILE);
    assert_non_null(strstr(select_origin(selected(NULL)), "/a/b/.hf-token"));
    assert_int_equal(setenv(SELECT_VARIABLE, "variable", 1), 0);
    assert_string_equal(selected(NULL)->name, "variable");
    assert_string_equal(selected("option")->name, "option");
    assert_int_equal(setenv(SELECT_VARIABLE, "", 1), 0);
    assert_string_equal(selected(NULL)->name, "near");
    assert_int_equal(unsetenv(SELECT_VARIABLE), 0);
    assert_int_equal(unlink(".hf-token"), 0);
}

static void foreign_files_are_passed_over(void **state)
{
    (void)state;
    write_name("../.hf-token", "above", 0644);
    write_name(".hf-token", "near", 0664);
    assert_string_equal(selected(NULL)->name, "above");
    FAILS(selected(NULL)->ignored, HF_EMODE);
    assert_int_equal(unlink(".hf-token"), 0);
    assert_int_equal(symlink("../.hf-token", ".hf-token"), 0);
    assert_string_equal(selected(NULL)->name, "above");
    FAILS(selected(NULL)->ignored, HF_ETYPE);
    assert_int_equal(unlink(".hf-token"), 0);
    assert_int_equal(mkfifo(".hf-token", 0600), 0);
    assert_string_equal(selected(NULL)->name, "above");
    assert_int_equal(unlink(".hf-token"), 0);
    if (geteuid() != 0)
        return;
    write_name(".hf-token", "near", 0644);
    assert_int_equal(chown(".hf-token", 12345, 12345), 0);
    assert_string_equal(selected(NULL)->name, "above");
    FAILS(selected(NULL)->ignored, HF_EOWNER);
    assert_int_equal(unlink(".hf-token"), 0);
}

static void unusable_names_decide_all_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " \n", "two words", "a/b", "-x", "..", "a\nb"};
    write_name("../.hf-token", "above", 0644);
    for (size_t i = 0; i < COUNT(texts); i++) {
        write_name(".hf-token", texts[i], 0600);
        FAILS(selected(NULL)->error, HF_ENAME);
        assert_string_equal(selected(NULL)->name, "");
    }
    char large[300];
    memset(large, 'a', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    write_name(".hf-token", large, 0600);
    FAILS(selected(NULL)->error, HF_ENAME);
    assert_int_equal(unlink(".hf-token"), 0);
    FAILS(selected("a b")->error, HF_ENAME);
}

static void environment_has_each_variable_once(void **state)
{
    (void)state;
    char texts[][16] = {"A=1", "HF_TOKEN=x", "HF_TOKEN", "HF_TOKENS=y",
                        "B=2", "HF_TOKEN=z", "OTHER="};
    char *before[COUNT(texts) + 1] = {NULL};
    const char *const names[] = {"HF_TOKEN", "OTHER", "HF_TOKEN", "NEW"};
    static const char *const after[] = {"A=1",          "HF_TOKEN",  "HF_TOKENS=y", "B=2",
                                        "HF_TOKEN=tok", "OTHER=tok", "NEW=tok"};
    SCOPED(secret) struct secret *token = secret_of("tok");
    SCOPED(secret) struct secret *entries = NULL;
    char **environment = NULL;
    for (size_t i = 0; i < COUNT(texts); i++)
        before[i] = texts[i];
    OK(environment_build(before, names, COUNT(names), token, &entries, &environment));
    for (size_t i = 0; i < COUNT(after); i++)
        assert_string_equal(environment[i], after[i]);
    assert_null(environment[COUNT(after)]);
    free(environment);
    assert_true(environment_name_valid("_A1"));
    assert_false(environment_name_valid(""));
    assert_false(environment_name_valid("1A"));
    assert_false(environment_name_valid("A=B"));
    assert_false(environment_name_valid("A-B"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_taken_in_all_spellings),
        cmocka_unit_test(a_token_is_seen_in_the_midst_of_a_text),
        cmocka_unit_test(letters_cluster),
        cmocka_unit_test(wrong_words_are_not_repeated),
        cmocka_unit_test(usage_of_run_has_its_own_code),
        cmocka_unit_test(options_before_the_command_are_named),
        cmocka_unit_test(help_prints_all_rows),
        cmocka_unit_test(messages_have_reason_and_next_step),
        cmocka_unit_test(environment_has_each_variable_once),
        cmocka_unit_test(selection_has_an_order),
        cmocka_unit_test(foreign_files_are_passed_over),
        cmocka_unit_test(unusable_names_decide_all_the_same),
    };
    return cmocka_run_group_tests_name("tools-words", tests, make_folders, remove_folders);
}
