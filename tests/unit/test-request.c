/* The session helper's requests: each operation has its own fields, and nothing else passes. */
#include "tests/unit/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tools/session/request.h"

static struct wire_request request_of(uint32_t operation)
{
    return (struct wire_request){.magic = WIRE_MAGIC,
                                 .operation = operation,
                                 .uid = 1000,
                                 .gid = 1000,
                                 .user = "alice",
                                 .home = "/home/alice",
                                 .configuration = "/etc/hf-token.conf"};
}

static enum hf_error read_back(const struct wire_request *request, size_t length)
{
    struct wire_request got;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    OK(io_write(ends[1], request, length));
    close(ends[1]);
    enum hf_error error = request_read(ends[0], clock_ms() + 1000, &got);
    close(ends[0]);
    return error;
}

static bool passes(struct wire_request request)
{
    return read_back(&request, sizeof request) == HF_OK;
}

static void test_the_usual_configuration(void **state)
{
    (void)state;
    struct wire_request request = request_of(WIRE_OPEN);
    (void)snprintf(request.configuration, sizeof request.configuration, "%s", HF_CONF_FILE);
    assert_true(request_is_usual(&request));
    (void)snprintf(request.configuration, sizeof request.configuration, "/etc/other.conf");
    assert_false(request_is_usual(&request));
}

static void test_operations(void **state)
{
    (void)state;
    for (uint32_t operation = 0; operation < 8; operation++)
        assert_int_equal(passes(request_of(operation)),
                         operation >= WIRE_OPEN && operation <= WIRE_FETCH);
    assert_false(passes(request_of(UINT32_MAX)));
}

static void test_each_has_its_fields(void **state)
{
    (void)state;
    for (uint32_t operation = WIRE_OPEN; operation <= WIRE_FETCH; operation++) {
        struct wire_request request = request_of(operation);
        for (uint32_t flags = 1; flags < 16; flags++) {
            request.flags = flags;
            assert_int_equal(passes(request), operation == WIRE_OPEN && flags < 4);
        }
        for (int i = 0; i < 2; i++) {
            request = request_of(operation);
            request.secret_length[i] = 1;
            assert_int_equal(passes(request), operation <= WIRE_REWRAP);
            request.secret_length[i] = PASSWORD_MAX + 1;
            assert_false(passes(request));
        }
        request = request_of(operation);
        request.skip = 1;
        assert_int_equal(passes(request), operation == WIRE_REFRESH);
        request = request_of(operation);
        memcpy(request.name, "main", sizeof "main");
        assert_int_equal(passes(request), operation == WIRE_FETCH);
        memcpy(request.name, "../main", sizeof "../main");
        assert_false(passes(request));
    }
}

static void test_who_it_is_about(void **state)
{
    (void)state;
    struct wire_request request = request_of(WIRE_REFRESH);
    request.uid = 0;
    assert_false(passes(request));
    request.uid = (uint32_t)-1;
    assert_false(passes(request));
    request = request_of(WIRE_FETCH);
    request.gid = (uint32_t)-1;
    assert_false(passes(request));
    request = request_of(WIRE_FETCH);
    memcpy(request.user, "../alice", sizeof "../alice");
    assert_false(passes(request));
    request = request_of(WIRE_FETCH);
    request.home[0] = 'h';
    assert_false(passes(request));
    request = request_of(WIRE_FETCH);
    request.configuration[0] = '\0';
    assert_false(passes(request));
    request = request_of(WIRE_OPEN);
    request.magic++;
    assert_false(passes(request));
}

/* A name without an end is cut: nothing reads on behind the field. */
static void test_no_field_is_without_an_end(void **state)
{
    (void)state;
    struct wire_request request = request_of(WIRE_FETCH);
    memset(request.name, 'a', sizeof request.name);
    memset(request.user, 'a', sizeof request.user);
    assert_true(passes(request));
}

static void test_a_cut_request(void **state)
{
    (void)state;
    const struct wire_request request = request_of(WIRE_OPEN);
    FAILS(read_back(&request, sizeof request - 1), HF_EPROTOCOL);
    FAILS(read_back(&request, 0), HF_EPROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations),      cmocka_unit_test(test_each_has_its_fields),
        cmocka_unit_test(test_who_it_is_about), cmocka_unit_test(test_no_field_is_without_an_end),
        cmocka_unit_test(test_a_cut_request),   cmocka_unit_test(test_the_usual_configuration),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
