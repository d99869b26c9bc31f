/* Paths of objects: one for each user, and none that leads anywhere else. */
#include "tests/unit/sealed.h"

#include "store/object-path.h"

static const struct {
    const char *user, *path; /* NULL: no path */
} users[] = {
    {"alice",       "users/alice"            },
    {"Alice",       "users/Alice"            },
    {"a.b_c-9",     "users/a.b_c-9"          },
    {"a..b",        "users/a..b"             },
    {"a.",          "users/a."               },
    {"-a",          "users/-a"               },
    {"a b",         "users/a%20b"            },
    {"a%b",         "users/a%25b"            },
    {"a%2Fb",       "users/a%252Fb"          },
    {"a@b.example", "users/a%40b.example"    },
    {"DOM\\a",      "users/DOM%5Ca"          },
    {"a$",          "users/a%24"             },
    {"a+b~c",       "users/a%2Bb%7Ec"        },
    {"a?b#c&d=e",   "users/a%3Fb%23c%26d%3De"},
    {"zo\xc3\xab",  "users/zo%C3%AB"         },
    {"\xff",        "users/%FF"              },
    {":fleet",      "users/%3Afleet"         },
    {"",            NULL                     },
    {".",           NULL                     },
    {"..",          NULL                     },
    {".a",          NULL                     },
    {"a/b",         NULL                     },
    {"../head",     NULL                     },
    {"a\nb",        NULL                     },
    {"a\x7f",       NULL                     },
};

static void users_have_a_path_each(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        struct object_path path = {.text = "untouched"};
        char user[USER_NAME_MAX + 1];
        enum hf_error error = object_path_user(users[i].user, &path);
        if (users[i].path == NULL) {
            FAILS(error, HF_ENAME);
            assert_string_equal(path.text, "untouched");
            continue;
        }
        OK(error);
        assert_string_equal(path.text, users[i].path);
        OK(object_path_parse_user(path.text, user));
        assert_string_equal(user, users[i].user);
    }
}

static void longest_name_has_a_path(void **state)
{
    (void)state;
    char name[USER_NAME_MAX + 2], user[USER_NAME_MAX + 1];
    struct object_path path;
    memset(name, '\xfe', sizeof name);
    name[USER_NAME_MAX + 1] = '\0';
    FAILS(object_path_user(name, &path), HF_ENAME);
    name[USER_NAME_MAX] = '\0';
    OK(object_path_user(name, &path));
    assert_int_equal(strlen(path.text), strlen("users/") + 3 * USER_NAME_MAX);
    OK(object_path_parse_user(path.text, user));
    assert_string_equal(user, name);
    char longer[sizeof path.text + 4];
    OK(text_format(longer, sizeof longer, "%s%%FE", path.text));
    FAILS(object_path_parse_user(longer, user), HF_EFORMAT);
}

/* What an engine may list besides. */
static void other_paths_are_no_users(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "",
        "users",
        "users/",
        "/users/alice",
        "users//alice",
        "Users/alice",
        "hosts/alice",
        "head",
        "alice",
        "users/.",
        "users/..",
        "users/.alice",
        "users/%2E",
        "users/%2E%2E",
        "users/%61lice",
        "users/a%20%",
        "users/a%2",
        "users/a%",
        "users/a%zz",
        "users/a%2g",
        "users/a%2fb",
        "users/a%2Fb",
        "users/a%00",
        "users/a%0Ab",
        "users/a%c3%ab",
        "users/a%C3%ab",
        "users/a b",
        "users/a+b",
        "users/a/b",
        "users/../head",
        "users/a~",
        "users/zo\xc3\xab",
        "users/a\n",
        "users/%41lice",
        "users/a%2Db",
    };
    for (size_t i = 0; i < COUNT(paths); i++) {
        char user[USER_NAME_MAX + 1] = "untouched";
        if (object_path_parse_user(paths[i], user) != HF_EFORMAT)
            fail_msg("%s is %s's", paths[i], user);
        assert_string_equal(user, "untouched");
    }
}

static void hosts_are_named_by_their_key(void **state)
{
    (void)state;
    struct object_path path;
    uint8_t key[KEY_BYTES] = {0xab, 0x01};
    key[KEY_BYTES - 1] = 0xff;
    OK(object_path_host(OBJECT_HOSTS, key, &path));
    assert_string_equal(path.text,
                        "hosts/ab010000000000000000000000000000000000000000000000000000000000ff");
    OK(object_path_host(OBJECT_SEEN, key, &path));
    assert_string_equal(path.text,
                        "seen/ab010000000000000000000000000000000000000000000000000000000000ff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(users_have_a_path_each),
        cmocka_unit_test(longest_name_has_a_path),
        cmocka_unit_test(other_paths_are_no_users),
        cmocka_unit_test(hosts_are_named_by_their_key),
    };
    return cmocka_run_group_tests_name("object-path", tests, start_store, NULL);
}
