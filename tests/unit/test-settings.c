/* The settings of a fleet: what they take, and in which line a mistake is. */
#include "tests/unit/check.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "site/settings.h"
#include "site/value.h"

#define FILE_NAME "tests/unit/settings.conf"

static struct site_settings parsed(const char *text)
{
    struct site_settings settings;
    struct settings_mistake mistake = {.line = 99};
    OK(settings_parse(text, &settings, &mistake));
    assert_int_equal(mistake.line, 0);
    return settings;
}

static void test_nothing(void **state)
{
    (void)state;
    const struct site_settings settings = parsed("# nothing\n\n; either\n");
    for (int kind = 0; kind < ENGINE_KIND_COUNT; kind++) {
        assert_int_equal(settings.engines[kind].kind, kind);
        assert_int_equal(settings.engines[kind].address_count, 0);
    }
    assert_string_equal(settings.engines[ENGINE_ETCD].prefix, "/hf-token/");
    assert_int_equal(settings.maximum_age, 86400);
    assert_int_equal(settings.lifetime, 86400);
    assert_int_equal(settings.demand, DEMAND_NOBODY);
    assert_int_equal(settings.demand_lifetime, 600);
}

static void test_servers(void **state)
{
    (void)state;
    const struct site_settings settings =
        parsed("[https]\nurl = https://a.test/hf/\nurl=https://[::1]:8443\r\n"
               "authorities = /etc/ca.pem\ncertificate=/c.pem\nkey = /k.pem\n"
               "single-writer = yes\n"
               "[etcd]\nendpoint: https://b.test:2379\nprefix = /lab/\nuser = host\n"
               "password-file = /etc/with space\n");
    const struct site_engine *https = &settings.engines[ENGINE_HTTPS];
    const struct site_engine *etcd = &settings.engines[ENGINE_ETCD];
    assert_int_equal(https->address_count, 2);
    assert_string_equal(https->addresses[0], "https://a.test/hf");
    assert_string_equal(https->addresses[1], "https://[::1]:8443");
    assert_string_equal(https->authorities, "/etc/ca.pem");
    assert_string_equal(https->certificate, "/c.pem");
    assert_string_equal(https->key, "/k.pem");
    assert_true(https->single_writer);
    assert_string_equal(etcd->addresses[0], "https://b.test:2379");
    assert_string_equal(etcd->prefix, "/lab/");
    assert_string_equal(etcd->user, "host");
    assert_string_equal(etcd->password_file, "/etc/with space");
    assert_false(etcd->single_writer);
}

static void test_others(void **state)
{
    (void)state;
    struct site_settings settings =
        parsed("[folder]\npath=/srv/hf\ncommand = rsync -a /srv/hf/ www:/hf/\n[cache]\n"
               "maximum-age = 2h\n[refresh]\nlifetime=30m\n[on-demand]\nallow = group:lab users\n"
               "lifetime=90s\n");
    assert_string_equal(settings.engines[ENGINE_FOLDER].addresses[0], "/srv/hf");
    assert_string_equal(settings.engines[ENGINE_FOLDER].command, "rsync -a /srv/hf/ www:/hf/");
    assert_int_equal(settings.maximum_age, 7200);
    assert_int_equal(settings.lifetime, 1800);
    assert_int_equal(settings.demand, DEMAND_GROUP);
    assert_string_equal(settings.demand_group, "lab users");
    assert_int_equal(settings.demand_lifetime, 90);
    assert_int_equal(parsed("[on-demand]\nallow = all\n").demand, DEMAND_ALL);
    assert_int_equal(parsed("[on-demand]\nallow = session\n").demand, DEMAND_SESSION);
    assert_int_equal(parsed("[on-demand]\nallow = nobody\n").demand, DEMAND_NOBODY);
    assert_int_equal(parsed("[cache]\nmaximum-age = 366d").maximum_age, 366 * 86400);
    /* A section may stand there in two parts. */
    settings = parsed("[https]\nurl=https://a\n[cache]\nmaximum-age=1d\n[https]\nurl=https://b\n");
    assert_int_equal(settings.engines[ENGINE_HTTPS].address_count, 2);
}

