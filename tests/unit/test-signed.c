/* Envelopes: what a pinned signer made opens, and nothing else does; and the line in front of an
 * answer. */
#include "tests/unit/signing.h"

#include <sodium.h>

static struct signing_key signer, other;
static struct signers pinned;
static char *text;
static size_t text_length;

static const char payload[] = "{ \"hello\": 1 }\n";
#define PAYLOAD_LENGTH (sizeof payload - 1)

static int prepare(void **state)
{
    if (start_store(state) != 0)
        return -1;
    signer = new_signer();
    other = new_signer();
    trust(&pinned, &signer);
    OK(signed_make(SIGNED_DOCUMENT, payload, PAYLOAD_LENGTH, &signer, &text, &text_length));
    return 0;
}

static int forget(void **state)
{
    (void)state;
    signing_key_clear(&signer);
    signing_key_clear(&other);
    free(text);
    return 0;
}

/* A block of exactly this size, so that a read behind it is seen. */
static enum hf_error open_exact(const char *bytes, size_t length, const struct signers *signers)
{
    SCOPED(text) char *exact = malloc(length + (length == 0));
    const char *opened = NULL;
    size_t opened_length = 99;
    assert_non_null(exact);
    memcpy(exact, bytes, length);
    enum hf_error error =
        signed_open(SIGNED_DOCUMENT, exact, length, signers, &opened, &opened_length);
    if (error == HF_OK) {
        assert_int_equal(opened_length, PAYLOAD_LENGTH);
        assert_memory_equal(opened, payload, PAYLOAD_LENGTH);
    } else {
        assert_null(opened);
        assert_int_equal(opened_length, 99);
    }
    return error;
}

static enum hf_error open_text(const char *changed)
{
    return open_exact(changed, strlen(changed), &pinned);
}

static enum hf_error with(const char *from, const char *to)
{
    SCOPED(text) char *changed = replaced(text, from, to);
    return open_text(changed);
}

static void signed_payload_comes_back(void **state)
{
    (void)state;
    char line[SIGNED_LINE_MAX], key[64];
    sodium_bin2base64(key, sizeof key, signer.public_key, SIGNER_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
    OK(text_format(line, sizeof line, "hf-token-signed 1 document %s ", key));
    assert_memory_equal(text, line, strlen(line));
    assert_string_equal(strchr(text, '\n') + 1, payload);
    assert_int_equal(strlen(text), text_length);
    OK(open_text(text));
}

static void empty_and_largest_payload_are_signed(void **state)
{
    (void)state;
    static char large[DOCUMENT_MAX + 1];
    static const size_t lengths[] = {0, 1, DOCUMENT_MAX};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        SCOPED(text) char *made = NULL;
        const char *opened = NULL;
        size_t length = 0, opened_length = 99;
        OK(signed_make(SIGNED_HEAD, large, lengths[i], &signer, &made, &length));
        assert_true(length <= SIGNED_MAX);
        OK(signed_open(SIGNED_HEAD, made, length, &pinned, &opened, &opened_length));
        assert_int_equal(opened_length, lengths[i]);
    }
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    FAILS(signed_make(SIGNED_HEAD, large, sizeof large, &signer, &made, &length), HF_ETOOBIG);
    assert_null(made);
}

static void no_kind_passes_for_another(void **state)
{
    (void)state;
    static const char *const names[SIGNED_KIND_COUNT] = {"document", "keys", "head"};
    for (unsigned made_as = 0; made_as < SIGNED_KIND_COUNT; made_as++) {
        SCOPED(text) char *made = NULL;
        size_t length = 0;
        OK(signed_make((enum signed_kind)made_as, payload, PAYLOAD_LENGTH, &signer, &made,
                       &length));
        for (unsigned as = 0; as < SIGNED_KIND_COUNT; as++) {
            const char *opened = NULL;
            /* As it is, and with the other kind's word in the line. */
            SCOPED(text) char *renamed = replaced(made, names[made_as], names[as]);
            const enum hf_error wanted = as == made_as ? HF_OK : HF_EUNSIGNED;
            size_t opened_length = 0;
            FAILS(signed_open((enum signed_kind)as, made, length, &pinned, &opened, &opened_length),
                  wanted);
            FAILS(signed_open((enum signed_kind)as, renamed, strlen(renamed), &pinned, &opened,
                              &opened_length),
                  wanted);
        }
    }
}

