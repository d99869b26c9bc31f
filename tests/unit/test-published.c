/* Published documents: dated, signed, and for one user. */
#include "tests/unit/documents.h"
#include "tests/unit/signing.h"

#include "store/dates.h"
#include "store/published.h"

#define ISSUED 1790000000
#define UNTIL  1790086400

static struct signing_key signer;
static struct signers pinned;

static int make_published(void **state)
{
    (void)make_document(state);
    free(text);
    text = NULL;
    signer = new_signer();
    pinned = (struct signers){0};
    trust(&pinned, &signer);
    document->issued = ISSUED;
    document->until = UNTIL;
    OK(document_print(document, &text, &text_length));
    return 0;
}

static int free_published(void **state)
{
    signing_key_clear(&signer);
    return free_document(state);
}

/* Signs any text, as only a signer that went wrong would, and opens it at that time. */
static enum hf_error open_at(const char *payload, const char *user, uint64_t now)
{
    SCOPED(document) struct document *opened = NULL;
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    OK(signed_make(SIGNED_DOCUMENT, payload, strlen(payload), &signer, &made, &length));
    enum hf_error error = document_open_signed(made, length, user, &pinned, now, &opened);
    assert_int_equal(opened != NULL, error == HF_OK);
    return error;
}

static enum hf_error with(const char *from, const char *to)
{
    SCOPED(text) char *changed = replaced(text, from, to);
    return open_at(changed, "alice", ISSUED);
}

static void published_document_comes_back(void **state)
{
    (void)state;
    SCOPED(document) struct document *opened = NULL;
    SCOPED(text) char *made = NULL, *printed = NULL;
    size_t length = 0;
    memset(document->tokens[1].mark, 7, TOKEN_MARK_BYTES);
    document->tokens[1].has_mark = true;
    OK(document_sign(document, &signer, &made, &length));
    OK(document_open_signed(made, length, "alice", &pinned, ISSUED, &opened));
    assert_int_equal(opened->issued, ISSUED);
    assert_int_equal(opened->until, UNTIL);
    assert_int_equal(opened->token_count, 2);
    assert_false(opened->tokens[0].has_mark);
    assert_true(opened->tokens[1].has_mark);
    assert_memory_equal(opened->tokens[1].mark, document->tokens[1].mark, TOKEN_MARK_BYTES);
    OK(document_print(opened, &printed, &length));
    assert_string_equal(printed, strchr(made, '\n') + 1);
}

/* A revocation of all is a statement too. */
static void document_without_a_token_is_published(void **state)
{
    (void)state;
    SCOPED(document) struct document *opened = NULL;
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    OK(document_remove(document, "main"));
    OK(document_remove(document, "second"));
    OK(document_sign(document, &signer, &made, &length));
    OK(document_open_signed(made, length, "alice", &pinned, ISSUED, &opened));
    assert_int_equal(opened->token_count, 0);
}

static void document_has_its_time(void **state)
{
    (void)state;
    OK(open_at(text, "alice", ISSUED));
    OK(open_at(text, "alice", UNTIL - 1));
    FAILS(open_at(text, "alice", UNTIL), HF_EOUTDATED);
    FAILS(open_at(text, "alice", UINT64_MAX), HF_EOUTDATED);
    /* The clock of this machine may be behind the admin's, by a day. */
    OK(open_at(text, "alice", ISSUED - 3600));
    OK(open_at(text, "alice", ISSUED - DATES_AHEAD));
    FAILS(open_at(text, "alice", ISSUED - DATES_AHEAD - 1), HF_EFUTURE);
    FAILS(open_at(text, "alice", 0), HF_EFUTURE);
}

