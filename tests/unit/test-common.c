/* Secrets, names and the texts of errors. */
#include "tests/unit/check.h"

#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/name.h"

static size_t unmapped_bytes, unmapped_residue;

int __real_munmap(void *address, size_t length);
int __wrap_munmap(void *address, size_t length);

/* Sees what free leaves in the memory that it gives back. */
int __wrap_munmap(void *address, size_t length)
{
    unmapped_bytes += length;
    for (size_t i = 0; i < length; i++)
        unmapped_residue += ((const uint8_t *)address)[i] != 0;
    return __real_munmap(address, length);
}

static void secret_holds_and_cuts(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *secret = NULL;
    OK(secret_new(10, &secret));
    assert_int_equal(secret_length(secret), 0);
    assert_int_equal(secret_capacity(secret), 10);
    memcpy(secret_bytes(secret), "0123456789", 10);
    secret_set_length(secret, 11);
    assert_int_equal(secret_length(secret), 10);
    assert_string_equal(secret_view(secret), "0123456789");
    secret_set_length(secret, 4);
    assert_memory_equal(secret_view(secret), "0123\0\0\0\0\0\0", 11);
}

static void secrets_are_compared(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *one = NULL;
    SCOPED(secret) struct secret *other = NULL;
    OK(secret_copy("abc", 3, &one));
    OK(secret_copy("abc", 3, &other));
    assert_true(secret_equals(one, other));
    secret_set_length(other, 2);
    assert_false(secret_equals(one, other));
    secret_set_length(one, 2);
    assert_true(secret_equals(one, other));
    secret_bytes(one)[1] = 'x';
    assert_false(secret_equals(one, other));
}

static void secret_refuses_silly_sizes(void **state)
{
    (void)state;
    struct secret *secret = NULL;
    FAILS(secret_new(0, &secret), HF_ENOMEM);
    FAILS(secret_new(SIZE_MAX, &secret), HF_ENOMEM);
    FAILS(secret_new(SIZE_MAX - 100, &secret), HF_ENOMEM);
    FAILS(secret_new(SIZE_MAX / 2, &secret), HF_ENOMEM);
    assert_null(secret);
    secret_free(NULL);
}

static void secret_is_wiped_when_freed(void **state)
{
    (void)state;
    struct secret *secret = NULL;
    OK(secret_new(10000, &secret));
    memset(secret_bytes(secret), 'x', 10000);
    unmapped_bytes = unmapped_residue = 0;
    secret_free(secret);
    assert_true(unmapped_bytes >= 10000);
    assert_int_equal(unmapped_residue, 0);
}

/* The flags of the mapping that holds `address`, as /proc/self/smaps has them. */
static void read_flags(const void *address, char flags[static 256])
{
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[4096];
    bool inside = false;
    assert_non_null(maps);
    flags[0] = '\0';
    while (fgets(line, sizeof line, maps) != NULL) {
        unsigned long from, to;
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
            inside = from <= (unsigned long)address && (unsigned long)address < to;
        else if (inside && strncmp(line, "VmFlags:", 8) == 0)
            OK(text_format(flags, 256, "%.250s", line));
    }
    fclose(maps);
}

static void secret_is_locked_and_not_dumped(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *secret = secret_of("hf_TEST");
    char flags[256];
    read_flags(secret_view(secret), flags);
    if (flags[0] == '\0')
        skip();
    if (HF_TEST_LOCKS)
        assert_non_null(strstr(flags, " lo"));
    assert_non_null(strstr(flags, " dd"));
    assert_non_null(strstr(flags, " wf"));
}

static void secret_is_gone_in_a_child(void **state)
{
    (void)state;
    SCOPED(secret) struct secret *secret = secret_of("hf_TEST");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int seen = secret_view(secret)[0];
        secret_free(secret);
        _exit(seen);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_secret(secret, "hf_TEST");
}