static void only_pinned_signers_count(void **state)
{
    (void)state;
    const struct signers nobody = {0};
    struct signers both = {0}, wrong = {0};
    SCOPED(text) char *others = NULL;
    size_t length = 0;
    trust(&wrong, &other);
    trust(&both, &other);
    trust(&both, &signer);
    OK(signed_make(SIGNED_DOCUMENT, payload, PAYLOAD_LENGTH, &other, &others, &length));
    FAILS(open_exact(text, text_length, &nobody), HF_EUNSIGNED);
    FAILS(open_exact(text, text_length, &wrong), HF_EUNSIGNED);
    OK(open_exact(text, text_length, &both));
    OK(open_exact(others, length, &both));
    FAILS(open_exact(others, length, &pinned), HF_EUNSIGNED);
}

/* Who signed stands in the line, but another one's name there helps nobody. */
static void signer_cannot_be_exchanged(void **state)
{
    (void)state;
    char ours[64], theirs[64];
    SCOPED(text) char *others = NULL;
    size_t length = 0;
    sodium_bin2base64(ours, sizeof ours, signer.public_key, SIGNER_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(theirs, sizeof theirs, other.public_key, SIGNER_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
    OK(signed_make(SIGNED_DOCUMENT, payload, PAYLOAD_LENGTH, &other, &others, &length));
    SCOPED(text) char *claimed = replaced(others, theirs, ours);
    FAILS(open_text(claimed), HF_EUNSIGNED);
}

static void any_bit_changed_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < text_length * 8; i++) {
        SCOPED(text) char *changed = strdup(text);
        assert_non_null(changed);
        changed[i / 8] = (char)(changed[i / 8] ^ 1 << i % 8);
        FAILS(open_exact(changed, text_length, &pinned), HF_EUNSIGNED);
    }
}

static void cut_anywhere_or_longer_is_refused(void **state)
{
    (void)state;
    for (size_t length = 0; length < text_length; length++)
        FAILS(open_exact(text, length, &pinned), HF_EUNSIGNED);
    for (int byte = 0; byte < 256; byte++) {
        SCOPED(text) char *longer = malloc(text_length + 1);
        assert_non_null(longer);
        memcpy(longer, text, text_length);
        longer[text_length] = (char)byte;
        FAILS(open_exact(longer, text_length + 1, &pinned), HF_EUNSIGNED);
    }
}

static void line_has_one_form(void **state)
{
    (void)state;
    static const char *const changes[][2] = {
        {"hf-token-signed", "HF-token-signed"            },
        {"hf-token-signed", " hf-token-signed"           },
        {"hf-token-signed", "\nhf-token-signed"          },
        {"hf-token-signed", "\xef\xbb\xbfhf-token-signed"},
        {"signed 1",        "signed 2"                   },
        {"signed 1",        "signed 01"                  },
        {"signed 1",        "signed  1"                  },
        {"signed 1",        "signed\t1"                  },
        {"1 document",      "1 Document"                 },
        {"1 document",      "1 documents"                },
        {"1 document",      "1 "                         },
        {"1 document",      "1 none"                     },
        {" document ",      " document  "                },
        {"= ",              "=  "                        },
        {"= ",              " "                          },
        {"= ",              "=\t"                        },
        {"= ",              "=\n"                        },
        {"= ",              "== "                        },
        {"==\n",            "==\r\n"                     },
        {"==\n",            "== \n"                      },
        {"==\n",            "=\n"                        },
        {"==\n",            "\n"                         },
        {"==\n",            "==\n\n"                     },
        {"==\n",            "=="                         },
        {"==\n",            "== extra\n"                 },
    };
    for (size_t i = 0; i < COUNT(changes); i++)
        if (with(changes[i][0], changes[i][1]) != HF_EUNSIGNED)
            fail_msg("%s for %s opens", changes[i][1], changes[i][0]);
}

/* The last digit before padding has bits that base64 leaves over: 2 of a signer's, 4 of a
   signature's. */
