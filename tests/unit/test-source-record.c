/* What a source keeps in its files: records cut anywhere, generations that may follow another, and
 * how old is too old. */
#include "tests/unit/check.h"

#include "tools/source/freshness.h"
#include "tools/source/highest.h"
#include "tools/source/record.h"

#define BYTES "hf-token-signed 1 document ...\n{}"
#define NOW   1800000000u

static struct record a_record(void)
{
    return (struct record){.confirmed = NOW,
                           .head = 7,
                           .version = {"\"5f3c-2a\""},
                           .bytes = BYTES,
                           .length = strlen(BYTES)};
}

static void printed(const struct record *record, char **out_bytes, size_t *out_length)
{
    OK(record_print(record, out_bytes, out_length));
    assert_int_equal(*out_length, sizeof(struct record_header) + record->length);
}

static void test_record_comes_back(void **state)
{
    (void)state;
    const struct record record = a_record();
    struct record again;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    printed(&record, &bytes, &length);
    OK(record_parse(bytes, length, &again));
    assert_int_equal(again.confirmed, record.confirmed);
    assert_int_equal(again.head, record.head);
    assert_string_equal(again.version.text, record.version.text);
    assert_int_equal(again.length, record.length);
    assert_memory_equal(again.bytes, BYTES, again.length);
}

static void test_record_cut_at_each_byte(void **state)
{
    (void)state;
    const struct record record = a_record();
    struct record again;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    printed(&record, &bytes, &length);
    for (size_t cut = 0; cut < length; cut++) {
        /* In memory of that size, so that ASan sees a byte too many. */
        char *part = malloc(cut + (cut == 0));
        assert_non_null(part);
        memcpy(part, bytes, cut);
        FAILS(record_parse(part, cut, &again), HF_EFORMAT);
        free(part);
    }
}

static void test_record_with_more_behind(void **state)
{
    (void)state;
    const struct record record = a_record();
    struct record again;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    printed(&record, &bytes, &length);
    SCOPED(text) char *longer = calloc(1, length + 1);
    assert_non_null(longer);
    memcpy(longer, bytes, length);
    FAILS(record_parse(longer, length + 1, &again), HF_EFORMAT);
}

/* One header with one member changed. */
static enum hf_error parse_with(void (*change)(struct record_header *header))
{
    const struct record record = a_record();
    struct record again;
    struct record_header header;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    printed(&record, &bytes, &length);
    memcpy(&header, bytes, sizeof header);
    change(&header);
    memcpy(bytes, &header, sizeof header);
    return record_parse(bytes, length, &again);
}

static void other_magic(struct record_header *header)
{
    header->magic[7]++;
}

static void never_confirmed(struct record_header *header)
{
    header->confirmed = 0;
}

static void no_length(struct record_header *header)
{
    header->length = 0;
}

static void great_length(struct record_header *header)
{
    header->length = UINT64_MAX;
}

static void line_end_in_version(struct record_header *header)
{
    header->version[1] = '\n';
}

static void bytes_behind_version(struct record_header *header)
{
    header->version[ENGINE_VERSION_MAX - 1] = 'x';
}

static void version_without_end(struct record_header *header)
{
    memset(header->version, 'x', sizeof header->version);
}

static void test_record_header_changed(void **state)
{
    (void)state;
    void (*const changes[])(struct record_header *) = {
        other_magic,         never_confirmed,      no_length,          great_length,
        line_end_in_version, bytes_behind_version, version_without_end};
    for (size_t i = 0; i < COUNT(changes); i++)
        FAILS(parse_with(changes[i]), HF_EFORMAT);
}

/* What an engine gives as a version goes into a header of the next request. */
static void test_record_drops_an_odd_version(void **state)
{
    (void)state;
    static const char *const odd[] = {"a\r\nX: y", "caf\xc3\xa9", "\x7f"};
    for (size_t i = 0; i < COUNT(odd); i++) {
        struct record record = a_record(), again;
        SCOPED(text) char *bytes = NULL;
        size_t length = 0;
        OK(text_format(record.version.text, sizeof record.version.text, "%s", odd[i]));
        printed(&record, &bytes, &length);
        OK(record_parse(bytes, length, &again));
        assert_string_equal(again.version.text, "");
    }
}

static void test_record_too_large(void **state)
{
    (void)state;
    struct record record = a_record(), again;
    SCOPED(text) char *much = calloc(1, ENGINE_OBJECT_MAX + 1);
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    assert_non_null(much);
    record.bytes = much;
    record.length = ENGINE_OBJECT_MAX + 1;
    FAILS(record_print(&record, &bytes, &length), HF_EFORMAT);
    record.length = 0;
    FAILS(record_print(&record, &bytes, &length), HF_EFORMAT);
    record.length = ENGINE_OBJECT_MAX;
    printed(&record, &bytes, &length);
    assert_int_equal(length, RECORD_MAX);
    OK(record_parse(bytes, length, &again));
}

static struct highest seen_of(uint64_t generation, uint8_t digest)
{
    struct highest highest = {.generation = generation};
    memset(highest.digest, digest, DIGEST_BYTES);
    return highest;
}

static void test_generation_never_goes_down(void **state)
{
    (void)state;
    const struct highest none = {0}, five = seen_of(5, 1), other = seen_of(5, 2),
                         six = seen_of(6, 3), zero = seen_of(0, 4);
    OK(highest_check(&none, &five, false));
    OK(highest_check(&none, &zero, false));
    OK(highest_check(&five, &five, false));
    OK(highest_check(&five, &six, false));
    FAILS(highest_check(&six, &five, false), HF_EROLLBACK);
    FAILS(highest_check(&six, &five, true), HF_EROLLBACK);
    FAILS(highest_check(&five, &other, false), HF_EROLLBACK);
    OK(highest_check(&five, &other, true));
}