static const struct {
    const char *text;
    unsigned line;
    const char *why;
} mistakes[] = {
    {"[nothing]\n",                                                       1,  "there is no section of that name"                    },
    {"[https]\nurl=https://a\n\n[Etcd]\n",                                4,  "there is no section of that name"                    },
    {"[https\nurl=https://a\n",                                           1,  "there is no section of that name"                    },
    {"url=https://a\n",                                                   1,  "it stands in no section"                             },
    {"[https]\nendpoint=https://a\n",                                     2,  "its section has no setting of that name"             },
    {"[https]\nURL=https://a\n",                                          2,  "its section has no setting of that name"             },
    {"[https]\nurl\n",                                                    2,  "it is no NAME = VALUE"                               },
    {"[https]\nurl=\n",                                                   2,  WANT_URL                                              },
    {"[https]\nurl=http://a\n",                                           2,  WANT_URL                                              },
    {"[https]\nurl=http://127.0.0.1\n",                                   2,  WANT_URL                                              },
    {"[https]\nurl=https://\n",                                           2,  WANT_URL                                              },
    {"[https]\nurl=https:///a\n",                                         2,  WANT_URL                                              },
    {"[https]\nurl=https://:1\n",                                         2,  WANT_URL                                              },
    {"[https]\nurl=https://user:word@a\n",                                2,  WANT_URL                                              },
    {"[https]\nurl=https://a?b\n",                                        2,  WANT_URL                                              },
    {"[https]\nurl=https://a/../b\n",                                     2,  WANT_URL                                              },
    {"[https]\nurl=https://a/%2e\n",                                      2,  WANT_URL                                              },
    {"[https]\nurl=https://a b\n",                                        2,  WANT_URL                                              },
    {"[https]\nurl=HTTPS://a\n",                                          2,  WANT_URL                                              },
    {"[https]\nurl=https://a\nkey=/k\nkey=/k\ncertificate=/c\n",          4,  "it is set twice"                                     },
    {"[https]\nurl=https://a\nkey=k.pem\ncertificate=/c\n",               3,  WANT_PATH                                             },
    {"[https]\nurl=https://a\nkey=/k\n",                                  3,  "of certificate and key one is missing in its section"},
    {"[https]\nurl=https://a\nuser=me\n\n",                               3,
     "of user and password-file one is missing in its section"                                                                      },
    {"[https]\nurl=https://a\npassword-file=/p\n",                        3,
     "of user and password-file one is missing in its section"                                                                      },
    {"[https]\nurl=https://a\nuser=a:b\npassword-file=/p\n",              3,  WANT_USER                                             },
    {"[https]\nurl=https://a\nsingle-writer=true\n",                      3,  WANT_FLAG                                             },
    {"[https]\nauthorities=/a\n",                                         2,  "url is missing in its section"                       },
    {"[https]\nurl=https://a\nprefix=/a/\n",                              3,  "its section has no setting of that name"             },
    {"[https]\nurl=https://a\n url=https://b\n",                          3,  "it must not begin with a space"                      },
    {"[etcd]\nendpoint=https://a\n\tprefix=/a\n",                         3,  "it must not begin with a space"                      },
    {"[etcd]\nendpoint=https://a\nprefix=\n",                             3,  WANT_PREFIX                                           },
    {"[etcd]\nendpoint=https://a\nprefix=/\303\244/\n",                   3,  WANT_PREFIX                                           },
    {"[etcd]\nendpoint=https://a\nprefix=/a/\nprefix=/b/\n",              4,  "it is set twice"                                     },
    {"[etcd]\nprefix=/a/\n",                                              2,  "endpoint is missing in its section"                  },
    {"[folder]\npath=srv\n",                                              2,  WANT_PATH                                             },
    {"[folder]\npath=/a\npath=/b\n",                                      3,  "it is set twice"                                     },
    {"[folder]\npath=/a\033[2J\n",                                        2,  WANT_PATH                                             },
    {"[folder]\npath=/a\ncommand=cp /a /b ; cp /a /c\n",                  3,
     "a semicolon behind a space would begin a comment"                                                                             },
    {"[cache]\nmaximum-age=1d\t; a day\n",                                2,  "a semicolon behind a space would begin a comment"    },
    {"[folder]\ncommand=true\n",                                          2,  "path is missing in its section"                      },
    {"[cache]\nmaximum-age=1\n",                                          2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=0s\n",                                         2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=d\n",                                          2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=-1d\n",                                        2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=1w\n",                                         2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=1d1h\n",                                       2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=367d\n",                                       2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=4294967297s\n",                                2,  WANT_DURATION                                         },
    {"[cache]\nmaximum-age=99999999d\n",                                  2,  WANT_DURATION                                         },
    {"[cache]\nlifetime=1d\n",                                            2,  "its section has no setting of that name"             },
    {"[on-demand]\nallow=everybody\n",                                    2,  "nobody, all, session or group:NAME is wanted"        },
    {"[on-demand]\nallow=group:\n",                                       2,  "nobody, all, session or group:NAME is wanted"        },
    {"[on-demand]\nallow=group:a/b\n",                                    2,  "nobody, all, session or group:NAME is wanted"        },
    {"[on-demand]\nallow=all\nallow=all\n",                               3,  "it is set twice"                                     },
    {"[https]\nurl=https://1\nurl=https://2\nurl=https://3\nurl=https://4\nurl=https://5\n"
     "url=https://6\nurl=https://7\nurl=https://8\nurl=https://9\n", 10, WANT_URL                                              },
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct site_settings settings = {.lifetime = 7};
        struct settings_mistake mistake = {0};
        const enum hf_error error = settings_parse(mistakes[i].text, &settings, &mistake);
        if (error != HF_ECONFIG || mistake.line != mistakes[i].line ||
            strcmp(mistake.why, mistakes[i].why) != 0)
            fail_msg("%s: %s in line %u, \"%s\"", mistakes[i].text, error_name(error), mistake.line,
                     mistake.why);
        assert_int_equal(settings.lifetime, 7);
    }
}

