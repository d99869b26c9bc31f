/* The switch: its grammar, and what becomes of each answer of real programs. */
#include "tests/unit/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "store/switch.h"

/* A parsed switch in words: "user S=m N=c U=c T=c". */
static void describe(const struct token_switch *parsed, char *words, size_t size)
{
    static const char letters[] = {
        [ACTION_RETURN] = 'r', [ACTION_CONTINUE] = 'c', [ACTION_MERGE] = 'm'};
    words[0] = '\0';
    for (size_t i = 0; i < parsed->entry_count; i++) {
        const struct switch_entry *entry = &parsed->entries[i];
        OK(text_format(words + strlen(words), size - strlen(words), "%s%s:%c%c%c%c",
                       i == 0 ? "" : " ", entry->source, letters[entry->actions[SOURCE_SUCCESS]],
                       letters[entry->actions[SOURCE_NOTFOUND]],
                       letters[entry->actions[SOURCE_UNAVAIL]],
                       letters[entry->actions[SOURCE_TRYAGAIN]]));
    }
}

static const struct {
    const char *text;
    const char *words; /* success, notfound, unavail, tryagain; NULL: a mistake ... */
    unsigned line;     /* ... in this line */
} grammar[] = {
    {"",                                                                               "user:mccc host:mccc",                                     0},
    {"\n\n# nothing\n   \n\t#\n",                                                      "user:mccc host:mccc",                                     0},
    {"tokens: user host",                                                              "user:mccc host:mccc",                                     0},
    {"tokens: host",                                                                   "host:mccc",                                               0},
    {"tokens:host\n",                                                                  "host:mccc",                                               0},
    {" \t tokens:\thost \v\f\r\n",                                                     "host:mccc",                                               0},
    {"tokens: host # user\n",                                                          "host:mccc",                                               0},
    {"tokens: host#user\n",                                                            "host:mccc",                                               0},
    {"# a\n\ntokens: a b-2 c\n# b\n",                                                  "a:mccc b-2:mccc c:mccc",                                  0},
    {"tokens: user host https [UNAVAIL=return] etcd\n",                                "user:mccc host:mccc https:mcrc etcd:mccc",
     0                                                                                                                                             },
    {"tokens: a [SUCCESS=return NOTFOUND=merge UNAVAIL=continue TRYAGAIN=return] b\n",
     "a:rmcr b:mccc",                                                                                                                             0},
    {"tokens: a [success=RETURN]\n",                                                   "a:rccc",                                                  0},
    {"tokens: a [SuCcEsS=cOnTiNuE] b\n",                                               "a:cccc b:mccc",                                           0},
    {"tokens: a[success=return]b\n",                                                   "a:rccc b:mccc",                                           0},
    {"tokens: a [ success = return ]b\n",                                              "a:rccc b:mccc",                                           0},
    {"tokens: a [!SUCCESS=return] b\n",                                                "a:mrrr b:mccc",                                           0},
    {"tokens: a [!UNAVAIL=return UNAVAIL=merge] b\n",                                  "a:rrmr b:mccc",                                           0},
    {"tokens: a [SUCCESS=return SUCCESS=merge] b\n",                                   "a:mccc b:mccc",                                           0},
    {"tokens: a b c d e f g h\n",                                                      "a:mccc b:mccc c:mccc d:mccc e:mccc f:mccc g:mccc h:mccc", 0},
    {"tokens: a a\n",                                                                  "a:mccc a:mccc",                                           0},

    {"tokens: a b c d e f g h i\n",                                                    NULL,                                                      1},
    {"tokens:\n",                                                                      NULL,                                                      1},
    {"\ntokens: # user\n",                                                             NULL,                                                      2},
    {"tokens: a\ntokens: b\n",                                                         NULL,                                                      2},
    {"tokens: a\n\n\ntokens: a",                                                       NULL,                                                      4},
    {"tokens: a\npasswd: files\n",                                                     NULL,                                                      2},
    {"tokens a\n",                                                                     NULL,                                                      1},
    {"tokens : a\n",                                                                   NULL,                                                      1},
    {"Tokens: a\n",                                                                    NULL,                                                      1},
    {"token: a\n",                                                                     NULL,                                                      1},
    {"a\n",                                                                            NULL,                                                      1},
    {"#\n=\n",                                                                         NULL,                                                      2},
    {"tokens: A\n",                                                                    NULL,                                                      1},
    {"tokens: a_b\n",                                                                  NULL,                                                      1},
    {"tokens: ../a\n",                                                                 NULL,                                                      1},
    {"tokens: /bin/sh\n",                                                              NULL,                                                      1},
    {"tokens: -a\n",                                                                   NULL,                                                      1},
    {"tokens: a,b\n",                                                                  NULL,                                                      1},
    {"tokens: a]\n",                                                                   NULL,                                                      1},
    {"tokens: a23456789012345678901234567890bc\n",                                     NULL,                                                      1},
    {"tokens: [SUCCESS=return] a\n",                                                   NULL,                                                      1},
    {"tokens: a []\n",                                                                 NULL,                                                      1},
    {"tokens: a [ ]\n",                                                                NULL,                                                      1},
    {"tokens: a [SUCCESS]\n",                                                          NULL,                                                      1},
    {"tokens: a [SUCCESS=]\n",                                                         NULL,                                                      1},
    {"tokens: a [=return]\n",                                                          NULL,                                                      1},
    {"tokens: a [SUCCESS=return\n",                                                    NULL,                                                      1},
    {"tokens: a [SUCCESS=return # ]\n",                                                NULL,                                                      1},
    {"tokens: a [SUCCESS=return\n]\n",                                                 NULL,                                                      1},
    {"tokens: a [SUCCESS=returns]\n",                                                  NULL,                                                      1},
    {"tokens: a [SUCCESS=retur]\n",                                                    NULL,                                                      1},
    {"tokens: a [SUCCESSES=return]\n",                                                 NULL,                                                      1},
    {"tokens: a [SUCCESS=return,UNAVAIL=return]\n",                                    NULL,                                                      1},
    {"tokens: a [SUCCESS=return=return]\n",                                            NULL,                                                      1},
    {"tokens: a [SUCCESS=return] [UNAVAIL=return]\n",                                  NULL,                                                      1},
    {"tokens: a [! SUCCESS=return]\n",                                                 NULL,                                                      1},
    {"tokens: a [!!SUCCESS=return]\n",                                                 NULL,                                                      1},
    {"tokens: a [[SUCCESS=return]]\n",                                                 NULL,                                                      1},
    {"tokens: a [FAILURE=return]\n",                                                   NULL,                                                      1},
    {"tokens: a [SUCCESS=stop]\n",                                                     NULL,                                                      1},
};

