/* Lists to provision, pools' files, and hosts' reports. */
#include "tests/unit/check.h"

#include <time.h>

#include "tests/unit/captured.h"
#include "tests/unit/sealed.h"
#include "tools/exit.h"
#include "tools/fleet/batch.h"
#include "tools/fleet/fleet.h"
#include "tools/fleet/pool-file.h"
#include "tools/fleet/status.h"

const char program_name[] = "hf-tokenctl";

#define NOW 1795294145 /* 2026-11-21 20:49 UTC */

static const struct roster no_roster;
static const struct recipients somebody = {.count = 1};

static struct batch batch_of(void)
{
    return (struct batch){.command = "provision",
                          .source = "list",
                          .roster = &no_roster,
                          .standard = &somebody,
                          .now = NOW};
}

/* Reads a text; what is said is the caller's. */
static char *read_text(struct batch *batch, const char *text, int *out_code)
{
    SCOPED(fd) int input = memfd_create("list", MFD_CLOEXEC);
    OK(io_write(input, text, strlen(text)));
    assert_int_equal(lseek(input, 0, SEEK_SET), 0);
    struct capture capture = capture_begin(STDERR_FILENO);
    *out_code = batch_read(batch, input);
    return capture_end(&capture);
}

static void assert_token(const struct batch_row *row, const char *token)
{
    assert_int_equal(row->token_length, strlen(token));
    assert_memory_equal(row->token, token, strlen(token));
}

static void both_formats_give_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "user,token,expires,name\nbob,hf_b,,\nalice,hf_a,90d,work\n",
        "\xef\xbb\xbfuser,token,expires,name\r\nbob,hf_b,,\r\nalice,hf_a,90d,work\r\n",
        "\n expires , name,user,token\r\n\r\n 90d , work , alice , hf_a \r\n,,\"bob\",\"hf_b\"",
        "{\"user\":\"bob\",\"token\":\"hf_b\"}\n"
        "{\"name\":\"w\\u006frk\",\"expires\":\"90d\",\"token\":\"h\\u0066_a\",\"user\":\"alice\"}",
        " { \"token\" : \"hf_b\" , \"user\" : \"bob\" , \"to\" : \"\" } \n\n"
        "{\"user\":\"alice\",\"token\":\"hf_a\",\"name\":\"work\",\"expires\":\"90d\"}\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        SCOPED(batch) struct batch batch = batch_of();
        int code = -1;
        SCOPED(text) char *said = read_text(&batch, texts[i], &code);
        assert_string_equal(said, "");
        assert_int_equal(code, TOOL_OK);
        assert_int_equal(batch.count, 2);
        assert_string_equal(batch.rows[0].user, "alice");
        assert_string_equal(batch.rows[0].name, "work");
        assert_int_equal(batch.rows[0].expires, NOW + 90 * 86400);
        assert_int_equal(batch.rows[0].lasting, 90 * 86400);
        assert_token(&batch.rows[0], "hf_a");
        assert_string_equal(batch.rows[1].name, "main");
        assert_int_equal(batch.rows[1].expires, 0);
        assert_token(&batch.rows[1], "hf_b");
    }
}

static void names_beyond_ascii_are_read(void **state)
{
    (void)state;
    static const char text[] = "{\"user\":\"\\u00e9\\u20ac\\ud83d\\ude00\\/\",\"token\":\"hf_a\"}\n"
                               "{\"user\":\"\\u00e9\\u20ac\\ud83d\\ude00\",\"token\":\"hf_a\"}\n";
    SCOPED(batch) struct batch batch = batch_of();
    int code = -1;
    SCOPED(text) char *said = read_text(&batch, text, &code);
    /* The first has a slash. */
    assert_non_null(strstr(said, "line 1: user is no user's name"));
    assert_int_equal(batch.count, 1);
    assert_string_equal(batch.rows[0].user, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void mistakes_are_named_by_line_and_not_repeated(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"user,token\na,hf_canary\na,hf_canary\n",        "line 3: the user and name of line 2 again"},
        {"user,token\na,hf_canary\nb\n",                  "line 3: it has fewer fields"              },
        {"user,token\nhf_canary,a\n",                     "line 2: user or name has a word that beg" },
        {"user,token\nalice hf_canary,a\n",               "line 2: user or name has a word that beg" },
        {"user,token\ntoken=hf_canary,a\n",               "line 2: user or name has a word that beg" },
        {"user,token\nxhf_canary0123456789,a\n",          "line 2: user or name has a word that beg" },
        {"user,token\n\"alice;api_org_canary\",a\n",      "line 2: user or name has a word that beg" },
        {"user,token\n\"=canary\",hf_canary\n",           "line 2: user begins with ="               },
        {"user,token\nca'nary,hf_canary\n",               "line 2: user begins with ="               },
        {"user,token\na\xe2\x80\x83,hf_canary\n",         "line 2: user has a space that is none"    },
        {"user,token\na\xc2\xa0,hf_canary\n",             "line 2: user has a space that is none"    },
        {"user,token\na,canary canary\n",                 "line 2: token: that is not a token"       },
        {"user,token\nroot,hf_canary\n",                  "line 2: user is root"                     },
        {"user,token\n-v,hf_canary\n",                    "line 2: user begins with -"               },
        {"user,token\na:b,hf_canary\n",                   "line 2: user has a colon"                 },
        {"user,token\n\"a \",hf_canary\n",                "line 2: user begins or ends"              },
        {"user,token\na\xe2\x80\x8b,hf_canary\n",         "line 2: user has a character"             },
        {"user,token\n.a,hf_canary\n",                    "line 2: user is no user's name"           },
        {"user;token\ncanary;hf_canary\n",                "line 1: its columns are separated by semi"},
        {"\xef\xbb\xbf\"user\";\"token\"\r\n",            "line 1: its columns are separated by semi"},
        {"user\ttoken\ncanary\thf_canary\n",              "line 1: its columns are separated by tabs"},
        {"\xff\xfeu",                                     "line 1: it is UTF-16"                     },
        {"user,token,to\na,hf_canary,canary\n",           "line 2: to names a pool or host"          },
        {"user,token,expires\na,hf_canary,canary\n",      "line 2: expires is neither"               },
        {"canary,token\na,hf_canary\n",                   "line 1: the first line names"             },
        {"user,token\na,\"hf_canary\n",                   "its quotes"                               },
        {"{\"user\":\"a\",\"canary\":\"hf_canary\"}\n",   "line 1: it has a member other"            },
        {"{\"user\":\"a\",\"token\":[\"hf_canary\"]}\n",  "line 1: it has a member that is no"       },
        {"{\"user\":\"a\",\"token\":\"hf_canary\\q\"}\n", "line 1: it is not one object"             },
        {"",                                              "there is no token in it"                  },
        {"user,token\n",                                  "there is no token in it"                  },
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        SCOPED(batch) struct batch batch = batch_of();
        int code = -1;
        SCOPED(text) char *said = read_text(&batch, texts[i][0], &code);
        assert_int_equal(code, TOOL_FAILED);
        assert_non_null(strstr(said, texts[i][1]));
        assert_null(strstr(said, "canary"));
    }
}

