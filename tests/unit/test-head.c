/* The head, and each host's keys: exactly these members, in their ranges. */
#include "tests/unit/sealed.h"

#include "store/head.h"
#include "store/host-keys.h"

static const char head_text[] =
    "{\"version\":1,\"generation\":7,\"issued\":1790000000,\"until\":1790086400}";

static enum hf_error parse_head(const char *text, struct head *out_head)
{
    const size_t length = strlen(text);
    SCOPED(text) char *exact = malloc(length + (length == 0));
    assert_non_null(exact);
    memcpy(exact, text, length);
    return head_parse(exact, length, out_head);
}

static enum hf_error head_with(const char *from, const char *to)
{
    struct head head = {.generation = 99};
    SCOPED(text) char *changed = replaced(head_text, from, to);
    enum hf_error error = parse_head(changed, &head);
    assert_true(error == HF_OK || head.generation == 99);
    return error;
}

static void head_comes_back(void **state)
{
    (void)state;
    for (int open = 0; open < 2; open++) {
        const struct head head = {
            .generation = 7, .issued = 1790000000, .until = 1790086400, .open = open == 1};
        struct head again = {0};
        SCOPED(text) char *text = NULL;
        size_t length = 0;
        OK(head_print(&head, &text, &length));
        OK(head_parse(text, length, &again));
        assert_int_equal(again.generation, 7);
        assert_int_equal(again.issued, 1790000000);
        assert_int_equal(again.until, 1790086400);
        assert_int_equal(again.open, open == 1);
    }
}

static void head_is_judged(void **state)
{
    (void)state;
    struct head head;
    OK(parse_head(head_text, &head));
    OK(head_with("\"generation\":7", "\"generation\":999999999999999"));
    OK(head_with("\"generation\":7", "\"generation\":1"));
    FAILS(head_with("\"generation\":7", "\"generation\":0"), HF_EFORMAT);
    OK(head_with("\"until\":1790086400", "\"until\":1790000000"));
    OK(head_with("}", ",\"open\":true}"));
    FAILS(head_with("\"version\":1", "\"version\":2"), HF_EVERSION);
    FAILS(head_with("\"version\":1", "\"version\":2,\"x\":1"), HF_EVERSION);
    FAILS(head_with("}", ",\"open\":false}"), HF_EFORMAT);
    FAILS(head_with("}", ",\"open\":1}"), HF_EFORMAT);
    FAILS(head_with("}", ",\"Open\":true}"), HF_EFORMAT);
    FAILS(head_with("}", ",\"user\":\"alice\"}"), HF_EFORMAT);
    FAILS(head_with("}", ",\"generation\":8}"), HF_EDUPLICATE);
    FAILS(head_with("}", "}{}"), HF_EJSON);
    FAILS(head_with("\"generation\":7,", ""), HF_EFORMAT);
    FAILS(head_with("\"generation\":7", "\"generation\":\"7\""), HF_EFORMAT);
    FAILS(head_with("\"generation\":7", "\"generation\":1000000000000000"), HF_EJSON);
    FAILS(head_with("\"issued\":1790000000,", ""), HF_EFORMAT);
    FAILS(head_with("\"issued\":1790000000", "\"issued\":0"), HF_EFORMAT);
    FAILS(head_with(",\"until\":1790086400", ""), HF_EFORMAT);
    FAILS(head_with("\"until\":1790086400", "\"until\":1789999999"), HF_EFORMAT);
}

static void wrong_dates_are_not_printed(void **state)
{
    (void)state;
    static const struct head heads[] = {
        {.generation = 0,          .issued = 5, .until = 5         },
        {.generation = 1,          .issued = 0, .until = 5         },
        {.generation = 1,          .issued = 6, .until = 5         },
        {.generation = 1,          .issued = 6, .until = UINT64_MAX},
        {.generation = UINT64_MAX, .issued = 5, .until = 5         },
    };
    for (size_t i = 0; i < COUNT(heads); i++) {
        SCOPED(text) char *text = NULL;
        size_t length = 0;
        FAILS(head_print(&heads[i], &text, &length), HF_EFORMAT);
    }
}

static struct host_keys keys;
static char *keys_text;
static size_t keys_length;

static int make_keys(void **state)
{
    (void)state;
    keys = (struct host_keys){
        .generation = 3, .issued = 1790000000, .until = 1790086400, .pool_count = 2};
    memset(keys.host, 1, sizeof keys.host);
    for (size_t i = 0; i < POOLS_MAX; i++) {
        OK(text_format(keys.pools[i].pool, sizeof keys.pools[i].pool, "pool-%zu", i));
        memset(keys.pools[i].public_key, (int)(0x10 + i), KEY_BYTES);
        memset(keys.pools[i].sealed, (int)(0x20 + i), POOL_SEALED_BYTES);
    }
    OK(host_keys_print(&keys, &keys_text, &keys_length));
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    free(keys_text);
    return 0;
}

static enum hf_error keys_with(const char *from, const char *to)
{
    struct host_keys parsed = {.generation = 99};
    SCOPED(text) char *changed = replaced(keys_text, from, to);
    enum hf_error error = host_keys_parse(changed, strlen(changed), keys.host, &parsed);
    assert_true(error == HF_OK || parsed.generation == 99);
    return error;
}

