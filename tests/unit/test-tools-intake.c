/* Secret lines, dates, sealing and opening again. */
#include "tests/unit/check.h"

#include <signal.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/captured.h"
#include "tests/unit/sealed.h"
#include "tools/exit.h"
#include "tools/intake.h"
#include "tools/line.h"
#include "tools/when.h"

const char program_name[] = "hf-token";

/* Standard input with this text; what it was before comes back by input_end. */
static int input_begin(const char *text, size_t length)
{
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    OK(io_write(ends[1], text, length));
    close(ends[1]);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return saved;
}

static void input_end(int saved)
{
    assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
    close(saved);
}

static void lines_are_read_one_by_one(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *first = NULL;
    SCOPED(secret) struct secret *second = NULL;
    SCOPED(secret) struct secret *third = NULL;
    struct secret *none = NULL;
    int saved = input_begin("one\n two \r\n\nend", 15);
    OK(line_ask("", 100, &first));
    OK(line_ask("", 100, &second));
    OK(line_ask("", 100, &third));
    assert_secret(first, "one");
    assert_secret(second, " two \r");
    assert_int_equal(secret_length(third), 0);
    secret_free(third);
    OK(line_ask("", 100, &third));
    assert_secret(third, "end");
    FAILS(line_ask("", 100, &none), HF_EEMPTY);
    assert_null(none);
    input_end(saved);
}

static void long_lines_are_read_to_their_end(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *line = NULL;
    int saved = input_begin("123456\n12345\n", 13);
    FAILS(line_ask("", 5, &line), HF_ETOOBIG);
    OK(line_ask("", 5, &line));
    assert_secret(line, "12345");
    input_end(saved);
}

static char *ask_token(const char *text, struct secret **out_token, int *out_code)
{
    const struct intake intake = {.command = "login", .user = "alice", .name = "main"};
    int saved = input_begin(text, strlen(text));
    struct capture capture = capture_begin(STDERR_FILENO);
    *out_code = intake_ask(&intake, out_token);
    char *said = capture_end(&capture);
    input_end(saved);
    return said;
}

static void tokens_are_stripped_and_checked(void **state)
{
    (void)state;
    static const char *const refused[] = {"",         "\n",        "\n\n\n\nhf_a\n",
                                          "hf_a b\n", "hf_\x01\n", "hf_\xc3\xa9\n"};
    SCOPED(secret) struct secret *token = NULL;
    int code = -1;
    char *said = ask_token("\n \r\n \thf_abc\r\nrest", &token, &code);
    assert_int_equal(code, TOOL_OK);
    assert_secret(token, "hf_abc");
    assert_string_equal(said, "");
    free(said);
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct secret *none = NULL;
        said = ask_token(refused[i], &none, &code);
        assert_int_equal(code, TOOL_FAILED);
        assert_null(none);
        assert_null(strstr(said, "hf_"));
        free(said);
    }
}

static void unusual_tokens_are_noted_but_taken(void **state)
{
    (void)state;
    /* NULL: nothing is said. */
    static const char *const forms[][2] = {
        {"hf_canary",                NULL               },
        {"api_org_canary",           "organisation"     },
        {"hf_oauth_canary",          "cannot be renewed"},
        {"hf_oauth__refresh_canary", "refresh token"    },
        {"hf_...",                   "no token"         },
        {"hf_jwt_canary",            "within hours"     },
        {"canary",                   "begin with hf_"   },
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        SCOPED(secret) struct secret *token = NULL;
        int code = -1;
        SCOPED(text) char *said = ask_token(forms[i][0], &token, &code);
        assert_int_equal(code, TOOL_OK);
        assert_secret(token, forms[i][0]);
        assert_null(strstr(said, "canary"));
        if (forms[i][1] != NULL)
            assert_non_null(strstr(said, forms[i][1]));
        else
            assert_string_equal(said, "");
    }
}

static void names_like_tokens_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {"hf_abcdefcanary", "api_org_canary", "a canary", "",
                                          "-canary"};
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct capture capture = capture_begin(STDERR_FILENO);
        int code = intake_name("login", refused[i]);
        char *said = capture_end(&capture);
        assert_int_equal(code, TOOL_USAGE);
        assert_null(strstr(said, "canary"));
        free(said);
    }
    assert_int_equal(intake_name("login", "main"), TOOL_OK);
}

