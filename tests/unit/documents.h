/* What sealed documents of the tests share: one of alice's with two tokens, and its text. */
#ifndef HF_TESTS_UNIT_DOCUMENTS_H
#define HF_TESTS_UNIT_DOCUMENTS_H

#include "tests/unit/sealed.h"

static struct document *document;
static char *text;
static size_t text_length;

static inline int make_document(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    struct sealed_token one = sealed_for(&pair, "main", "hf_TEST1");
    struct sealed_token two = sealed_for(&pair, "second", "hf_TEST2");
    document = NULL;
    OK(document_new("alice", &document));
    OK(document_put(document, &one));
    OK(document_put(document, &two));
    document->generation = 3;
    OK(document_print(document, &text, &text_length));
    return 0;
}

static inline int free_document(void **state)
{
    (void)state;
    document_free(document);
    free(text);
    return 0;
}

static inline enum hf_error parse_bytes(const char *bytes, size_t length, const char *user)
{
    SCOPED(document) struct document *parsed = NULL;
    enum hf_error error = document_parse(bytes, length, user, &parsed);
    assert_int_equal(parsed != NULL, error == HF_OK);
    return error;
}

#define WITH_DOCUMENT(test) cmocka_unit_test_setup_teardown(test, make_document, free_document)

#endif