static void lines_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(grammar); i++) {
        struct token_switch parsed = {0};
        char words[256];
        unsigned line = 99;
        size_t length = strlen(grammar[i].text);
        SCOPED(text) char *copy = malloc(length + (length == 0));
        assert_non_null(copy);
        memcpy(copy, grammar[i].text, length);
        enum hf_error error = switch_parse(copy, length, &parsed, &line);
        if (error != (grammar[i].words == NULL ? HF_ECONFIG : HF_OK) || line != grammar[i].line)
            fail_msg("%s gives %s in %u", grammar[i].text, error_name(error), line);
        describe(&parsed, words, sizeof words);
        assert_string_equal(words, grammar[i].words == NULL ? "" : grammar[i].words);
    }
}

#define TEN     "abcDEF-._9"
#define LONGEST TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "12345678"

static const struct {
    const char *text, *client; /* NULL: a mistake ... */
    unsigned line;             /* ... in this line */
} clients[] = {
    {"",                                       "",          0},
    {"tokens: a\n",                            "",          0},
    {"oauth-client: abc-1_2.X\n",              "abc-1_2.X", 0},
    {"oauth-client:abc",                       "abc",       0},
    {" \toauth-client:\t abc \r\ntokens: a\n", "abc",       0},
    {"tokens: a\n\noauth-client: abc # one\n", "abc",       0},
    {"oauth-client: abc#\n",                   "abc",       0},
    {"oauth-client: " LONGEST "\n",            LONGEST,     0},
    {"oauth-client: " LONGEST "9\n",           NULL,        1},
    {"oauth-client:\n",                        NULL,        1},
    {"tokens: a\noauth-client: # abc\n",       NULL,        2},
    {"oauth-client: a\noauth-client: a\n",     NULL,        2},
    {"oauth-client: a b\n",                    NULL,        1},
    {"oauth-client: a/b\n",                    NULL,        1},
    {"oauth-client: a:b\n",                    NULL,        1},
    {"oauth-client: \xc3\xa9\n",               NULL,        1},
    {"oauth-client: [a]\n",                    NULL,        1},
    {"oauth-client a\n",                       NULL,        1},
    {"OAuth-client: a\n",                      NULL,        1},
    {"oauth-client : a\n",                     NULL,        1},
};

