/* Headers of an answer, what follows from a status, and text made fit to show. */
#include "tests/unit/check.h"

#include <time.h>

#include "hub/fault.h"
#include "hub/headers.h"
#include "hub/printable.h"

/* Takes the lines of one text. */
static struct headers headers_of(const char *lines)
{
    struct headers headers = {0};
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n") + 1;
        assert_true(headers_line(&headers, lines, length));
        lines += length;
    }
    return headers;
}

static const struct {
    long status;
    const char *lines;
    enum hub_fault_kind kind;
    unsigned wait;
} verdicts[] = {
    {200, "",                                                                 HUB_OK,          0    },
    {202, "Content-Type: application/json\r\n",                               HUB_OK,          0    },
    {204, "",                                                                 HUB_OK,          0    },
    {200, "Content-Type: text/html; charset=utf-8\r\n",                       HUB_MALFORMED,   0    },
    {200, "content-type:TEXT/HTML\r\nX-Request-Id: r\r\n",                    HUB_MALFORMED,   0    },
    {200, "RateLimit: \"api\";r=0;t=55\r\n",                                  HUB_OK,          0    },
    {0,   "",                                                                 HUB_MALFORMED,   0    },
    {101, "",                                                                 HUB_MALFORMED,   0    },
    {301, "Location: https://evil.example/\r\n",                              HUB_REDIRECT,    0    },
    {304, "",                                                                 HUB_REDIRECT,    0    },
    {307, "Content-Type: text/html\r\n",                                      HUB_REDIRECT,    0    },
    {400, "",                                                                 HUB_BAD_REQUEST, 0    },
    {422, "",                                                                 HUB_BAD_REQUEST, 0    },
    {418, "",                                                                 HUB_BAD_REQUEST, 0    },
    {401, "",                                                                 HUB_REFUSED,     0    },
    {401, "X-Error-Message: Invalid credentials in Authorization header\r\n", HUB_REFUSED,     0    },
    {401, "X-Error-Code: RepoNotFound\r\n",                                   HUB_NOT_FOUND,   0    },
    {401, "X-Error-Code: GatedRepo\r\n",                                      HUB_GATED,       0    },
    {403, "",                                                                 HUB_DENIED,      0    },
    {403, "X-Error-Code: GatedRepo\r\nX-Error-Message: policy\r\n",           HUB_GATED,       0    },
    {403, "x-error-message: The organization lab needs fine-grained\r\n",     HUB_POLICY,      0    },
    {403, "X-Error-Message: your organisation's security\r\n",                HUB_POLICY,      0    },
    {403, "X-Error-Message: against the Policy\r\n",                          HUB_POLICY,      0    },
    {403, "X-Error-Message: you need write access\r\n",                       HUB_DENIED,      0    },
    {403, "Content-Type: text/html\r\n",                                      HUB_MALFORMED,   0    },
    {403, "Content-Type: text/html\r\nX-Request-Id: r\r\n",                   HUB_DENIED,      0    },
    {401, "Content-Type: text/html\r\n",                                      HUB_MALFORMED,   0    },
    {404, "Content-Type: text/html\r\n",                                      HUB_MALFORMED,   0    },
    {404, "X-Error-Code: RepoNotFound\r\n",                                   HUB_NOT_FOUND,   0    },
    {404, "",                                                                 HUB_NOT_FOUND,   0    },
    {407, "",                                                                 HUB_NO_PROXY,    0    },
    {408, "",                                                                 HUB_TIMEOUT,     0    },
    {429, "",                                                                 HUB_BUSY,        0    },
    {429, "Content-Type: text/html\r\n",                                      HUB_BUSY,        0    },
    {429, "RateLimit: \"api\";r=0;t=55\r\n",                                  HUB_BUSY,        55   },
    {429, "ratelimit: \"api\"; t=55; r=0\r\n",                                HUB_BUSY,        55   },
    {429, "RateLimit: \"api\";r=3;t=55\r\n",                                  HUB_BUSY,        0    },
    {429, "RateLimit: \"a\";r=9;t=900, \"b\";r=0;t=7\r\n",                    HUB_BUSY,        7    },
    {429, "RateLimit: \"a\";r=0;t=99999999999999999999\r\n",                  HUB_BUSY,        86400},
    {429, "RateLimit: \"a\";r=0;t=-1\r\n",                                    HUB_BUSY,        0    },
    {429, "RateLimit: \"a\";r=;t=\r\n",                                       HUB_BUSY,        0    },
    {429, "RateLimit: ;;,,;r=0\r\n",                                          HUB_BUSY,        0    },
    {429, "RateLimit-Policy: \"api\";q=500;w=300\r\n",                        HUB_BUSY,        0    },
    {429, "Retry-After: 30\r\n",                                              HUB_BUSY,        30   },
    {429, "Retry-After: 30\r\nRateLimit: \"api\";r=0;t=55\r\n",               HUB_BUSY,        55   },
    {429, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n",                   HUB_BUSY,        0    },
    {429, "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT\r\n",                   HUB_BUSY,        86400},
    {429, "Retry-After: soon\r\n",                                            HUB_BUSY,        0    },
    {500, "",                                                                 HUB_BROKEN,      0    },
    {503, "Retry-After: 12\r\nContent-Type: text/html\r\n",                   HUB_BROKEN,      12   },
    {599, "",                                                                 HUB_BROKEN,      0    },
};

static void each_status_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        struct headers headers = headers_of(verdicts[i].lines);
        struct hub_fault fault;
        assert_string_equal(hub_fault_text(headers_verdict(&headers, verdicts[i].status, &fault)),
                            hub_fault_text(verdicts[i].kind));
        assert_int_equal(fault.kind, verdicts[i].kind);
        assert_int_equal(fault.status, verdicts[i].status);
        assert_int_equal(fault.wait, verdicts[i].wait);
    }
}