static void a_quote_that_stays_open_ends(void **state)
{
    (void)state;
    const size_t length = 1u << 20;
    SCOPED(text) char *text = malloc(length + 1);
    assert_non_null(text);
    memset(text, 'x', length);
    memcpy(text, "user,token\na,\"", 14);
    for (size_t i = 100; i < length; i += 100)
        text[i] = '\n';
    text[length] = '\0';
    SCOPED(batch) struct batch batch = batch_of();
    int code = -1;
    SCOPED(text) char *said = read_text(&batch, text, &code);
    assert_int_equal(code, TOOL_FAILED);
    assert_non_null(strstr(said, "it is too long: is a quote not closed?"));
}

static void many_tokens_take_several_blocks(void **state)
{
    (void)state;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    fprintf(out, "user,token\n");
    for (int i = 999; i >= 0; i--)
        fprintf(out, "u%03d,hf_%0600d\n", i, i);
    assert_int_equal(fclose(out), 0);
    SCOPED(batch) struct batch batch = batch_of();
    int code = -1;
    SCOPED(text) char *said = read_text(&batch, text, &code);
    assert_int_equal(code, TOOL_OK);
    assert_int_equal(batch.count, 1000);
    assert_true(batch.block_count > 1);
    for (int i = 0; i < 1000; i++) {
        char token[640];
        OK(text_format(token, sizeof token, "hf_%0600d", i));
        assert_token(&batch.rows[i], token);
    }
    assert_string_equal(said, "");
}

static void pools_are_read_as_they_were_written(void **state)
{
    (void)state;
    SCOPED(fleet) struct fleet fleet = FLEET_INIT("key");
    SCOPED(key_pair) struct key_pair next = new_pair();
    SCOPED(key_pair) struct key_pair opened = {0};
    SCOPED(pool_file) struct pool_file pool = {.name = "lab"};
    fleet.identity = new_pair();
    OK(pool_file_renew(&fleet, &pool));
    OK(pool_file_renew(&fleet, &pool));
    assert_int_equal(pool_file_keys(&pool), 2);
    OK(pool_file_share(&fleet, &pool, next.public_key));
    assert_int_equal(pool.secret_count, 4);
    assert_int_equal(pool_file_keys(&pool), 2);
    OK(pool_file_retire(&pool));
    assert_int_equal(pool_file_keys(&pool), 1);
    OK(pool_file_open(&fleet, &pool, pool_file_key(&pool), &opened));
    pool_file_keep(&pool, next.public_key);
    FAILS(pool_file_open(&fleet, &pool, pool_file_key(&pool), &opened), HF_ENOSLOT);
}

static void malformed_pools_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",          "host one\n", "key \n", "key AAAA AAAA AAAA\n",
                                        "nothing\n", "key"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct pool_file pool = {.secret_count = 0};
        FAILS(pool_file_parse("lab", texts[i], &pool), HF_EFORMAT);
    }
}

static void reports_of_hosts_are_two_numbers(void **state)
{
    (void)state;
    static const char *const malformed[] = {"",
                                            "1",
                                            "1 2",
                                            "1 2\n\n",
                                            " 1 2\n",
                                            "01 2\n",
                                            "1  2\n",
                                            "-1 2\n",
                                            "1 2 3\n",
                                            "a b\n",
                                            "9999999999999999 2\n"};
    struct seen seen = {.generation = 7};
    for (size_t i = 0; i < COUNT(malformed); i++)
        FAILS(seen_parse(malformed[i], strlen(malformed[i]), &seen), HF_EFORMAT);
    assert_int_equal(seen.generation, 7);
    OK(seen_parse("1795316691000 1795316691\n", 25, &seen));
    assert_int_equal(seen.generation, 1795316691000);
    assert_int_equal(seen.when, 1795316691);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_formats_give_the_same),
        cmocka_unit_test(names_beyond_ascii_are_read),
        cmocka_unit_test(mistakes_are_named_by_line_and_not_repeated),
        cmocka_unit_test(a_quote_that_stays_open_ends),
        cmocka_unit_test(many_tokens_take_several_blocks),
        cmocka_unit_test(pools_are_read_as_they_were_written),
        cmocka_unit_test(malformed_pools_are_refused),
        cmocka_unit_test(reports_of_hosts_are_two_numbers),
    };
    return store_start() == HF_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