static void base64_has_one_form(void **state)
{
    (void)state;
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    SCOPED(text) char *changed = strdup(text);
    assert_non_null(changed);
    char *const places[] = {strstr(changed, "= ") - 1, strstr(changed, "==\n") - 1};
    for (size_t i = 0; i < COUNT(places); i++) {
        const char was = *places[i];
        for (const char *digit = digits; *digit != '\0'; digit++) {
            *places[i] = *digit;
            FAILS(open_text(changed), *digit == was ? HF_OK : HF_EUNSIGNED);
        }
        *places[i] = was;
    }
    FAILS(with("= ", "- "), HF_EUNSIGNED);
}

/* A signature with the group's order added to its second half is another text of the same one. */
static void signature_has_one_form(void **state)
{
    (void)state;
    static const uint8_t order[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                      0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                      0,    0,    0,    0,    0,    0,    0,    0,
                                      0,    0,    0,    0,    0,    0,    0,    0x10};
    uint8_t signature[SIGNATURE_BYTES];
    char printed[96], again[96];
    const char *at = strstr(text, "= ") + 2;
    size_t length = 0;
    memcpy(printed, at, 88);
    printed[88] = '\0';
    assert_int_equal(sodium_base642bin(signature, sizeof signature, printed, 88, NULL, &length,
                                       NULL, sodium_base64_VARIANT_ORIGINAL),
                     0);
    sodium_add(signature + 32, order, sizeof order);
    sodium_bin2base64(again, sizeof again, signature, sizeof signature,
                      sodium_base64_VARIANT_ORIGINAL);
    FAILS(with(printed, again), HF_EUNSIGNED);
}

static void too_large_is_told_before_anything_else(void **state)
{
    (void)state;
    SCOPED(text) char *large = calloc(1, SIGNED_MAX + 1);
    assert_non_null(large);
    memcpy(large, text, text_length);
    FAILS(open_exact(large, SIGNED_MAX + 1, &pinned), HF_ETOOBIG);
    FAILS(open_exact(large, SIGNED_MAX, &pinned), HF_EUNSIGNED);
}

static const struct {
    const char *line;
    uint64_t confirmed; /* 0: it is refused */
    enum hf_error trouble;
} answers[] = {
    {"confirmed 1790000000 0\nrest",       1790000000,      HF_OK       },
    {"confirmed 1 0\nrest",                1,               HF_OK       },
    {"confirmed 999999999999999 69\nrest", 999999999999999, HF_EUNAVAIL },
    {"confirmed 1790000000 106\nrest",     1790000000,      HF_EUNSIGNED},
    {"confirmed 1790000000 107\nrest",     1790000000,      HF_EROLLBACK},
    {"confirmed 1790000000 67\nrest",      1790000000,      HF_ENOTFOUND},
    {"confirmed 1790000000 113\nrest",     1790000000,      HF_EDEADLINE},
    {"confirmed 1790000000 255\nrest",     1790000000,      HF_EUNAVAIL },
    {"confirmed 1790000000 999\nrest",     1790000000,      HF_EUNAVAIL },

    {"confirmed 1000000000000000 0\nrest", 0,               HF_OK       },
    {"confirmed 0 0\nrest",                0,               HF_OK       },
    {"confirmed 01790000000 0\nrest",      0,               HF_OK       },
    {"confirmed +1790000000 0\nrest",      0,               HF_OK       },
    {"confirmed -1 0\nrest",               0,               HF_OK       },
    {"confirmed 1790000000 00\nrest",      0,               HF_OK       },
    {"confirmed 1790000000 069\nrest",     0,               HF_OK       },
    {"confirmed 1790000000 1000\nrest",    0,               HF_OK       },
    {"confirmed 1790000000 -1\nrest",      0,               HF_OK       },
    {"confirmed 1790000000\nrest",         0,               HF_OK       },
    {"confirmed 1790000000 \nrest",        0,               HF_OK       },
    {"confirmed 1790000000  0\nrest",      0,               HF_OK       },
    {"confirmed 1790000000 0 \nrest",      0,               HF_OK       },
    {"confirmed 1790000000 0\r\nrest",     0,               HF_OK       },
    {"confirmed 1790000000 0",             0,               HF_OK       },
    {"confirmed 1790000000",               0,               HF_OK       },
    {"confirmed 1790000000.5 0\nrest",     0,               HF_OK       },
    {"confirmed 0x1790000 0\nrest",        0,               HF_OK       },
    {"confirmed  1790000000 0\nrest",      0,               HF_OK       },
    {"confirmed \n",                       0,               HF_OK       },
    {"confirmed ",                         0,               HF_OK       },
    {"confirmed",                          0,               HF_OK       },
    {"",                                   0,               HF_OK       },
    {"Confirmed 1790000000 0\nrest",       0,               HF_OK       },
    {" confirmed 1790000000 0\nrest",      0,               HF_OK       },
    {"hf-token-signed 1 document\n",       0,               HF_OK       },
};