static void a_date_to_come_is_a_wait(void **state)
{
    (void)state;
    char line[128];
    time_t then = time(NULL) + 3000;
    struct tm tm;
    assert_non_null(gmtime_r(&then, &tm));
    assert_true(strftime(line, sizeof line, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm) > 0);
    assert_in_range(headers_of(line).said.wait, 1, 3000);
}

static void what_is_said_is_kept(void **state)
{
    (void)state;
    struct headers headers = headers_of("HTTP/1.1 100 Continue\r\n"
                                        "X-Error-Code: Earlier\r\nX-Request-Id: earlier\r\n\r\n"
                                        "HTTP/1.1 403 Forbidden\r\n"
                                        "x-error-code:\t GatedRepo \r\n"
                                        "X-ERROR-MESSAGE: Ask for access, hf_TESTtoken\r\n"
                                        "X-Error-Message-Too: no\r\n"
                                        "Not-X-Error-Code: no\r\n\r\n");
    assert_string_equal(headers.said.code, "GatedRepo");
    assert_string_equal(headers.said.message, "Ask for access, hf_***");
    assert_string_equal(headers.said.request_id, "");
}

static void headers_have_an_end(void **state)
{
    (void)state;
    static char line[HEADERS_MAX];
    struct headers headers = {0};
    memset(line, 'x', sizeof line);
    assert_true(headers_line(&headers, line, sizeof line - 20));
    assert_false(headers_line(&headers, "X-Error-Code: GatedRepo\r\n", 25));
    assert_string_equal(headers.said.code, "");
    assert_true(headers_line(&headers, "HTTP/1.1 200 OK\r\n", 17));
    assert_false(headers_line(&headers, "HTTP/1.1 200 OK\r\n", 17));
}