static void what_is_sealed_opens_again(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(key_pair) struct key_pair other = new_pair();
    SCOPED(secret) struct secret *token = secret_of("hf_abc");
    SCOPED(secret) struct secret *opened = NULL;
    const struct recipient recipients[] = {recipient_of(SLOT_USER, &other),
                                           recipient_of(SLOT_HOST, &pair)};
    const struct intake intake = {
        .command = "login", .user = "alice", .name = "main", .created = 1};
    struct sealed_token sealed = {0};
    OK(intake_seal(&intake, token, recipients, 2, &pair, &sealed));
    OK(intake_open("alice", &sealed, &pair, &opened, NULL));
    assert_secret(opened, "hf_abc");
    FAILS(intake_open("bob", &sealed, &pair, &opened, NULL), HF_EALTERED);
    sealed_token_clear(&sealed);
    /* A pair that is none of the recipients' cannot prove anything. */
    FAILS(intake_seal(&intake, token, recipients, 1, &pair, &sealed), HF_ENOSLOT);
    assert_int_equal(sealed.slot_count, 0);
}

static void grant_and_what_the_hub_said_go_along(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(secret) struct secret *token = secret_of("hf_abc");
    SCOPED(secret) struct secret *grant = secret_of("https://hub.test client refresh");
    SCOPED(secret) struct secret *opened = NULL, *opened_grant = NULL;
    const struct recipient recipient = recipient_of(SLOT_HOST, &pair);
    const struct token_about about = {.checked = 5, .account = "alice"};
    const struct intake intake = {.command = "login",
                                  .user = "alice",
                                  .name = "main",
                                  .created = 1,
                                  .expires = 2,
                                  .grant = grant,
                                  .about = &about};
    struct sealed_token sealed = {0};
    OK(intake_seal(&intake, token, &recipient, 1, &pair, &sealed));
    assert_true(sealed.has_grant);
    assert_memory_equal(&sealed.about, &about, sizeof about);
    OK(intake_open("alice", &sealed, &pair, &opened, &opened_grant));
    assert_secret(opened_grant, "https://hub.test client refresh");
    sealed_token_clear(&sealed);
}

static void dates_are_read(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "",    "2026-1-01", "2026-13-01", "2026-02-30", "20260101", "d",       "2026-01-01x",
        "-1d", "1dd",       "99999d",     "100000d",    "1 d",      "tomorrow"};
    const uint64_t now = 1795294145; /* 2026-11-21 20:49 UTC */
    uint64_t when = 7;
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    tzset();
    OK(when_parse("2026-11-22", now, &when));
    assert_int_equal(when, 1795305600);
    OK(when_parse("90d", now, &when));
    assert_int_equal(when, now + 90 * 86400);
    when = 7;
    FAILS(when_parse("2026-11-21", now, &when), HF_EEXPIRED);
    FAILS(when_parse("0d", now, &when), HF_EEXPIRED);
    for (size_t i = 0; i < COUNT(malformed); i++)
        FAILS(when_parse(malformed[i], now, &when), HF_EFORMAT);
    assert_int_equal(when, 7);
    char text[WHEN_TEXT_MAX];
    assert_string_equal(when_print(0, text), "never");
    assert_string_equal(when_print(1795305600, text), "2026-11-22");
    assert_string_equal(when_print(now, text), "2026-11-21 20:49");
}

/* What was asked comes back over the pipe. */
static void ask_on_terminal(int answer)
{
    struct secret *line = NULL;
    if (line_ask("Secret: ", 100, &line) == HF_OK)
        (void)!io_write(answer, secret_view(line), secret_length(line));
    _exit(0);
}

/* The terminal's session leader outlives who asks, until `held` is closed: when a leader ends, the
   kernel hangs the terminal up and drops what was written last and not yet read. */
static void lead_terminal(int answer, int held)
{
    char none;
    (void)signal(SIGINT, SIG_IGN);
    pid_t asker = fork();
    if (asker == 0) {
        (void)signal(SIGINT, SIG_DFL);
        ask_on_terminal(answer);
    }
    close(answer);
    (void)waitpid(asker, NULL, 0);
    (void)!read(held, &none, 1);
    _exit(0);
}

