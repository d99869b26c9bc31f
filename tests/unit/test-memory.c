/* Memory that runs out at each place where it is asked for: an error comes back, and nothing is
 * left behind. */
#include "tests/unit/counted.h"
#include "tests/unit/sealed.h"

#include <sys/mman.h>

#include "store/fleet-key.h"
#include "store/head.h"
#include "store/host-keys.h"
#include "store/identity.h"
#include "store/published.h"

/* The request that fails; 0 for none. */
static int bad_request, requests;

static bool is_bad_request(void)
{
    return ++requests == bad_request;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);

void *__wrap_malloc(size_t size)
{
    return is_bad_request() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_bad_request() ? NULL : __real_calloc(count, size);
}

void *__wrap_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    return is_bad_request() ? MAP_FAILED
                            : __real_mmap(address, length, protection, flags, fd, offset);
}

static struct key_pair pair;
static struct secret *token;

static enum hf_error seal_and_put(struct document *document)
{
    struct sealed_token sealed = {0};
    const struct recipient recipient = recipient_of(SLOT_HOST, &pair);
    TRY(token_seal("alice", "main", 0, 0, token, token, &recipient, 1, &sealed));
    sealed.about = (struct token_about){.checked = 1,
                                        .endpoint = "https://hub.test",
                                        .account = "alice",
                                        .organisations = {"lab"},
                                        .organisation_count = 1};
    return document_put(document, &sealed);
}

/* All that happens to a token between two people. */
static enum hf_error whole_way(void)
{
    SCOPED(document) struct document *document = NULL, *again = NULL;
    SCOPED(text) char *text = NULL;
    SCOPED(secret) struct secret *opened = NULL, *grant = NULL;
    size_t length = 0;
    TRY(document_new("alice", &document));
    TRY(seal_and_put(document));
    TRY(document_print(document, &text, &length));
    TRY(document_parse(text, length, "alice", &again));
    TRY(open_with(&pair, "alice", &again->tokens[0], 0, &opened, &grant));
    assert_secret(opened, "hf_TEST");
    assert_secret(grant, "hf_TEST");
    return HF_OK;
}

static enum hf_error identity_way(void)
{
    SCOPED(key_pair) struct key_pair opened = {0}, fresh = {0};
    SCOPED(text) char *text = NULL;
    struct identity identity, again;
    size_t length = 0;
    TRY(key_pair_new(&fresh));
    TRY(identity_wrap("alice", &fresh, token, &identity));
    TRY(identity_print("alice", &identity, &text, &length));
    TRY(identity_parse(text, length, "alice", &again));
    TRY(identity_unwrap("alice", &again, token, &opened));
    assert_memory_equal(opened.public_key, fresh.public_key, KEY_BYTES);
    return HF_OK;
}

/* What an admin publishes, and a machine takes. */
static enum hf_error published_way(void)
{
    SCOPED(document) struct document *document = NULL, *again = NULL;
    SCOPED(signing_key) struct signing_key signer = {0};
    SCOPED(text) char *text = NULL;
    struct signers signers = {.count = 1};
    size_t length = 0;
    TRY(fleet_signing_key(&pair, &signer));
    memcpy(signers.keys[0], signer.public_key, SIGNER_BYTES);
    TRY(document_new("alice", &document));
    TRY(seal_and_put(document));
    TRY(fleet_mark(&pair, "alice", "main", 0, token, NULL, 0, document->tokens[0].mark));
    document->tokens[0].has_mark = true;
    document->generation = document->issued = 1;
    document->until = 2;
    TRY(document_sign(document, &signer, &text, &length));
    return document_open_signed(text, length, "alice", &signers, 1, &again);
}

static enum hf_error keys_way(void)
{
    SCOPED(key_pair) struct key_pair pool = {0}, opened = {0};
    SCOPED(text) char *text = NULL, *head_text = NULL;
    struct host_keys keys = {.generation = 1, .issued = 1, .until = 1, .pool_count = 1}, again;
    struct head head = {.generation = 1, .issued = 1, .until = 1, .open = true};
    size_t length = 0;
    TRY(head_print(&head, &head_text, &length));
    TRY(head_parse(head_text, length, &head));
    TRY(key_pair_new(&pool));
    memcpy(keys.host, pair.public_key, KEY_BYTES);
    memcpy(keys.pools[0].pool, "lab", 4);
    memcpy(keys.pools[0].public_key, pool.public_key, KEY_BYTES);
    TRY(pool_seal(&pool, keys.host, keys.pools[0].sealed));
    TRY(host_keys_print(&keys, &text, &length));
    TRY(host_keys_parse(text, length, keys.host, &again));
    return pool_open(again.pools[0].public_key, &pair, again.pools[0].sealed, &opened);
}

/* Fails each request in turn until there are no more; how many there were. */
static int fail_each(enum hf_error (*way)(void))
{
    int before = secrets_counted;
    for (int request = 1;; request++) {
        requests = 0;
        bad_request = request;
        enum hf_error error = way();
        bad_request = 0;
        assert_int_equal(secrets_counted, before);
        if (error == HF_OK) {
            assert_true(requests < request);
            return request - 1;
        }
        FAILS(error, HF_ENOMEM);
    }
}

static int prepare(void **state)
{
    if (start_store(state) != 0)
        return -1;
    pair = new_pair();
    token = secret_of("hf_TEST");
    return 0;
}

static int forget(void **state)
{
    (void)state;
    key_pair_clear(&pair);
    secret_free(token);
    return 0;
}

static void sealing_and_opening_fail_cleanly(void **state)
{
    (void)state;
    assert_in_range(fail_each(whole_way), 15, 60);
}

static void wrapping_and_unwrapping_fail_cleanly(void **state)
{
    (void)state;
    assert_in_range(fail_each(identity_way), 5, 40);
}

static void publishing_fails_cleanly(void **state)
{
    (void)state;
    assert_in_range(fail_each(published_way), 10, 60);
    assert_in_range(fail_each(keys_way), 10, 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sealing_and_opening_fail_cleanly),
        cmocka_unit_test(wrapping_and_unwrapping_fail_cleanly),
        cmocka_unit_test(publishing_fails_cleanly),
    };
    return cmocka_run_group_tests_name("memory", tests, prepare, forget);
}
