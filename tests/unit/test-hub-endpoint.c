/* Where a token may be sent: addresses and repositories. */
#include "tests/unit/check.h"

#include "hub/access.h"
#include "hub/endpoint.h"

static const struct {
    const char *text;
    const char *url; /* NULL: refused */
    const char *host, *path;
    bool loopback;
} addresses[] = {
    {"https://huggingface.co",          "https://huggingface.co", "huggingface.co", "", false},
    {"https://huggingface.co/",                 "https://huggingface.co", "huggingface.co", "", false},
    {"https://huggingface.co///",                            "https://huggingface.co", "huggingface.co", "", false},
    {"HTTPS://HuggingFace.CO",         "https://huggingface.co", "huggingface.co", "", false},
    {"https://huggingface.co:443/",                 "https://huggingface.co", "huggingface.co", "", false},
    {"https://hub.example:8443/hf/",                            "https://hub.example:8443/hf", "hub.example:8443", "/hf",
     false},
    {"https://hub.example/A/../b/./c",       "https://hub.example/b/c", "hub.example", "/b/c", false},
    {"https://192.0.2.1",                 "https://192.0.2.1", "192.0.2.1", "", false},
    {"https://[2001:DB8::1]:8443",                            "https://[2001:db8::1]:8443", "[2001:db8::1]:8443", "", false},
    {"https://xn--bcher-kva.example",          "https://xn--bcher-kva.example", "xn--bcher-kva.example", "",
     false},
    {"https://localhost",                 "https://localhost", "localhost", "", true},
    {"https://[::1]",                            "https://[::1]", "[::1]", "", true},
    {"http://localhost",     "http://localhost", "localhost", "", true},
    {"http://LOCALHOST:8080/x/",                 "http://localhost:8080/x", "localhost:8080", "/x", true},
    {"http://localhost:80",                            "http://localhost", "localhost", "", true},
    {"http://127.0.0.1:1",    "http://127.0.0.1:1", "127.0.0.1:1", "", true},
    {"http://127.255.0.9",               "http://127.255.0.9", "127.255.0.9", "", true},
    {"http://127.1",                             "http://127.0.0.1", "127.0.0.1", "", true},
    {"http://[::1]:8080",  "http://[::1]:8080", "[::1]:8080", "", true},
    {"http://[0:0:0:0:0:0:0:1]",                    "http://[::1]", "[::1]", "", true},

    {.text = ""                           },
    {.text = "huggingface.co"              },
    {.text = "//huggingface.co"                     },
    {.text = "https:"                           },
    {.text = "https://"     },
    {.text = "https:///huggingface.co"            },
    {.text = "https:/huggingface.co"                           },
    {.text = "https:huggingface.co"  },
    {.text = "ftp://huggingface.co"         },
    {.text = "file:///etc/passwd"                            },
    {.text = "httpsx://huggingface.co"              },
    {.text = " https://huggingface.co"                     },
    {.text = "https://huggingface.co "                            },
    {.text = "https://hugging face.co"                  },
    {.text = "https://huggingface.co\n"                         },
    {.text = "https://huggingface.co\r\nX: y"                            },
    {.text = "https://huggingface.co/\x01"               },
    {.text = "https://huggingface.co\x7f"                     },
    {.text = "https://b\xc3\xbc"
             "cher.example"                            },
    {.text = "https://user@huggingface.co"       },
    {.text = "https://user:word@huggingface.co"                },
    {.text = "https://huggingface.co@evil.example"                            },
    {.text = "https://huggingface.co\\@evil.example"            },
    {.text = "https://huggingface.co\\evil"                     },
    {.text = "https://huggingface.co?"                            },
    {.text = "https://huggingface.co/?a=b"             },
    {.text = "https://huggingface.co/#"                   },
    {.text = "https://hugging%66ace.co"                            },
    {.text = "https://huggingface.co/%2e%2e"             },
    {.text = "https://.huggingface.co"                   },
    {.text = "https://-huggingface.co"                            },
    {.text = "https://huggingface.co:"
             "65536"                   },
    {.text = "https://huggingface.co:0"                     },
    {.text = "https://huggingface.co:x"                            },
    {.text = "https://huggingface.co:-1"              },
    {.text = "https://[::1"                    },
    {.text = "https://[::1]x"                            },
    {.text = "https://[fe80::1%25eth0]"       },
    {.text = "https://[::g]"                         },
    {.text = "https://[]"                            },
    {.text = "https://::1"                       },
    {.text = "http://huggingface.co"         },
    {.text = "http://localhost.evil"       },
    {.text = "http://localhost."                 },
    {.text = "http://evil.localhost"               },
    {.text = "http://127.0.0.1.evil"},
    {.text = "http://127.0.0.1."  },
    {.text = "http://127.0.0.256"   },
    {.text = "http://128.0.0.1"   },
    {.text = "http://0.0.0.0"     },
    {.text = "http://[::]"},
    {.text = "http://[::2]"},
    {.text = "http://[::ffff:127.0.0.1]"},
};