static void wait_for(int terminal, const char *text)
{
    char seen[256] = "";
    for (size_t used = 0; strstr(seen, text) == NULL && used < sizeof seen - 1;) {
        ssize_t got = read(terminal, seen + used, sizeof seen - 1 - used);
        assert_true(got > 0);
        used += (size_t)got;
        seen[used] = '\0';
    }
}

/* Types at a terminal; gives what the program took, and whether the terminal echoed while it asked.
 */
static void type_at_terminal(const char *keys, char answer[static 128], bool *out_echoed,
                             bool *out_echo_after)
{
    int ends[2], holding[2], terminal = -1;
    struct termios during, after;
    struct termios utf8 = {
        .c_iflag = ICRNL | IUTF8,
        .c_oflag = OPOST | ONLCR,
        .c_cflag = CS8 | CREAD,
        .c_lflag = ISIG | ICANON | ECHO,
        .c_cc = {[VINTR] = 3, [VERASE] = 0x7f, [VKILL] = 0x15, [VEOF] = 4}
    };
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pipe(holding), 0);
    pid_t leader = forkpty(&terminal, NULL, &utf8, NULL);
    assert_true(leader >= 0);
    if (leader == 0) {
        close(holding[1]);
        lead_terminal(ends[1], holding[0]);
    }
    close(ends[1]);
    close(holding[0]);
    wait_for(terminal, "Secret: ");
    assert_int_equal(tcgetattr(terminal, &during), 0);
    OK(io_write(terminal, keys, strlen(keys)));
    wait_for(terminal, "\n");
    size_t length = 0;
    OK(io_read(ends[0], answer, 127, &length));
    answer[length] = '\0';
    assert_int_equal(tcgetattr(terminal, &after), 0);
    *out_echoed = (during.c_lflag & ECHO) != 0;
    *out_echo_after = (after.c_lflag & ECHO) != 0;
    close(holding[1]);
    assert_int_equal(waitpid(leader, NULL, 0), leader);
    close(terminal);
    close(ends[0]);
}

static void terminals_do_not_echo(void **state)
{
    (void)state;
    char answer[128];
    bool echoed = true, after = false;
    type_at_terminal("hf_abx\x7f"
                     "c\r",
                     answer, &echoed, &after);
    assert_string_equal(answer, "hf_abc");
    assert_false(echoed);
    assert_true(after);
    type_at_terminal("a\xc3\xa4\x7f\x7f\x7f"
                     "b\n",
                     answer, &echoed, &after);
    assert_string_equal(answer, "b");
    type_at_terminal("a\xc3\xa4\x7f"
                     "b\n",
                     answer, &echoed, &after);
    assert_string_equal(answer, "ab");
    type_at_terminal("wrong\x15right\n", answer, &echoed, &after);
    assert_string_equal(answer, "right");
}

static void terminals_are_as_before_after_a_signal(void **state)
{
    (void)state;
    char answer[128];
    bool echoed = true, after = false;
    type_at_terminal("hf_abc\x03", answer, &echoed, &after);
    assert_string_equal(answer, "");
    assert_false(echoed);
    assert_true(after);
}

int main(void)
{
    /* A shell's background has it ignored, and then no terminal's Ctrl-C interrupts. */
    (void)signal(SIGINT, SIG_DFL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read_one_by_one),
        cmocka_unit_test(long_lines_are_read_to_their_end),
        cmocka_unit_test(tokens_are_stripped_and_checked),
        cmocka_unit_test(unusual_tokens_are_noted_but_taken),
        cmocka_unit_test(names_like_tokens_are_refused),
        cmocka_unit_test(what_is_sealed_opens_again),
        cmocka_unit_test(grant_and_what_the_hub_said_go_along),
        cmocka_unit_test(dates_are_read),
        cmocka_unit_test(terminals_do_not_echo),
        cmocka_unit_test(terminals_are_as_before_after_a_signal),
    };
    return cmocka_run_group_tests_name("tools-intake", tests, start_store, NULL);
}