static void one_client_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(clients); i++) {
        struct token_switch parsed = {0};
        unsigned line = 99;
        enum hf_error error =
            switch_parse(clients[i].text, strlen(clients[i].text), &parsed, &line);
        if (error != (clients[i].client == NULL ? HF_ECONFIG : HF_OK) || line != clients[i].line)
            fail_msg("%s gives %s in %u", clients[i].text, error_name(error), line);
        assert_string_equal(parsed.oauth_client,
                            clients[i].client == NULL ? "" : clients[i].client);
        assert_int_equal(parsed.entry_count > 0, error == HF_OK);
    }
}

static void zero_byte_is_no_line(void **state)
{
    (void)state;
    struct token_switch parsed;
    unsigned line = 0;
    FAILS(switch_parse("tokens: a\0b\n", 12, &parsed, &line), HF_ECONFIG);
    FAILS(switch_parse("\n\0", 2, &parsed, &line), HF_ECONFIG);
    assert_int_equal(line, 2);
    FAILS(switch_parse("tokens: a [SUCCESS=return\0]", 27, &parsed, &line), HF_ECONFIG);
    OK(switch_parse("tokens: a #\0b\n", 14, &parsed, &line));
}

static void configuration_is_roots(void **state)
{
    (void)state;
    struct token_switch parsed = {0};
    char path[] = "/tmp/hf-token-test.XXXXXX", words[128];
    unsigned line = 99;
    OK(switch_read("/nowhere/hf-token.conf", &parsed, &line));
    assert_int_equal(line, 0);
    describe(&parsed, words, sizeof words);
    assert_string_equal(words, "user:mccc host:mccc");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    OK(io_write(fd, "# one\nhost\n", 11));
    if (geteuid() != 0) {
        FAILS(switch_read(path, &parsed, &line), HF_EOWNER);
    } else {
        FAILS(switch_read(path, &parsed, &line), HF_ECONFIG);
        assert_int_equal(line, 2);
        assert_int_equal(fchmod(fd, 0664), 0);
        FAILS(switch_read(path, &parsed, &line), HF_EMODE);
        assert_int_equal(fchmod(fd, 0644), 0);
        assert_int_equal(fchown(fd, 1, 0), 0);
        FAILS(switch_read(path, &parsed, &line), HF_EOWNER);
        assert_int_equal(fchown(fd, 0, 0), 0);
        assert_int_equal(ftruncate(fd, 0), 0);
        OK(switch_read(path, &parsed, &line));
    }
    close(fd);
    unlink(path);
}

/* Programs that answer in each way; what follows the interpreter's line. */
static const struct {
    const char *name, *body;
} sources[] = {
    {"good",      "echo \"document of $1\""                            },
    {"more",      "echo more"                                          },
    {"arguments", "echo \"$#\"; id -u; env | grep -c HF_TEST; cat"     },
    {"notfound",  "exit 67"                                            },
    {"unavail",   "exit 69"                                            },
    {"tryagain",  "exit 75"                                            },
    {"owner",     "exit 101"                                           },
    {"toobig",    "exit 105"                                           },
    {"odd",       "echo partial; exit 1"                               },
    {"killed",    "echo partial; kill -9 $$"                           },
    {"empty",     "exit 0"                                             },
    {"hang",      "echo partial; sleep 30"                             },
    {"flood",     "yes"                                                },
    {"exact",     "head -c 65536 /dev/zero"                            },
    {"over",      "head -c 65537 /dev/zero"                            },
    {"https",     "echo \"$#\"; id -u; id -g; echo \"$1\"; echo \"$2\""},
    {"etcd",      "head -c 66206 /dev/zero"                            },
    {"folder",    "head -c 66207 /dev/zero"                            },
};

char test_helper_folder[] = "/tmp/hf-token-test.XXXXXX";
const char *test_account = "no-such-account";