static void addresses_are_taken_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct endpoint endpoint, again;
        memset(&endpoint, 'x', sizeof endpoint);
        memcpy(&again, &endpoint, sizeof again);
        if (addresses[i].url == NULL) {
            FAILS(endpoint_parse(addresses[i].text, &endpoint), HF_EENDPOINT);
            assert_memory_equal(&endpoint, &again, sizeof endpoint);
            continue;
        }
        OK(endpoint_parse(addresses[i].text, &endpoint));
        assert_string_equal(endpoint.url, addresses[i].url);
        assert_string_equal(endpoint.host, addresses[i].host);
        assert_string_equal(endpoint.path, addresses[i].path);
        assert_int_equal(endpoint.secure, strncmp(endpoint.url, "https:", 6) == 0);
        assert_int_equal(endpoint_is_loopback(&endpoint), addresses[i].loopback);
        OK(endpoint_parse(endpoint.url, &again));
        assert_string_equal(again.url, endpoint.url);
    }
}

static void addresses_have_a_longest(void **state)
{
    (void)state;
    char text[ENDPOINT_MAX + 2] = "https://hub.example/";
    struct endpoint endpoint;
    memset(text + strlen(text), 'a', sizeof text - 1 - strlen(text));
    FAILS(endpoint_parse(text, &endpoint), HF_EENDPOINT);
    text[ENDPOINT_MAX] = '\0';
    OK(endpoint_parse(text, &endpoint));
    assert_string_equal(endpoint.url, text);
}

static void the_environment_chooses(void **state)
{
    (void)state;
    struct endpoint endpoint;
    unsetenv("HF_ENDPOINT");
    OK(endpoint_choose(&endpoint));
    assert_string_equal(endpoint.url, "https://huggingface.co");
    setenv("HF_ENDPOINT", "", 1);
    OK(endpoint_choose(&endpoint));
    assert_string_equal(endpoint.url, "https://huggingface.co");
    setenv("HF_ENDPOINT", "https://hub.example/", 1);
    OK(endpoint_choose(&endpoint));
    assert_string_equal(endpoint.url, "https://hub.example");
    setenv("HF_ENDPOINT", "http://hub.example/", 1);
    FAILS(endpoint_choose(&endpoint), HF_EENDPOINT);
    unsetenv("HF_ENDPOINT");
}

static void only_safe_pages_are_shown(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://huggingface.co/device",
        "https://huggingface.co/device?user_code=AB-12#x",
        "http://localhost:8080/device",
        "http://127.0.0.1/",
    };
    static const char *const bad[] = {
        "",
        "huggingface.co/device",
        "http://huggingface.co/device",
        "https://user@huggingface.co/device",
        "https://huggingface.co/device x",
        "https://huggingface.co/\x1b[2J",
        "https://huggingface.co\\@evil.example/",
        "https://h\xc3\xbcgging.example/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https:///device",
        "http://localhost.evil/device",
    };
    for (size_t i = 0; i < COUNT(good); i++)
        assert_true(page_address_valid(good[i]));
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(page_address_valid(bad[i]));
}

#define LONG_PART                                                                                  \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaa"

