/* What the unit tests share: cmocka with all that it wants first, and a few words on top of it. */
#ifndef HF_TESTS_UNIT_CHECK_H
#define HF_TESTS_UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/error.h"
#include "common/io.h"
#include "common/secret.h"

/* The names say more than the numbers. */
#define FAILS(call, error) assert_string_equal(error_name(call), error_name(error))
#define OK(call)           FAILS(call, HF_OK)
#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))

static inline struct secret *secret_of(const char *text)
{
    struct secret *secret = NULL;
    OK(secret_copy(text, strlen(text), &secret));
    return secret;
}

static inline void assert_secret(const struct secret *secret, const char *text)
{
    assert_non_null(secret);
    assert_int_equal(secret_length(secret), strlen(text));
    assert_memory_equal(secret_view(secret), text, strlen(text));
}

/* A text with the first `from` in it replaced; malloc'd. The test fails where there is none. */
static inline char *replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    size_t before = (size_t)(at - text), size = strlen(text) + strlen(to) + 1;
    char *result = malloc(size);
    assert_non_null(result);
    OK(text_format(result, size, "%.*s%s%s", (int)before, text, to, at + strlen(from)));
    return result;
}

#endif
