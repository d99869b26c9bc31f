/* Test vectors: those of both implementations open here, and those that must not, do not. Given a
   file as argument, it opens that one instead: what the second implementation sealed a moment ago.
 */
#include "tests/vectors/reading.h"

#include <stdio.h>

#include "common/child.h"
#include "store/identity.h"
#include "store/seal.h"

static const char *const standard[] = {HF_VECTORS_FOLDER "/vectors.json",
                                       HF_VECTORS_FOLDER "/noble.json"};
static const char *given[2];
static size_t file_count;

/* The file's pairs, each of which tries each slot. */
static struct key_pair pairs[8];
static size_t pair_count;

static struct json_object *open_file(const char *path)
{
    struct json_object *all = json_object_from_file(path);
    assert_non_null(all);
    struct json_object *keys = member_of(all, "keys");
    pair_count = json_object_array_length(keys);
    assert_in_range(pair_count, 1, COUNT(pairs));
    for (size_t i = 0; i < pair_count; i++)
        pairs[i] = pair_of(json_object_array_get_idx(keys, i));
    return all;
}

static void close_file(struct json_object *all)
{
    for (size_t i = 0; i < pair_count; i++)
        key_pair_clear(&pairs[i]);
    json_object_put(all);
}

static enum hf_error open_slot(const char *user, const struct sealed_token *sealed,
                               const struct slot *slot, struct secret **out_token,
                               struct secret **out_grant)
{
    const struct slot_context context = {user, sealed->name, sealed->id, slot->recipient};
    for (size_t i = 0; i < pair_count; i++) {
        SCOPED(secret) struct secret *key = NULL;
        if (memcmp(pairs[i].public_key, slot->recipient, KEY_BYTES) != 0)
            continue;
        TRY(slot_open(&context, &pairs[i], slot->sealed, &key));
        return token_open(user, sealed, key, out_token, out_grant);
    }
    return HF_ENOSLOT;
}

static void assert_opens(const char *user, const struct sealed_token *sealed,
                         struct json_object *token)
{
    const char *grant_text = text_of(token, "grant");
    for (size_t i = 0; i < sealed->slot_count; i++) {
        SCOPED(secret) struct secret *opened = NULL, *grant = NULL;
        OK(open_slot(user, sealed, &sealed->slots[i], &opened, &grant));
        assert_secret(opened, text_of(token, "token"));
        if (grant_text[0] == '\0')
            assert_null(grant);
        else
            assert_secret(grant, grant_text);
    }
}

static void check_documents(struct json_object *list)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *vector = json_object_array_get_idx(list, i);
        struct json_object *tokens = member_of(vector, "tokens");
        const char *text = text_of(vector, "document"), *user = text_of(vector, "user");
        SCOPED(document) struct document *document = NULL;
        OK(document_parse(text, strlen(text), user, &document));
        assert_int_equal(document->token_count, json_object_array_length(tokens));
        for (size_t j = 0; j < document->token_count; j++) {
            struct json_object *token = json_object_array_get_idx(tokens, j);
            const struct sealed_token *sealed = document_find(document, text_of(token, "name"));
            assert_non_null(sealed);
            assert_string_equal(sealed->about.account, text_of(token, "account"));
            assert_int_equal(sealed->has_grant, text_of(token, "grant")[0] != '\0');
            assert_opens(user, sealed, token);
        }
    }
}

static void documents_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        struct json_object *all = open_file(given[i]);
        check_documents(member_of(all, "documents"));
        close_file(all);
    }
}

static void check_identities(struct json_object *list, bool opens)
{
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *vector = json_object_array_get_idx(list, i);
        const char *text = text_of(vector, "identity"), *user = text_of(vector, "user");
        SCOPED(secret) struct secret *password = secret_of(text_of(vector, "password"));
        SCOPED(key_pair) struct key_pair pair = {0};
        struct identity identity;
        enum hf_error error = identity_parse(text, strlen(text), user, &identity);
        if (error == HF_OK)
            error = identity_unwrap(user, &identity, password, &pair);
        if ((error == HF_OK) != opens)
            fail_msg("%s: %s", text_of(vector, "comment"), error_name(error));
        assert_true(opens || error == HF_EPASSWORD || error == HF_ECOST);
    }
}

static void identities_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        struct json_object *all = open_file(given[i]);
        check_identities(member_of(all, "identities"), true);
        close_file(all);
    }
}

static enum hf_error open_first(const char *text, const char *user)
{
    SCOPED(document) struct document *document = NULL;
    SCOPED(secret) struct secret *token = NULL;
    TRY(document_parse(text, strlen(text), user, &document));
    return open_slot(user, &document->tokens[0], &document->tokens[0].slots[0], &token, NULL);
}

static void refused_documents_do_not_open(void **state)
{
    (void)state;
    struct json_object *all = open_file(standard[0]), *list = member_of(all, "refused");
    assert_true(json_object_array_length(list) > 20);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *vector = json_object_array_get_idx(list, i);
        enum hf_error error = open_first(text_of(vector, "document"), text_of(vector, "user"));
        if (error != HF_EALTERED && error != HF_ENOSLOT && error != HF_EFORMAT)
            fail_msg("%s: %s", text_of(vector, "comment"), error_name(error));
    }
    close_file(all);
}

static void refused_identities_do_not_open(void **state)
{
    (void)state;
    struct json_object *all = open_file(standard[0]);
    check_identities(member_of(all, "refused_identities"), false);
    close_file(all);
}

static void vectors_are_reproducible(void **state)
{
    (void)state;
    const char *const argv[] = {"generate-vectors", NULL};
    const struct child_plan plan = {
        .path = HF_BUILD_FOLDER "/generate-vectors", .argv = argv, .input = -1, .output = -1};
    const size_t size = 1 << 20;
    SCOPED(text) char *now = malloc(size), *then = malloc(size);
    size_t now_length = 0, then_length = 0;
    int status = -1;
    assert_true(now != NULL && then != NULL);
    OK(child_output(&plan, clock_ms() + 60000, now, size, &now_length, &status));
    assert_int_equal(status, 0);
    FILE *file = fopen(standard[0], "re");
    assert_non_null(file);
    then_length = fread(then, 1, size, file);
    fclose(file);
    assert_int_equal(now_length, then_length);
    assert_memory_equal(now, then, now_length);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_open),
        cmocka_unit_test(identities_open),
        cmocka_unit_test(refused_documents_do_not_open),
        cmocka_unit_test(refused_identities_do_not_open),
        cmocka_unit_test(vectors_are_reproducible),
    };
    if (store_start() != HF_OK)
        return 1;
    file_count = argc == 2 ? 1 : COUNT(standard);
    memcpy(given, standard, sizeof given);
    if (argc == 2)
        given[0] = argv[1];
    return cmocka_run_group_tests_name("vectors", tests, NULL, NULL);
}