static int write_sources(void **state)
{
    (void)state;
    if (mkdtemp(test_helper_folder) == NULL || chmod(test_helper_folder, 0755) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(sources); i++) {
        char path[4096], script[256];
        OK(text_format(path, sizeof path, "%s/hf-token-source-%s", HF_HELPER_FOLDER,
                       sources[i].name));
        OK(text_format(script, sizeof script, "#!/bin/sh\n%s\n", sources[i].body));
        OK(file_replace(path, script, strlen(script), 0755));
    }
    return 0;
}

static int remove_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(sources); i++) {
        char path[4096];
        OK(text_format(path, sizeof path, "%s/hf-token-source-%s", HF_HELPER_FOLDER,
                       sources[i].name));
        (void)unlink(path);
    }
    return rmdir(HF_HELPER_FOLDER);
}

/* Runs a line; what came of it in words: "good=HF_OK(18) more=..." */
static void run_within(const char *text, deadline_ms milliseconds, char *words, size_t size)
{
    SCOPED(source_answers) struct source_answers answers;
    const struct account account = {.uid = geteuid(), .gid = getegid(), .name = "alice"};
    struct token_switch parsed;
    unsigned line = 0;
    OK(switch_parse(text, strlen(text), &parsed, &line));
    switch_run(&parsed, &account, false, clock_ms() + milliseconds, &answers);
    words[0] = '\0';
    for (size_t i = 0; i < answers.count; i++) {
        const struct source_answer *answer = &answers.answers[i];
        assert_int_equal(answer->bytes != NULL, answer->error == HF_OK);
        OK(text_format(words + strlen(words), size - strlen(words), "%s%s %s %zu",
                       i == 0 ? "" : ", ", answer->source, error_name(answer->error),
                       answer->bytes == NULL ? 0 : answer->length));
    }
}

static const struct {
    const char *line, *answers;
} runs[] = {
    {"tokens: good",                                 "good HF_OK 18"                        },
    {"tokens: good more",                            "good HF_OK 18, more HF_OK 5"          },
    {"tokens: good [SUCCESS=return] more",           "good HF_OK 18"                        },
    {"tokens: good [SUCCESS=continue] more",         "more HF_OK 5"                         },
    {"tokens: good [SUCCESS=continue]",              ""                                     },
    {"tokens: notfound more",                        "notfound HF_ENOTFOUND 0, more HF_OK 5"},
    {"tokens: notfound [NOTFOUND=return] more",      "notfound HF_ENOTFOUND 0"              },
    {"tokens: notfound [NOTFOUND=merge] more",       "notfound HF_ENOTFOUND 0, more HF_OK 5"},
    {"tokens: notfound [UNAVAIL=return] more",       "notfound HF_ENOTFOUND 0, more HF_OK 5"},
    {"tokens: unavail [UNAVAIL=return] more",        "unavail HF_EUNAVAIL 0"                },
    {"tokens: unavail [TRYAGAIN=return] more",       "unavail HF_EUNAVAIL 0, more HF_OK 5"  },
    {"tokens: tryagain [TRYAGAIN=return] more",      "tryagain HF_ETRYAGAIN 0"              },
    {"tokens: tryagain [UNAVAIL=return] more",       "tryagain HF_ETRYAGAIN 0, more HF_OK 5"},
    {"tokens: more tryagain [!SUCCESS=return] good", "more HF_OK 5, tryagain HF_ETRYAGAIN 0"},
    {"tokens: owner [UNAVAIL=return] more",          "owner HF_EOWNER 0"                    },
    {"tokens: toobig [UNAVAIL=return] more",         "toobig HF_ETOOBIG 0"                  },
    {"tokens: odd [UNAVAIL=return] more",            "odd HF_EUNAVAIL 0"                    },
    {"tokens: killed [UNAVAIL=return] more",         "killed HF_EUNAVAIL 0"                 },
    {"tokens: empty [UNAVAIL=return] more",          "empty HF_EEMPTY 0"                    },
    {"tokens: missing [UNAVAIL=return] more",        "missing HF_EUNAVAIL 0"                },
    {"tokens: flood [UNAVAIL=return] more",          "flood HF_ETOOBIG 0"                   },
    {"tokens: exact",                                "exact HF_OK 65536"                    },
    {"tokens: over [UNAVAIL=return] more",           "over HF_ETOOBIG 0"                    },
    {"tokens: https",                                "https HF_ELOGIN 0"                    },
    {"tokens: folder [!SUCCESS=return] etcd more",
     "folder HF_ELOGIN 0, etcd HF_ELOGIN 0, more HF_OK 5"                                   },
};

