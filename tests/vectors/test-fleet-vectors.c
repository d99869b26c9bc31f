/* Vectors of what an administrator publishes, of both implementations. Given a file as argument, it
   reads that one instead: what the second implementation signed a moment ago. */
#include "tests/vectors/reading.h"

#include "store/base64.h"
#include "store/fleet.h"
#include "store/seal.h"

static const char *const standard[] = {HF_VECTORS_FOLDER "/vectors.json",
                                       HF_VECTORS_FOLDER "/noble.json"};
static const char *given[2];
static size_t file_count;

/* What one file has, and who is trusted by it. */
struct fleet {
    struct json_object *all, *vectors;
    struct key_pair identity, host;
    struct signers signers;
};

static void fleet_scope_end(struct fleet *fleet)
{
    key_pair_clear(&fleet->identity);
    key_pair_clear(&fleet->host);
    json_object_put(fleet->all);
}

static struct fleet open_file(const char *path)
{
    struct fleet fleet = {.all = json_object_from_file(path), .signers = {.count = 1}};
    assert_non_null(fleet.all);
    fleet.vectors = member_of(fleet.all, "fleet");
    fleet.identity = pair_of(member_of(fleet.vectors, "identity"));
    fleet.host = pair_of(member_of(fleet.vectors, "host"));
    OK(json_bytes(member_of(fleet.vectors, "signing"), "public", fleet.signers.keys[0],
                  SIGNER_BYTES));
    return fleet;
}

static void signing_key_is_derived(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        SCOPED(fleet) struct fleet fleet = open_file(given[i]);
        SCOPED(signing_key) struct signing_key key = {0};
        uint8_t seed[KEY_BYTES];
        OK(fleet_signing_key(&fleet.identity, &key));
        OK(json_bytes(member_of(fleet.vectors, "signing"), "seed", seed, sizeof seed));
        assert_memory_equal(secret_view(key.secret_key), seed, sizeof seed);
        assert_memory_equal(key.public_key, fleet.signers.keys[0], SIGNER_BYTES);
    }
}

static enum signed_kind kind_of(struct json_object *object)
{
    static const char *const names[SIGNED_KIND_COUNT] = {"document", "keys", "head"};
    unsigned kind = 0;
    while (kind < SIGNED_KIND_COUNT && strcmp(text_of(object, "kind"), names[kind]) != 0)
        kind++;
    assert_true(kind < SIGNED_KIND_COUNT);
    return (enum signed_kind)kind;
}

static void check_document(const struct fleet *fleet, const char *text)
{
    SCOPED(document) struct document *document = NULL;
    const size_t length = strlen(text);
    OK(document_open_signed(text, length, "alice", &fleet->signers, 1790000000, &document));
    assert_int_equal(document->token_count, 1);
    assert_int_equal(document->until, JSON_NUMBER_MAX);
    assert_true(document->tokens[0].has_mark);
}

static void check_keys(const struct fleet *fleet, const char *payload, size_t length)
{
    struct host_keys keys;
    OK(host_keys_parse(payload, length, fleet->host.public_key, &keys));
    assert_int_equal(keys.pool_count, 1);
    SCOPED(key_pair) struct key_pair opened = {0};
    OK(pool_open(keys.pools[0].public_key, &fleet->host, keys.pools[0].sealed, &opened));
}

static void check_object(const struct fleet *fleet, struct json_object *object)
{
    const enum signed_kind kind = kind_of(object);
    const char *text = text_of(object, "text"), *payload = NULL;
    struct head head;
    size_t length = 0;
    OK(signed_open(kind, text, strlen(text), &fleet->signers, &payload, &length));
    if (kind == SIGNED_DOCUMENT)
        check_document(fleet, text);
    else if (kind == SIGNED_KEYS)
        check_keys(fleet, payload, length);
    else
        OK(head_parse(payload, length, &head));
}

static void objects_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        SCOPED(fleet) struct fleet fleet = open_file(given[i]);
        struct json_object *list = member_of(fleet.vectors, "objects");
        assert_int_equal(json_object_array_length(list), SIGNED_KIND_COUNT);
        for (size_t j = 0; j < SIGNED_KIND_COUNT; j++)
            check_object(&fleet, json_object_array_get_idx(list, j));
    }
}