/* What a signer who has gone has left must not outlast all that comes after. */
static void generation_is_not_of_the_future(void **state)
{
    (void)state;
    static const uint64_t first = 1, most = 1000ULL * (ISSUED + DATES_AHEAD) + 999;
    OK(dates_check(first, ISSUED, UNTIL, ISSUED));
    OK(dates_check(most, ISSUED, UNTIL, ISSUED));
    FAILS(dates_check(most + 1, ISSUED, UNTIL, ISSUED), HF_EFUTURE);
    FAILS(dates_check(999999999999999, ISSUED, UNTIL, ISSUED), HF_EFUTURE);
    FAILS(dates_check(UINT64_MAX, ISSUED, UNTIL, ISSUED), HF_EFUTURE);
    OK(dates_check(UINT64_MAX, ISSUED, UINT64_MAX, UINT64_MAX - 1));
    FAILS(with("\"generation\": 3", "\"generation\": 999999999999999"), HF_EFUTURE);
}

static void dates_are_both_there_and_in_order(void **state)
{
    (void)state;
    static const char issued[] = "\"issued\": 1790000000", until[] = "\"until\": 1790086400";
    OK(with(until, "\"until\": 1790000001"));
    FAILS(with(until, "\"until\": 1790000000"), HF_EOUTDATED);
    FAILS(with(until, "\"until\": 1789999999"), HF_EFORMAT);
    FAILS(with(until, "\"until\": 0"), HF_EFORMAT);
    FAILS(with(until, "\"until\": \"1790086400\""), HF_EFORMAT);
    FAILS(with(until, "\"until\": null"), HF_EFORMAT);
    FAILS(with(until, "\"until\": 1790086400.5"), HF_EJSON);
    FAILS(with(until, "\"until\": 1000000000000000"), HF_EJSON);
    FAILS(with(until, "\"until\": 1, \"until\": 1790086400"), HF_EDUPLICATE);
    FAILS(with(issued, "\"issued\": 0"), HF_EFORMAT);
    FAILS(with(issued, "\"issued\": -1"), HF_EJSON);
    FAILS(with(issued, "\"issued\": true"), HF_EFORMAT);
    FAILS(with("\"issued\": 1790000000,", ""), HF_EFORMAT);
    FAILS(with("\"until\": 1790086400,", ""), HF_EFORMAT);
}

static void undated_document_is_not_published(void **state)
{
    (void)state;
    SCOPED(text) char *undated = replaced(text, "\"issued\": 1790000000,", "");
    SCOPED(text) char *plain = replaced(undated, "\"until\": 1790086400,", "");
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    OK(parse_bytes(plain, strlen(plain), "alice"));
    FAILS(open_at(plain, "alice", ISSUED), HF_EFORMAT);
    FAILS(with("\"generation\": 3", "\"generation\": 0"), HF_EFORMAT);
    document->generation = 0;
    FAILS(document_sign(document, &signer, &made, &length), HF_EFORMAT);
    document->generation = 3;
    document->issued = document->until = 0;
    FAILS(document_sign(document, &signer, &made, &length), HF_EFORMAT);
    document->until = UNTIL;
    FAILS(document_print(document, &made, &length), HF_EFORMAT);
    document->issued = UNTIL + 1;
    FAILS(document_print(document, &made, &length), HF_EFORMAT);
    assert_null(made);
}

static void marks_are_of_their_length(void **state)
{
    (void)state;
    OK(with("\"name\": \"main\"", "\"mark\": \"AAAAAAAAAAAAAAAAAAAAAA==\", \"name\": \"main\""));
    FAILS(with("\"name\": \"main\"", "\"mark\": \"AAAAAAAAAAAAAAAAAAAAAAA=\", \"name\": \"main\""),
          HF_EFORMAT);
    FAILS(with("\"name\": \"main\"", "\"mark\": \"AAAAAAAAAAAAAAAAAAAA\", \"name\": \"main\""),
          HF_EFORMAT);
    FAILS(with("\"name\": \"main\"", "\"mark\": \"AAAAAAAAAAAAAAAAAAAAAB==\", \"name\": \"main\""),
          HF_EFORMAT);
    FAILS(with("\"name\": \"main\"", "\"mark\": \"\", \"name\": \"main\""), HF_EFORMAT);
    FAILS(with("\"name\": \"main\"", "\"mark\": null, \"name\": \"main\""), HF_EFORMAT);
    FAILS(with("\"name\": \"main\"", "\"mark\": true, \"name\": \"main\""), HF_EFORMAT);
}