/* Names of each kind: what is usable, and what is not. */
static const struct {
    const char *name;
    bool token, user, source;
} names[] = {
    {"main",                              true,  true,  true },
    {"a",                                 true,  true,  true },
    {"A.b_c-9",                           true,  true,  false},
    {"9lives",                            true,  true,  false},
    {"a-9",                               true,  true,  true },
    {"",                                  false, false, false},
    {".hidden",                           false, false, false},
    {"..",                                false, false, false},
    {"-n",                                false, true,  false},
    {"a/b",                               false, false, false},
    {"a b",                               false, true,  false},
    {"a\nb",                              false, false, false},
    {"a\x7f",                             false, false, false},
    {"caf\xc3\xa9",                       false, true,  false},
    {"DOM\\alice",                        false, true,  false},
    {"1234567890123456789012345678901a",  true,  true,  false},
    {"a23456789012345678901234567890b",   true,  true,  true },
    {"a234567890123456789012345678901bc", true,  true,  false},
};

static void names_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(token_name_valid(names[i].name), names[i].token);
        assert_int_equal(user_name_valid(names[i].name), names[i].user);
        assert_int_equal(source_name_valid(names[i].name), names[i].source);
    }
}

static void names_have_a_longest(void **state)
{
    (void)state;
    char name[USER_NAME_MAX + 2];
    memset(name, 'a', sizeof name);
    name[TOKEN_NAME_MAX] = '\0';
    assert_true(token_name_valid(name));
    name[TOKEN_NAME_MAX] = 'a';
    name[TOKEN_NAME_MAX + 1] = '\0';
    assert_false(token_name_valid(name));
    name[TOKEN_NAME_MAX + 1] = 'a';
    name[USER_NAME_MAX] = '\0';
    assert_true(user_name_valid(name));
    name[USER_NAME_MAX] = 'a';
    name[USER_NAME_MAX + 1] = '\0';
    assert_false(user_name_valid(name));
}

static void tokens_are_judged(void **state)
{
    (void)state;
    static char longest[TOKEN_MAX + 1];
    memset(longest, '~', sizeof longest);
    assert_true(token_valid("hf_TEST", 7));
    assert_true(token_valid("!", 1));
    assert_true(token_valid(longest, TOKEN_MAX));
    assert_false(token_valid(longest, TOKEN_MAX + 1));
    assert_false(token_valid("", 0));
    assert_false(token_valid("hf TEST", 7));
    assert_false(token_valid("hf_TEST\n", 8));
    assert_false(token_valid("hf\0TEST", 7));
    assert_false(token_valid("hf\x7f", 3));
    assert_false(token_valid("hf\xc3\xa9", 4));
}

static void errors_have_texts(void **state)
{
    (void)state;
    assert_string_equal(error_name(HF_EJSON), "HF_EJSON");
    assert_string_equal(error_text(HF_EJSON), "it is not strict JSON");
    assert_string_equal(error_name(HF_EPROTOCOL), "HF_EPROTOCOL");
    assert_string_equal(error_text(HF_ERROR_COUNT), "unknown error");
    assert_string_equal(error_name((enum hf_error) - 1), "unknown");
    for (int i = 0; i < HF_ERROR_COUNT; i++)
        assert_true(strlen(error_text((enum hf_error)i)) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secret_holds_and_cuts),
        cmocka_unit_test(secrets_are_compared),
        cmocka_unit_test(secret_refuses_silly_sizes),
        cmocka_unit_test(secret_is_wiped_when_freed),
        cmocka_unit_test(secret_is_locked_and_not_dumped),
        cmocka_unit_test(secret_is_gone_in_a_child),
        cmocka_unit_test(names_are_judged),
        cmocka_unit_test(names_have_a_longest),
        cmocka_unit_test(tokens_are_judged),
        cmocka_unit_test(errors_have_texts),
    };
    return cmocka_run_group_tests_name("common", tests, NULL, NULL);
}