static void refused_objects_do_not_open(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        SCOPED(fleet) struct fleet fleet = open_file(given[i]);
        struct json_object *list = member_of(fleet.vectors, "refused");
        assert_true(json_object_array_length(list) >= 3);
        for (size_t j = 0; j < json_object_array_length(list); j++) {
            struct json_object *object = json_object_array_get_idx(list, j);
            const char *text = text_of(object, "text"), *payload = NULL;
            size_t length = 0;
            if (signed_open(kind_of(object), text, strlen(text), &fleet.signers, &payload,
                            &length) != HF_EUNSIGNED)
                fail_msg("%s", text_of(object, "comment"));
        }
    }
}

static void check_pools(struct json_object *list, enum hf_error wanted)
{
    assert_true(json_object_array_length(list) >= 1);
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *object = json_object_array_get_idx(list, i);
        SCOPED(key_pair) struct key_pair host = pair_of(member_of(object, "host")), opened = {0};
        uint8_t public_key[KEY_BYTES], sealed[POOL_SEALED_BYTES];
        OK(json_bytes(object, "public", public_key, sizeof public_key));
        OK(json_bytes(object, "sealed", sealed, sizeof sealed));
        if (pool_open(public_key, &host, sealed, &opened) != wanted)
            fail_msg("%s", text_of(object, "comment"));
    }
}

static void pools_open_where_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        SCOPED(fleet) struct fleet fleet = open_file(given[i]);
        check_pools(member_of(fleet.vectors, "pools"), HF_OK);
        check_pools(member_of(fleet.vectors, "refused_pools"), HF_EPOOL);
    }
}

static void check_mark(const struct fleet *fleet, struct json_object *object)
{
    struct json_object *list = member_of(object, "recipients");
    uint8_t recipients[SLOTS_MAX][KEY_BYTES], mark[TOKEN_MARK_BYTES], wanted[TOKEN_MARK_BYTES];
    const size_t count = json_object_array_length(list);
    SCOPED(secret) struct secret *token = secret_of(text_of(object, "token"));
    uint64_t expires = 0;
    assert_in_range(count, 1, SLOTS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *text = json_object_get_string(json_object_array_get_idx(list, i));
        size_t length = 0;
        OK(base64_decode(text, strlen(text), recipients[i], KEY_BYTES, &length));
        assert_int_equal(length, KEY_BYTES);
    }
    OK(json_number(object, "expires", 0, JSON_NUMBER_MAX, &expires));
    OK(json_bytes(object, "mark", wanted, sizeof wanted));
    OK(fleet_mark(&fleet->identity, text_of(object, "user"), text_of(object, "name"), expires,
                  token, (const uint8_t(*)[KEY_BYTES])recipients, count, mark));
    assert_memory_equal(mark, wanted, sizeof mark);
}

static void marks_and_paths_are_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < file_count; i++) {
        SCOPED(fleet) struct fleet fleet = open_file(given[i]);
        struct json_object *marks = member_of(fleet.vectors, "marks");
        struct json_object *paths = member_of(fleet.vectors, "paths");
        for (size_t j = 0; j < json_object_array_length(marks); j++)
            check_mark(&fleet, json_object_array_get_idx(marks, j));
        for (size_t j = 0; j < json_object_array_length(paths); j++) {
            struct json_object *object = json_object_array_get_idx(paths, j);
            struct object_path path;
            OK(object_path_user(text_of(object, "user"), &path));
            assert_string_equal(path.text, text_of(object, "path"));
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signing_key_is_derived),
        cmocka_unit_test(objects_open),
        cmocka_unit_test(refused_objects_do_not_open),
        cmocka_unit_test(pools_open_where_they_should),
        cmocka_unit_test(marks_and_paths_are_the_same),
    };
    if (store_start() != HF_OK)
        return 1;
    file_count = argc == 2 ? 1 : COUNT(standard);
    memcpy(given, standard, sizeof given);
    if (argc == 2)
        given[0] = argv[1];
    return cmocka_run_group_tests_name("fleet-vectors", tests, NULL, NULL);
}