static void answers_lead_on_as_configured(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++) {
        char words[256];
        run_within(runs[i].line, 20000, words, sizeof words);
        if (strcmp(words, runs[i].answers) != 0)
            fail_msg("%s gives %s", runs[i].line, words);
    }
}

static void hanging_source_leaves_time_for_the_next(void **state)
{
    (void)state;
    char words[256];
    deadline_ms start = clock_ms();
    run_within("tokens: hang good", 2000, words, sizeof words);
    assert_string_equal(words, "hang HF_EDEADLINE 0, good HF_OK 18");
    assert_in_range(clock_ms() - start, 1000, 1900);
    start = clock_ms();
    run_within("tokens: hang [UNAVAIL=return] good", 400, words, sizeof words);
    assert_string_equal(words, "hang HF_EDEADLINE 0");
    assert_in_range(clock_ms() - start, 200, 1500);
}

static void deadline_that_is_over_asks_nobody(void **state)
{
    (void)state;
    char words[256];
    deadline_ms start = clock_ms();
    run_within("tokens: hang hang hang", 0, words, sizeof words);
    assert_string_equal(words, "hang HF_EDEADLINE 0, hang HF_EDEADLINE 0, hang HF_EDEADLINE 0");
    assert_in_range(clock_ms() - start, 0, 1000);
}

static void source_gets_the_name_and_nothing_else(void **state)
{
    (void)state;
    SCOPED(source_answers) struct source_answers answers;
    struct account account = {.uid = geteuid(), .gid = getegid(), .name = "alice"};
    struct token_switch parsed;
    unsigned line = 0;
    char expected[64];
    assert_int_equal(setenv("HF_TEST", "x", 1), 0);
    OK(switch_parse("tokens: arguments", 17, &parsed, &line));
    switch_run(&parsed, &account, false, clock_ms() + 10000, &answers);
    OK(text_format(expected, sizeof expected, "1\n%u\n0\n", geteuid()));
    assert_int_equal(answers.count, 1);
    OK(answers.answers[0].error);
    assert_int_equal(answers.answers[0].length, strlen(expected));
    assert_memory_equal(answers.answers[0].bytes, expected, strlen(expected));
}

static void source_runs_as_the_user(void **state)
{
    (void)state;
    SCOPED(source_answers) struct source_answers answers;
    const struct account account = {.uid = 65534, .gid = 65534, .name = "alice"};
    struct token_switch parsed;
    unsigned line = 0;
    if (geteuid() != 0)
        skip();
    OK(switch_parse("tokens: arguments", 17, &parsed, &line));
    switch_run(&parsed, &account, true, clock_ms() + 10000, &answers);
    assert_int_equal(answers.count, 1);
    OK(answers.answers[0].error);
    assert_memory_equal(answers.answers[0].bytes, "1\n65534\n", 8);
}

/* Runs a line as root, with that account for the engines; what came of the first. */
static enum hf_error run_as_root(const char *text, const char *engines, bool insists, char *bytes,
                                 size_t size)
{
    SCOPED(source_answers) struct source_answers answers;
    const struct account account = {.uid = 65534, .gid = 65534, .name = "alice"};
    struct token_switch parsed;
    unsigned line = 0;
    test_account = engines;
    OK(switch_parse(text, strlen(text), &parsed, &line));
    assert_false(parsed.insists);
    parsed.insists = insists;
    switch_run(&parsed, &account, true, clock_ms() + 20000, &answers);
    assert_int_equal(answers.count, 1);
    if (answers.answers[0].error == HF_OK)
        OK(text_format(bytes, size, "%.*s", (int)answers.answers[0].length,
                       answers.answers[0].bytes));
    return answers.answers[0].error;
}

