/* What git asks a credential helper, and whether it is the Hub that it asks for. */
#include "tests/unit/check.h"

#include "hub/endpoint.h"
#include "tools/clients/git-protocol.h"

static struct endpoint endpoint_of(const char *url)
{
    struct endpoint endpoint;
    OK(endpoint_parse(url, &endpoint));
    return endpoint;
}

static bool asks(const char *request, const char *url)
{
    const struct text text = {request, strlen(request)};
    const struct endpoint endpoint = endpoint_of(url);
    struct git_request parsed;
    OK(git_request_parse(&text, &parsed));
    return git_request_is_for(&text, &parsed, &endpoint);
}

static void requests_are_read(void **state)
{
    (void)state;
    const char *const request =
        "capability[]=authtype\nprotocol=https\nhost=a\nhost=b:1\npath=x=y\r\n"
        "username=me\npassword=\n\nprotocol=http\n";
    const struct text text = {request, strlen(request)};
    struct git_request parsed;
    OK(git_request_parse(&text, &parsed));
    assert_true(span_equals(&text, parsed.protocol, "https"));
    assert_true(span_equals(&text, parsed.host, "b:1"));
    assert_true(span_equals(&text, parsed.path, "x=y"));
    assert_true(span_equals(&text, parsed.username, "me"));
    assert_int_equal(parsed.password.length, 0);
}

static void malformed_ones_are_refused(void **state)
{
    (void)state;
    static const struct text refused[] = {
        {"protocol",          8 },
        {"a=b\nhost",         8 },
        {"host=a\0b\n",       9 },
        {"protocol=https\nx", 16},
    };
    struct git_request parsed;
    for (size_t i = 0; i < COUNT(refused); i++)
        FAILS(git_request_parse(&refused[i], &parsed), HF_EFORMAT);
    const struct text empty = {"", 0};
    OK(git_request_parse(&empty, &parsed));
    assert_int_equal(parsed.host.length, 0);
}

static void only_the_hub_is_meant(void **state)
{
    (void)state;
    const char *const hub = "https://huggingface.co";
    assert_true(asks("protocol=https\nhost=huggingface.co\n", hub));
    assert_true(asks("protocol=https\nhost=HuggingFace.co:443\npath=a/b\n", hub));
    assert_false(asks("protocol=http\nhost=huggingface.co\n", hub));
    assert_false(asks("protocol=https\nhost=huggingface.co:80\n", hub));
    assert_false(asks("protocol=https\nhost=huggingface.co.example\n", hub));
    assert_false(asks("protocol=https\nhost=xhuggingface.co\n", hub));
    assert_false(asks("protocol=https\nhost=\n", hub));
    assert_false(asks("", hub));
    assert_true(asks("protocol=http\nhost=127.0.0.1:80\n", "http://127.0.0.1"));
    assert_true(asks("protocol=http\nhost=[::1]:8080\n", "http://[::1]:8080"));
}

static void paths_are_within(void **state)
{
    (void)state;
    const char *const hub = "https://site.example/hf";
    assert_true(asks("protocol=https\nhost=site.example\n", hub));
    assert_true(asks("protocol=https\nhost=site.example\npath=hf\n", hub));
    assert_true(asks("protocol=https\nhost=site.example\npath=hf/a/b\n", hub));
    assert_false(asks("protocol=https\nhost=site.example\npath=hfa\n", hub));
    assert_false(asks("protocol=https\nhost=site.example\npath=other/hf\n", hub));
    assert_false(asks("protocol=https\nhost=site.example\npath=hf/../x\n", hub));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read),
        cmocka_unit_test(malformed_ones_are_refused),
        cmocka_unit_test(only_the_hub_is_meant),
        cmocka_unit_test(paths_are_within),
    };
    return cmocka_run_group_tests_name("clients-git", tests, NULL, NULL);
}