static const struct {
    const char *text, *kind, *id; /* NULL: refused */
} repositories[] = {
    {"gpt2",                                                                        "models",   "gpt2"                 },
    {"lab/bert",                                                                    "models",   "lab/bert"             },
    {"models/lab/bert",                                                             "models",   "lab/bert"             },
    {"models/gpt2",                                                                 "models",   "gpt2"                 },
    {"datasets/squad",                                                              "datasets", "squad"                },
    {"datasets/lab/squad_v1.1-x",                                                   "datasets", "lab/squad_v1.1-x"     },
    {"spaces/lab/demo",                                                             "spaces",   "lab/demo"             },
    {"lab/datasets",                                                                "models",   "lab/datasets"         },
    {LONG_PART "/" LONG_PART,                                                       "models",   LONG_PART "/" LONG_PART},
    {"https://hub.example/gpt2",                                                    "models",   "gpt2"                 },
    {"https://hub.example/lab/bert",                                                "models",   "lab/bert"             },
    {"https://hub.example/lab/bert/",                                               "models",   "lab/bert"             },
    {"https://HUB.example/lab/bert.git",                                            "models",   "lab/bert"             },
    {"https://hub.example/lab/bert/tree/main/a%20b",                                "models",   "lab/bert"             },
    {"https://hub.example/gpt2/tree/main",                                          "models",   "gpt2"                 },
    {"https://hub.example/gpt2/",                                                   "models",   "gpt2"                 },
    {"https://hub.example/lab/bert?a=/../b#c",                                      "models",   "lab/bert"             },
    {"https://hub.example/datasets/lab/squad/viewer/x",                             "datasets", "lab/squad"            },
    {"https://hub.example/spaces/lab/demo#x",                                       "spaces",   "lab/demo"             },

    {"",                                                                            NULL,       NULL                   },
    {"/",                                                                           NULL,       NULL                   },
    {"/lab/bert",                                                                   NULL,       NULL                   },
    {"lab/",                                                                        NULL,       NULL                   },
    {"lab//bert",                                                                   NULL,       NULL                   },
    {"lab/bert/",                                                                   NULL,       NULL                   },
    {"lab/bert/x",                                                                  NULL,       NULL                   },
    {"models",                                                                      NULL,       NULL                   },
    {"datasets/",                                                                   NULL,       NULL                   },
    {"datasets//squad",                                                             NULL,       NULL                   },
    {"datasets/lab/squad/x",                                                        NULL,       NULL                   },
    {"..",                                                                          NULL,       NULL                   },
    {"lab/..",                                                                      NULL,       NULL                   },
    {"../lab",                                                                      NULL,       NULL                   },
    {"datasets/../models",                                                          NULL,       NULL                   },
    {"lab/.",                                                                       NULL,       NULL                   },
    {"lab/-x",                                                                      NULL,       NULL                   },
    {"-n",                                                                          NULL,       NULL                   },
    {"lab%2fbert",                                                                  NULL,       NULL                   },
    {"lab/be%72t",                                                                  NULL,       NULL                   },
    {"lab/bert?x",                                                                  NULL,       NULL                   },
    {"lab/bert#x",                                                                  NULL,       NULL                   },
    {"lab/bert\n",                                                                  NULL,       NULL                   },
    {"lab/b ert",                                                                   NULL,       NULL                   },
    {"lab\\bert",                                                                   NULL,       NULL                   },
    {"lab/b\xc3\xa9rt",                                                             NULL,       NULL                   },
    {LONG_PART "a",                                                                 NULL,       NULL                   },
    {"lab/" LONG_PART "a",                                                          NULL,       NULL                   },
    {"https://hub.example",                                                         NULL,       NULL                   },
    {"https://hub.example/",                                                        NULL,       NULL                   },
    {"https://hub.example//lab/bert",                                               NULL,       NULL                   },
    {"https://hub.example/datasets",                                                NULL,       NULL                   },
    {"https://hub.example/../lab/bert",                                             NULL,       NULL                   },
    {"https://hub.example/lab%2f..%2fx/y",                                          NULL,       NULL                   },
    {"https://hub.example.evil/lab/bert",                                           NULL,       NULL                   },
    {"https://hub.example@evil/lab/bert",                                           NULL,       NULL                   },
    {"https://huggingface.co/lab/bert",                                             NULL,       NULL                   },
    {"http://hub.example/lab/bert",                                                 NULL,       NULL                   },
    {"x://lab/bert",                                                                NULL,       NULL                   },
    {"https://hub.example/" LONG_PART LONG_PART LONG_PART LONG_PART LONG_PART "/x", NULL,       NULL                   },
};

/* An address of another server than that of the test below. */
static bool is_elsewhere(const char *text)
{
    static const char own[] = "https://hub.example";
    const size_t length = sizeof own - 1;
    return strstr(text, "://") != NULL &&
           (strncmp(text, own, length) != 0 || (text[length] != '\0' && text[length] != '/'));
}

static void repositories_have_their_forms(void **state)
{
    (void)state;
    struct endpoint endpoint;
    OK(endpoint_parse("https://hub.example", &endpoint));
    for (size_t i = 0; i < COUNT(repositories); i++) {
        struct repository repository;
        if (repositories[i].kind == NULL) {
            FAILS(repository_parse(&endpoint, repositories[i].text, &repository),
                  is_elsewhere(repositories[i].text) ? HF_EENDPOINT : HF_ENAME);
            continue;
        }
        OK(repository_parse(&endpoint, repositories[i].text, &repository));
        assert_string_equal(repository.kind, repositories[i].kind);
        assert_string_equal(repository.id, repositories[i].id);
    }
}

static void pages_are_found_below_a_path(void **state)
{
    (void)state;
    struct endpoint endpoint;
    struct repository repository;
    OK(endpoint_parse("http://localhost:8080/hf", &endpoint));
    OK(repository_parse(&endpoint, "http://localhost:8080/hf/datasets/lab/x/tree/main",
                        &repository));
    assert_string_equal(repository.kind, "datasets");
    assert_string_equal(repository.id, "lab/x");
    FAILS(repository_parse(&endpoint, "http://localhost:8080/lab/x", &repository), HF_EENDPOINT);
    FAILS(repository_parse(&endpoint, "http://localhost:8080/hfx/lab/x", &repository),
          HF_EENDPOINT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_or_refused),
        cmocka_unit_test(addresses_have_a_longest),
        cmocka_unit_test(the_environment_chooses),
        cmocka_unit_test(only_safe_pages_are_shown),
        cmocka_unit_test(repositories_have_their_forms),
        cmocka_unit_test(pages_are_found_below_a_path),
    };
    return cmocka_run_group_tests_name("hub endpoint", tests, NULL, NULL);
}