static void document_is_its_users(void **state)
{
    (void)state;
    FAILS(open_at(text, "bob", ISSUED), HF_EUSER);
    FAILS(open_at(text, "Alice", ISSUED), HF_EUSER);
    FAILS(open_at(text, "alice ", ISSUED), HF_EUSER);
}

/* Nothing that nobody signed is looked into: not even its being too old, or malformed, is told. */
static void signature_comes_first(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "{}", "hf-token-signed 1 document", "\xff\xfe"};
    const struct signers nobody = {0};
    SCOPED(document) struct document *opened = NULL;
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    OK(document_sign(document, &signer, &made, &length));
    FAILS(document_open_signed(made, length, "bob", &nobody, UNTIL, &opened), HF_EUNSIGNED);
    FAILS(document_open_signed(text, text_length, "alice", &pinned, ISSUED, &opened), HF_EUNSIGNED);
    for (size_t i = 0; i < COUNT(texts); i++)
        FAILS(document_open_signed(texts[i], strlen(texts[i]), "alice", &pinned, ISSUED, &opened),
              HF_EUNSIGNED);
    assert_null(opened);
}

static void signed_document_may_be_malformed(void **state)
{
    (void)state;
    FAILS(open_at("", "alice", ISSUED), HF_EJSON);
    FAILS(open_at("{}", "alice", ISSUED), HF_EFORMAT);
    FAILS(with("\"version\": 1", "\"version\": 2"), HF_EVERSION);
    FAILS(with("\"version\": 1", "\"version\": 1, \"x\": 1"), HF_EFORMAT);
}

/* The document that json.h counts: all members, all tokens, all slots, all organisations. */
static void largest_count_of_values_fits(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair pair = new_pair();
    SCOPED(document) struct document *full = NULL;
    SCOPED(text) char *made = NULL;
    size_t length = 0;
    OK(document_new("a", &full));
    full->issued = full->until = 1;
    for (size_t i = 0; i < TOKENS_MAX; i++) {
        char name[8];
        OK(text_format(name, sizeof name, "%zu", i));
        struct sealed_token sealed = sealed_for(&pair, name, "hf_TEST");
        for (size_t j = 1; j < SLOTS_MAX; j++)
            sealed.slots[j] = sealed.slots[0];
        sealed.slot_count = SLOTS_MAX;
        sealed.has_grant = sealed.has_mark = true;
        sealed.about = (struct token_about){
            .checked = 1, .endpoint = "https://h", .organisation_count = ABOUT_ORGANISATIONS_MAX};
        OK(document_put(full, &sealed));
    }
    OK(document_print(full, &made, &length));
    OK(parse_bytes(made, length, "a"));
}

#define PUBLISHED(test) cmocka_unit_test_setup_teardown(test, make_published, free_published)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PUBLISHED(published_document_comes_back),
        PUBLISHED(document_without_a_token_is_published),
        PUBLISHED(document_has_its_time),
        PUBLISHED(generation_is_not_of_the_future),
        PUBLISHED(dates_are_both_there_and_in_order),
        PUBLISHED(undated_document_is_not_published),
        PUBLISHED(marks_are_of_their_length),
        PUBLISHED(document_is_its_users),
        PUBLISHED(signature_comes_first),
        PUBLISHED(signed_document_may_be_malformed),
        cmocka_unit_test(largest_count_of_values_fits),
    };
    return cmocka_run_group_tests_name("published", tests, start_store, NULL);
}