/* inih would take the end of a long line for a line of its own. */
static void test_long_lines(void **state)
{
    (void)state;
    char text[1024], path[400];
    struct site_settings settings;
    struct settings_mistake mistake = {0};
    memset(path, 'x', sizeof path);
    path[sizeof path - 1] = '\0';
    for (int length = 150; length < 350; length++) {
        OK(text_format(text, sizeof text, "[folder]\npath=/%.*s\n", length, path));
        if (settings_parse(text, &settings, &mistake) == HF_OK)
            assert_int_equal(strlen(settings.engines[ENGINE_FOLDER].addresses[0]), length + 1);
        else
            assert_int_equal(mistake.line, 2);
    }
    OK(text_format(text, sizeof text, "# %s\n[cache]\nmaximum-age = 1h\n", path));
    FAILS(settings_parse(text, &settings, &mistake), HF_ECONFIG);
    assert_int_equal(mistake.line, 1);
}

static void write_file(const char *bytes, size_t length, mode_t mode)
{
    (void)unlink(FILE_NAME);
    SCOPED(fd) int fd = open(FILE_NAME, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    OK(io_write(fd, bytes, length));
    assert_int_equal(fchmod(fd, mode), 0);
}

static void test_files(void **state)
{
    (void)state;
    static const char hidden[] = "[cache]\nmaximum-age = 1h\n\0[nothing]\n";
    struct site_settings settings;
    struct settings_mistake mistake = {0};
    (void)unlink(FILE_NAME);
    FAILS(settings_read_own(FILE_NAME, &settings, &mistake), HF_ENOTFOUND);
    write_file("[cache]\nmaximum-age = 1h\n", 25, 0644);
    OK(settings_read_own(FILE_NAME, &settings, &mistake));
    assert_int_equal(settings.maximum_age, 3600);
    write_file("", 0, 0600);
    OK(settings_read_own(FILE_NAME, &settings, &mistake));
    assert_int_equal(settings.maximum_age, 86400);
    write_file(hidden, sizeof hidden - 1, 0600);
    FAILS(settings_read_own(FILE_NAME, &settings, &mistake), HF_ECONFIG);
    assert_int_equal(mistake.line, 3);
    assert_string_equal(mistake.why, "it has a zero byte");
    write_file("[cache]\n", 8, 0666);
    FAILS(settings_read_own(FILE_NAME, &settings, &mistake), HF_EMODE);
    (void)unlink(FILE_NAME);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing),    cmocka_unit_test(test_servers),
        cmocka_unit_test(test_others),     cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_long_lines), cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