/* Not as the user, who could else ask with the engine's secrets; and never as root. */
static void engine_is_asked_by_the_system_account(void **state)
{
    (void)state;
    struct account system;
    char bytes[128], expected[64];
    if (geteuid() != 0)
        skip();
    OK(account_by_name("daemon", &system));
    OK(run_as_root("tokens: https", "daemon", false, bytes, sizeof bytes));
    OK(text_format(expected, sizeof expected, "2\n%u\n%u\nalice\n", system.uid, system.gid));
    assert_memory_equal(bytes, expected, strlen(expected));
    /* It has somewhat less than the time that it is given. */
    assert_in_range(atol(bytes + strlen(expected)), 1, 20000 - 100);
    /* A refresh asks as one that waits for nobody's outage; other sources know nothing of it. */
    OK(run_as_root("tokens: https", "daemon", true, bytes, sizeof bytes));
    OK(text_format(expected, sizeof expected, "3\n%u\n%u\ndocument\n", system.uid, system.gid));
    assert_memory_equal(bytes, expected, strlen(expected));
    OK(run_as_root("tokens: arguments", "daemon", true, bytes, sizeof bytes));
    assert_memory_equal(bytes, "1\n65534\n", 8);
    FAILS(run_as_root("tokens: https", "no-such-account", false, bytes, sizeof bytes), HF_EACCOUNT);
    FAILS(run_as_root("tokens: https", "root", false, bytes, sizeof bytes), HF_EACCOUNT);
}

static void answer_of_an_engine_is_larger(void **state)
{
    (void)state;
    char bytes[1 << 17];
    if (geteuid() != 0)
        skip();
    OK(run_as_root("tokens: etcd", "daemon", false, bytes, sizeof bytes));
    FAILS(run_as_root("tokens: folder", "daemon", false, bytes, sizeof bytes), HF_ETOOBIG);
    FAILS(run_as_root("tokens: over", "daemon", false, bytes, sizeof bytes), HF_ETOOBIG);
}

static void engines_are_three(void **state)
{
    (void)state;
    assert_true(source_asks_engine("folder") && source_asks_engine("https") &&
                source_asks_engine("etcd"));
    assert_false(source_asks_engine("user") || source_asks_engine("host") ||
                 source_asks_engine("http") || source_asks_engine("etcd2") ||
                 source_asks_engine(""));
}

static void exit_codes_and_errors_are_one_table(void **state)
{
    (void)state;
    static const enum hf_error errors[] = {
        HF_OK,       HF_ENOTFOUND,  HF_EUNAVAIL, HF_ETRYAGAIN, HF_EOWNER,    HF_EMODE,
        HF_ETYPE,    HF_EEMPTY,     HF_ETOOBIG,  HF_EUNSIGNED, HF_EROLLBACK, HF_EOUTDATED,
        HF_EREFUSED, HF_EUNTRUSTED, HF_ELOGIN,   HF_ECONFIG,   HF_EDEADLINE, HF_EUSER,
        HF_EFORMAT,  HF_EVERSION,   HF_EFUTURE};
    for (size_t i = 0; i < COUNT(errors); i++)
        FAILS(source_exit_error(source_error_exit(errors[i])), errors[i]);
    assert_int_equal(source_error_exit(HF_ENOTFOUND), 67);
    assert_int_equal(source_error_exit(HF_EUNAVAIL), 69);
    assert_int_equal(source_error_exit(HF_EIO), 69);
    assert_int_equal(source_error_exit(HF_ETRYAGAIN), 75);
    assert_int_equal(source_error_exit(HF_ENOMEM), 75);
    assert_int_equal(source_error_exit(HF_EUNSIGNED), 106);
    assert_int_equal(source_error_exit(HF_ELOGIN), 111);
    assert_int_equal(source_error_exit(HF_EJSON), 115);
    FAILS(source_exit_error(1), HF_EUNAVAIL);
    FAILS(source_exit_error(127), HF_EUNAVAIL);
    FAILS(source_exit_error(137), HF_EUNAVAIL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_judged),
        cmocka_unit_test(one_client_is_named),
        cmocka_unit_test(zero_byte_is_no_line),
        cmocka_unit_test(configuration_is_roots),
        cmocka_unit_test(answers_lead_on_as_configured),
        cmocka_unit_test(hanging_source_leaves_time_for_the_next),
        cmocka_unit_test(deadline_that_is_over_asks_nobody),
        cmocka_unit_test(source_gets_the_name_and_nothing_else),
        cmocka_unit_test(source_runs_as_the_user),
        cmocka_unit_test(engine_is_asked_by_the_system_account),
        cmocka_unit_test(answer_of_an_engine_is_larger),
        cmocka_unit_test(engines_are_three),
        cmocka_unit_test(exit_codes_and_errors_are_one_table),
    };
    return cmocka_run_group_tests_name("switch", tests, write_sources, remove_sources);
}