static void host_keys_come_back(void **state)
{
    (void)state;
    for (size_t count = 0; count <= POOLS_MAX; count++) {
        struct host_keys again;
        SCOPED(text) char *text = NULL;
        size_t length = 0;
        keys.pool_count = count;
        OK(host_keys_print(&keys, &text, &length));
        OK(host_keys_parse(text, length, keys.host, &again));
        assert_int_equal(again.generation, 3);
        assert_int_equal(again.issued, 1790000000);
        assert_int_equal(again.until, 1790086400);
        assert_int_equal(again.pool_count, count);
        assert_memory_equal(again.host, keys.host, KEY_BYTES);
        for (size_t i = 0; i < count; i++) {
            assert_string_equal(again.pools[i].pool, keys.pools[i].pool);
            assert_memory_equal(again.pools[i].public_key, keys.pools[i].public_key, KEY_BYTES);
            assert_memory_equal(again.pools[i].sealed, keys.pools[i].sealed, POOL_SEALED_BYTES);
        }
    }
}

static void host_keys_are_one_hosts(void **state)
{
    (void)state;
    struct host_keys parsed;
    const uint8_t other[KEY_BYTES] = {1};
    FAILS(host_keys_parse(keys_text, keys_length, other, &parsed), HF_EUSER);
    OK(host_keys_parse(keys_text, keys_length, keys.host, &parsed));
}

static void host_keys_are_judged(void **state)
{
    (void)state;
    FAILS(keys_with("\"version\": 1", "\"version\": 2"), HF_EVERSION);
    FAILS(keys_with("\"version\": 1", "\"version\": 1, \"user\": \"a\""), HF_EFORMAT);
    FAILS(keys_with("\"host\": \"", "\"host\": \"AAAA"), HF_EFORMAT);
    FAILS(keys_with("\"host\":", "\"hosts\":"), HF_EFORMAT);
    FAILS(keys_with("\"generation\": 3,", ""), HF_EFORMAT);
    FAILS(keys_with("\"generation\": 3", "\"generation\": 0"), HF_EFORMAT);
    FAILS(keys_with("\"until\": 1790086400", "\"until\": 1"), HF_EFORMAT);
    FAILS(keys_with("\"pools\": [", "\"pools\": [ {}, "), HF_EFORMAT);
    FAILS(keys_with("\"pools\": [", "\"pools\": [ null, "), HF_EFORMAT);
    FAILS(keys_with("\"pools\": [", "\"pools\": 1, \"x\": ["), HF_EFORMAT);
    FAILS(keys_with("\"name\": \"pool-0\"", "\"name\": \"\""), HF_EFORMAT);
    FAILS(keys_with("\"name\": \"pool-0\"", "\"name\": \"../x\""), HF_EFORMAT);
    FAILS(keys_with("\"name\": \"pool-0\"", "\"name\": \"-x\""), HF_EFORMAT);
    FAILS(keys_with("\"name\": \"pool-0\",", ""), HF_EFORMAT);
    FAILS(keys_with("\"name\": \"pool-0\"", "\"name\": \"pool-0\", \"kind\": \"pool\""),
          HF_EFORMAT);
    FAILS(keys_with("\"public\": \"", "\"public\": \"AAAA"), HF_EFORMAT);
    FAILS(keys_with("\"sealed\": \"", "\"sealed\": \"AAAA"), HF_EFORMAT);
    /* While a pool gets a new key, it has two. */
    OK(keys_with("\"name\": \"pool-1\"", "\"name\": \"pool-0\""));
}

static void pools_are_counted_and_differ(void **state)
{
    (void)state;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    struct host_keys parsed;
    keys.pool_count = POOLS_MAX;
    OK(host_keys_print(&keys, &text, &length));
    SCOPED(text)
    char *one_more = replaced(
        text, "\"pools\": [",
        "\"pools\": [ {\"name\":\"x\",\"public\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\","
        "\"sealed\":\"\"}, ");
    FAILS(host_keys_parse(one_more, strlen(one_more), keys.host, &parsed), HF_EFORMAT);
    memcpy(keys.pools[1].public_key, keys.pools[0].public_key, KEY_BYTES);
    char *none = NULL;
    FAILS(host_keys_print(&keys, &none, &length), HF_EFORMAT);
    /* The second one's key becomes the first one's. */
    FAILS(keys_with("\"public\": \"ERERERERERERERERERERERERERERERERERERERERERE=\"",
                    "\"public\": \"EBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBA=\""),
          HF_EDUPLICATE);
    keys.pool_count = POOLS_MAX + 1;
    FAILS(host_keys_print(&keys, &none, &length), HF_EFORMAT);
    assert_null(none);
}

#define WITH_KEYS(test) cmocka_unit_test_setup_teardown(test, make_keys, free_keys)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_comes_back),
        cmocka_unit_test(head_is_judged),
        cmocka_unit_test(wrong_dates_are_not_printed),
        WITH_KEYS(host_keys_come_back),
        WITH_KEYS(host_keys_are_one_hosts),
        WITH_KEYS(host_keys_are_judged),
        WITH_KEYS(pools_are_counted_and_differ),
    };
    return cmocka_run_group_tests_name("head", tests, start_store, NULL);
}