static void answers_say_when_and_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(answers); i++) {
        const size_t length = strlen(answers[i].line);
        SCOPED(text) char *exact = malloc(length + (length == 0));
        struct signed_answer answer = {0};
        assert_non_null(exact);
        memcpy(exact, answers[i].line, length);
        enum hf_error error = signed_answer_parse(exact, length, &answer);
        if (error != (answers[i].confirmed == 0 ? HF_EUNSIGNED : HF_OK) ||
            answer.confirmed != answers[i].confirmed || answer.trouble != answers[i].trouble)
            fail_msg("%s gives %s", answers[i].line, error_name(error));
        if (error != HF_OK)
            continue;
        assert_int_equal(answer.length, 4);
        assert_memory_equal(answer.text, "rest", 4);
        assert_string_equal(answer.reason, "");
    }
}

static void answers_may_have_a_reason(void **state)
{
    (void)state;
    static const char good[] = "confirmed 1790000000 112 key: it is \xc3\xa4lter\nrest";
    static const char *const bad[] = {"confirmed 1790000000 112 a\x1b[1mb\nrest",
                                      "confirmed 1790000000 112 a\xff\nrest",
                                      "confirmed 1790000000 112 a"};
    struct signed_answer answer = {0};
    OK(signed_answer_parse(good, sizeof good - 1, &answer));
    assert_int_equal(answer.trouble, HF_ECONFIG);
    assert_string_equal(answer.reason, "key: it is \xc3\xa4lter");
    assert_memory_equal(answer.text, "rest", 4);
    for (size_t i = 0; i < COUNT(bad); i++)
        FAILS(signed_answer_parse(bad[i], strlen(bad[i]), &answer), HF_EUNSIGNED);
    char longest[64 + SOURCE_REASON_MAX] = "confirmed 1790000000 112 ";
    const size_t begin = strlen(longest);
    memset(longest + begin, 'x', SOURCE_REASON_MAX + 1);
    longest[begin + SOURCE_REASON_MAX] = '\n';
    OK(signed_answer_parse(longest, begin + SOURCE_REASON_MAX + 1, &answer));
    assert_int_equal(strlen(answer.reason), SOURCE_REASON_MAX);
    longest[begin + SOURCE_REASON_MAX] = 'x';
    longest[begin + SOURCE_REASON_MAX + 1] = '\n';
    FAILS(signed_answer_parse(longest, begin + SOURCE_REASON_MAX + 2, &answer), HF_EUNSIGNED);
}

static void largest_answer_fits(void **state)
{
    (void)state;
    static const char longest[] = "confirmed 999999999999999 999 \n";
    assert_int_equal(SIGNED_ANSWER_MAX, SIGNED_MAX + sizeof longest - 1 + SOURCE_REASON_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_payload_comes_back),
        cmocka_unit_test(empty_and_largest_payload_are_signed),
        cmocka_unit_test(no_kind_passes_for_another),
        cmocka_unit_test(only_pinned_signers_count),
        cmocka_unit_test(signer_cannot_be_exchanged),
        cmocka_unit_test(any_bit_changed_is_refused),
        cmocka_unit_test(cut_anywhere_or_longer_is_refused),
        cmocka_unit_test(line_has_one_form),
        cmocka_unit_test(base64_has_one_form),
        cmocka_unit_test(signature_has_one_form),
        cmocka_unit_test(too_large_is_told_before_anything_else),
        cmocka_unit_test(answers_say_when_and_why),
        cmocka_unit_test(answers_may_have_a_reason),
        cmocka_unit_test(largest_answer_fits),
    };
    return cmocka_run_group_tests_name("signed", tests, prepare, forget);
}