static void test_generation_line(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {1, 9, 10, 4294967296u, UINT64_MAX};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const struct highest highest = seen_of(numbers[i], 0xab);
        struct highest again;
        char line[HIGHEST_LINE_MAX + 1];
        OK(highest_print(&highest, line));
        const size_t length = strlen(line);
        OK(highest_parse(line, length, &again));
        assert_memory_equal(&again, &highest, sizeof again);
        for (size_t cut = 0; cut < length; cut++)
            FAILS(highest_parse(line, cut, &again), HF_EFORMAT);
    }
}

static void test_generation_line_malformed(void **state)
{
    (void)state;
#define HEX "abababababababababababababababababababababababababababababababab"
    static const char *const lines[] = {
        "",
        "\n",
        " " HEX "\n",
        "0 " HEX "\n",
        "05 " HEX "\n",
        "-5 " HEX "\n",
        "+5 " HEX "\n",
        "5  " HEX "\n",
        "5 " HEX,
        "5 " HEX "\n\n",
        "5 " HEX "a\n",
        "5 ABababababababababababababababababababababababababababababababab\n",
        "5 gbababababababababababababababababababababababababababababababab\n",
        "18446744073709551616 " HEX "\n",
        "99999999999999999999999 " HEX "\n",
    };
    struct highest highest;
    for (size_t i = 0; i < COUNT(lines); i++)
        FAILS(highest_parse(lines[i], strlen(lines[i]), &highest), HF_EFORMAT);
}

/* A kept record, confirmed so many seconds ago under a head's generation. */
static struct kept kept_of(int64_t age, uint64_t head)
{
    static char file[1];
    return (struct kept){
        .file = file,
        .record = {.confirmed = (uint64_t)((int64_t)NOW - age), .head = head},
    };
}

static struct kept head_of(int64_t age, uint64_t generation, bool open)
{
    struct kept head = kept_of(age, 0);
    head.content.head = (struct head){.generation = generation, .open = open};
    return head;
}

static bool vouched(struct kept object, struct kept head)
{
    return freshness_vouched(&(struct freshness){&object, &head, NOW});
}

static void test_head_vouches(void **state)
{
    (void)state;
    const struct kept nothing = {0};
    assert_true(vouched(kept_of(5000, 7), head_of(0, 7, false)));
    assert_true(vouched(kept_of(5000, 7), head_of(FRESH_HEAD, 7, false)));
    assert_false(vouched(kept_of(5000, 7), head_of(FRESH_HEAD + 1, 7, false)));
    assert_false(vouched(kept_of(0, 7), head_of(0, 8, false)));
    assert_false(vouched(kept_of(0, 7), head_of(0, 7, true)));
    assert_false(vouched(kept_of(0, 0), head_of(0, 0, false)));
    assert_false(vouched(kept_of(0, 7), nothing));
    assert_false(vouched(nothing, head_of(0, 7, false)));
    /* The clock was set back. */
    assert_false(vouched(kept_of(0, 7), head_of(-1, 7, false)));
    assert_false(vouched(kept_of(-1, 7), head_of(0, 7, false)));
}

static uint64_t confirmed(struct kept object, struct kept head)
{
    return freshness_confirmed(&(struct freshness){&object, &head, NOW});
}

static void test_confirmed(void **state)
{
    (void)state;
    const struct kept nothing = {0};
    assert_int_equal(confirmed(nothing, head_of(0, 7, false)), 0);
    assert_int_equal(confirmed(kept_of(500, 7), nothing), NOW - 500);
    assert_int_equal(confirmed(kept_of(500, 7), head_of(100, 7, false)), NOW - 100);
    assert_int_equal(confirmed(kept_of(500, 7), head_of(600, 7, false)), NOW - 500);
    assert_int_equal(confirmed(kept_of(500, 7), head_of(100, 8, false)), NOW - 500);
    assert_int_equal(confirmed(kept_of(500, 7), head_of(100, 7, true)), NOW - 500);
    assert_int_equal(confirmed(kept_of(500, 7), head_of(-5, 7, false)), NOW - 500);
    /* The clock was set back by an hour, and by more. */
    assert_int_equal(confirmed(kept_of(-FRESH_AHEAD, 7), nothing), NOW);
    assert_int_equal(confirmed(kept_of(-FRESH_AHEAD - 1, 7), nothing), 0);
}

static void test_maximum_age(void **state)
{
    (void)state;
    const struct kept nothing = {0};
    struct kept old = kept_of(500, 7), ahead = kept_of(-100000, 7);
    assert_true(freshness_within(&(struct freshness){&old, &nothing, NOW}, 500));
    assert_false(freshness_within(&(struct freshness){&old, &nothing, NOW}, 499));
    assert_false(freshness_within(&(struct freshness){&ahead, &nothing, NOW}, UINT32_MAX));
    assert_false(freshness_within(&(struct freshness){&nothing, &nothing, NOW}, UINT32_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record_comes_back),
        cmocka_unit_test(test_record_cut_at_each_byte),
        cmocka_unit_test(test_record_with_more_behind),
        cmocka_unit_test(test_record_header_changed),
        cmocka_unit_test(test_record_drops_an_odd_version),
        cmocka_unit_test(test_record_too_large),
        cmocka_unit_test(test_generation_never_goes_down),
        cmocka_unit_test(test_generation_line),
        cmocka_unit_test(test_generation_line_malformed),
        cmocka_unit_test(test_head_vouches),
        cmocka_unit_test(test_confirmed),
        cmocka_unit_test(test_maximum_age),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
