/* Memory for secrets that runs out at each place where it is asked for, and memory that is wiped
 * before it goes back. */
#include "tests/unit/check.h"
#include "tests/unit/counted.h"

#include <errno.h>
#include <sys/mman.h>

#include "common/memory.h"
#include "hub/grant.h"
#include "hub/oauth.h"

/* The request that fails; 0 for none. */
static int bad_request, requests;

void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    if (++requests == bad_request) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return __real_mmap(address, length, protection, flags, fd, offset);
}

static enum hf_error device_way(void)
{
    static const char text[] = "{\"device_code\":\"TEST\",\"user_code\":\"AB\","
                               "\"verification_uri\":\"https://hub.example/device\"}";
    SCOPED(device) struct device device = {0};
    return device_parse(text, strlen(text), &device);
}

static enum hf_error oauth_way(void)
{
    static const char text[] = "{\"access_token\":\"hf_TEST\",\"refresh_token\":\"hf_TEST2\","
                               "\"id_token\":\"TEST\"}";
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    enum oauth_state state = OAUTH_TROUBLE;
    return oauth_parse(text, strlen(text), 200, &state, &tokens);
}

static enum hf_error grant_way(void)
{
    SCOPED(grant) struct grant grant = {.client_id = "id"}, again = {0};
    SCOPED(secret) struct secret *text = NULL;
    TRY(endpoint_parse("https://hub.example", &grant.endpoint));
    TRY(secret_copy("hf_TEST", 7, &grant.refresh));
    TRY(grant_print(&grant, &text));
    return grant_parse(text, &again);
}

/* Fails each request in turn until there are no more; how many there were. */
static int fail_each(enum hf_error (*way)(void))
{
    for (int request = 1;; request++) {
        requests = 0;
        bad_request = request;
        enum hf_error error = way();
        bad_request = 0;
        assert_int_equal(secrets_counted, 0);
        if (error == HF_OK)
            return request - 1;
        FAILS(error, HF_ENOMEM);
    }
}

static void want_of_memory_fails_cleanly(void **state)
{
    (void)state;
    assert_int_equal(fail_each(device_way), 2);
    assert_int_equal(fail_each(oauth_way), 4);
    assert_int_equal(fail_each(grant_way), 3);
}

/* What the next free(3) gets must be zero in its first bytes. */
static size_t must_be_zero;

void __real_free(void *memory);
void __wrap_free(void *memory);

void __wrap_free(void *memory)
{
    for (; must_be_zero > 0; must_be_zero--)
        assert_int_equal(((const char *)memory)[must_be_zero - 1], 0);
    __real_free(memory);
}

static void memory_is_wiped(void **state)
{
    (void)state;
    char *text = wiping_strdup("hf_TEST"), *zero = wiping_calloc(3, 5);
    assert_non_null(text);
    assert_non_null(zero);
    for (size_t i = 0; i < 15; i++)
        assert_int_equal(zero[i], 0);
    must_be_zero = 8;
    char *larger = wiping_realloc(text, 4096);
    assert_int_equal(must_be_zero, 0);
    assert_non_null(larger);
    assert_string_equal(larger, "hf_TEST");
    assert_ptr_equal(wiping_realloc(larger, 4000), larger);
    must_be_zero = 4000;
    char *smaller = wiping_realloc(larger, 8);
    assert_int_equal(must_be_zero, 0);
    assert_string_equal(smaller, "hf_TEST");
    must_be_zero = 8;
    wiping_free(smaller);
    assert_int_equal(must_be_zero, 0);
    wiping_free(zero);
    wiping_free(NULL);
    wiping_free(wiping_realloc(NULL, 10));
    wiping_free(wiping_malloc(10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(want_of_memory_fails_cleanly),
        cmocka_unit_test(memory_is_wiped),
    };
    return cmocka_run_group_tests_name("hub memory", tests, NULL, NULL);
}