static const struct {
    const char *text;
    size_t shortest, size;
    const char *printed;
} texts[] = {
    {"plain text",                               BLOT_ANY,  99, "plain text"            },
    {" \t\r\n both ends \n",                     BLOT_ANY,  99, "both ends"             },
    {"",                                         BLOT_ANY,  99, ""                      },
    {"   ",                                      BLOT_ANY,  99, ""                      },
    {"a\nb\x1b[31mc\x7f",                        BLOT_ANY,  99, "a?b?[31mc?"            },
    {"Zo\xc3\xab \xe2\x82\xac \xf0\x9f\xa4\x97", BLOT_ANY,  99,
     "Zo\xc3\xab \xe2\x82\xac \xf0\x9f\xa4\x97"                                         },
    {"a\xff\xc3(\xc3",                           BLOT_ANY,  99,
     "a?"
     "?(?"                                                                              },
    {"\xc0\xaf\xe0\x80\xaf\xed\xa0\x80",         BLOT_ANY,  99, "????????"              },
    {"\xf4\x90\x80\x80",                         BLOT_ANY,  99, "????"                  },
    {"a\xc2\x9b"
     "b",                                   BLOT_ANY,  99, "a?b"                   },
    {"a\xe2\x80\xae"
     "b\xe2\x81\xa6\xef\xbb\xbf",           BLOT_ANY,  99, "a?b??"                 },
    {"hf_TEST",                                  BLOT_ANY,  99, "hf_***"                },
    {"hf_",                                      BLOT_ANY,  99, "hf_"                   },
    {"Bearer hf_TEST.a-b_c, and",                BLOT_ANY,  99, "Bearer hf_***, and"    },
    {"(api_org_TEST)",                           BLOT_ANY,  99, "(api_org_***)"         },
    {"\"hf_oauth_TEST\" hf_TEST",                BLOT_ANY,  99, "\"hf_***\" hf_***"     },
    {"x_hf_TEST",                                BLOT_ANY,  99, "x_hf_***"              },
    {"shelf_a",                                  BLOT_ANY,  99, "shelf_a"               },
    {"hf_laptop",                                BLOT_LONG, 99, "hf_laptop"             },
    {"hf_TESTTESTTESTTESTTEST",                  BLOT_LONG, 99, "hf_***"                },
    {"hf_TESTTESTTESTTESTTES",                   BLOT_LONG, 99, "hf_TESTTESTTESTTESTTES"},
    {"12345",                                    BLOT_ANY,  5,  "1234"                  },
    {"123\xe2\x82\xac",                          BLOT_ANY,  6,  "123"                   },
    {"123\xe2\x82\xac",                          BLOT_ANY,  7,  "123\xe2\x82\xac"       },
    {"12 hf_TEST",                               BLOT_ANY,  8,  "12 hf_"                },
    {"x",                                        BLOT_ANY,  1,  ""                      },
};

static void texts_are_made_fit_to_show(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char text[100];
        printable_copy(texts[i].text, strlen(texts[i].text), texts[i].shortest, text,
                       texts[i].size);
        assert_string_equal(text, texts[i].printed);
    }
    char text[8];
    printable_copy("a\0b", 3, BLOT_ANY, text, sizeof text);
    assert_string_equal(text, "a?b");
}

static void faults_have_texts(void **state)
{
    (void)state;
    assert_string_equal(hub_fault_text(HUB_GATED),
                        "the repository is gated, and its owner has not let this account in");
    assert_string_equal(hub_fault_text((enum hub_fault_kind)HUB_FAULT_COUNT), "unknown fault");
    assert_string_equal(hub_fault_text((enum hub_fault_kind) - 1), "unknown fault");
    for (enum hub_fault_kind kind = 0; kind < HUB_FAULT_COUNT; kind++)
        assert_int_equal(hub_fault_is_refusal(kind), kind >= HUB_REFUSED);
    assert_int_equal(hub_fault_of_other(HUB_NOT_FOUND), HUB_MALFORMED);
    assert_int_equal(hub_fault_of_other(HUB_REFUSED), HUB_REFUSED);
    assert_int_equal(hub_fault_of_body(HF_OK), HUB_OK);
    assert_int_equal(hub_fault_of_body(HF_ENOMEM), HUB_LOCAL);
    assert_int_equal(hub_fault_of_body(HF_EJSON), HUB_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_status_has_its_meaning), cmocka_unit_test(a_date_to_come_is_a_wait),
        cmocka_unit_test(what_is_said_is_kept),        cmocka_unit_test(headers_have_an_end),
        cmocka_unit_test(texts_are_made_fit_to_show),  cmocka_unit_test(faults_have_texts),
    };
    return cmocka_run_group_tests_name("hub headers", tests, NULL, NULL);
}
