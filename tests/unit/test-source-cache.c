/* A source's cache: what is believed of its files, and what is kept whatever happens meanwhile. */
#include "tests/unit/signing.h"

#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/published.h"
#include "tools/source/cache.h"
#include "tools/source/outage.h"

#define NOW     1800000000u
#define SOURCE  "etcd"
#define RECORD  HF_CACHE_FOLDER "/" SOURCE "/users/alice.record"
#define SEEN    HF_SEEN_FOLDER "/" SOURCE "/users/alice.seen"
#define IN_TIME (clock_ms() + 20000)

static struct signing_key first, second;
static struct signers signers;
static struct cache cache;

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

static int remove_folders(void **state)
{
    (void)state;
    (void)nftw(HF_CACHE_FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    (void)nftw(HF_SEEN_FOLDER, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    return 0;
}

static int start(void **state)
{
    if (start_store(state) != 0)
        return -1;
    first = new_signer();
    second = new_signer();
    return 0;
}

static int end(void **state)
{
    signing_key_clear(&first);
    signing_key_clear(&second);
    return remove_folders(state);
}

/* Both signers are trusted, and nothing is kept. */
static int begin(void **state)
{
    signers.count = 0;
    trust(&signers, &first);
    trust(&signers, &second);
    cache = (struct cache){.source = SOURCE, .signers = &signers, .now = NOW};
    return remove_folders(state);
}

static struct object object_of(const char *user)
{
    struct object object;
    OK(object_user(user, &object));
    return object;
}

/* A user's document without a token; `issued` makes two of one generation differ. */
static char *signed_document(const char *user, uint64_t generation, uint64_t issued,
                             const struct signing_key *key)
{
    SCOPED(document) struct document *document = NULL;
    char *text = NULL;
    size_t length = 0;
    OK(document_new(user, &document));
    document->generation = generation;
    document->issued = issued;
    document->until = NOW + 1000;
    OK(document_sign(document, key, &text, &length));
    return text;
}

static enum hf_error keep_text(const struct object *object, const char *text)
{
    struct content content;
    const struct record record = {.confirmed = NOW, .bytes = text, .length = strlen(text)};
    OK(object_open(object, &signers, NOW, text, strlen(text), &content));
    return cache_write(&cache, object, &record, &content, IN_TIME);
}

static enum hf_error keep(const char *user, uint64_t generation)
{
    const struct object object = object_of(user);
    SCOPED(text) char *text = signed_document(user, generation, NOW, &first);
    return keep_text(&object, text);
}

/* The generation of the record, and the highest one; 0: there is none. */
static void assert_kept(const char *user, uint64_t record, uint64_t highest)
{
    SCOPED(kept) struct kept kept = {0};
    const struct object object = object_of(user);
    cache_read(&cache, &object, &kept);
    assert_int_equal(kept.file != NULL ? kept.content.highest.generation : 0, record);
    assert_int_equal(kept.highest.generation, highest);
}

static void test_kept(void **state)
{
    (void)state;
    struct stat status;
    assert_kept("alice", 0, 0);
    OK(keep("alice", 5));
    assert_kept("alice", 5, 5);
    assert_int_equal(stat(RECORD, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_int_equal(stat(HF_CACHE_FOLDER "/" SOURCE, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0700);
}

static void test_never_goes_down(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    FAILS(keep("alice", 4), HF_ECHANGED);
    OK(keep("alice", 5));
    OK(keep("alice", 6));
    FAILS(keep("alice", 5), HF_ECHANGED);
    assert_kept("alice", 6, 6);
}

static void test_emptied_cache_is_no_way_back(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    assert_int_equal(unlink(RECORD), 0);
    assert_kept("alice", 0, 5);
    FAILS(keep("alice", 4), HF_ECHANGED);
    OK(keep("alice", 5));
    assert_kept("alice", 5, 5);
}

static void test_record_alone_is_enough(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    assert_int_equal(unlink(SEEN), 0);
    assert_kept("alice", 5, 5);
    FAILS(keep("alice", 4), HF_ECHANGED);
}

/* A cache out of a backup is older than what was seen. */
static void test_superseded_record(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    assert_int_equal(rename(RECORD, RECORD ".kept"), 0);
    OK(keep("alice", 6));
    assert_int_equal(rename(RECORD ".kept", RECORD), 0);
    assert_kept("alice", 0, 6);
}

static void test_another_content_of_one_generation(void **state)
{
    (void)state;
    const struct object object = object_of("alice");
    SCOPED(text) char *one = signed_document("alice", 5, NOW, &first);
    SCOPED(text) char *other = signed_document("alice", 5, NOW - 1, &first);
    SCOPED(text) char *again = signed_document("alice", 5, NOW, &second);
    OK(keep_text(&object, one));
    FAILS(keep_text(&object, other), HF_ECHANGED);
    /* The same by another signer is the same. */
    OK(keep_text(&object, again));
    assert_kept("alice", 5, 5);
}

static void test_signer_gone(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    signers.count = 0;
    trust(&signers, &second);
    assert_kept("alice", 0, 5);
}

static void test_outdated(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    cache.now = NOW + 1001;
    assert_kept("alice", 0, 5);
}

static void test_record_cut_at_each_byte(void **state)
{
    (void)state;
    struct stat status;
    OK(keep("alice", 5));
    assert_int_equal(stat(RECORD, &status), 0);
    for (off_t cut = status.st_size - 1; cut >= 0; cut--) {
        assert_int_equal(truncate(RECORD, cut), 0);
        assert_kept("alice", 0, 5);
    }
    OK(keep("alice", 5));
    for (off_t cut = 40; cut >= 0; cut--) {
        assert_int_equal(truncate(SEEN, cut), 0);
        assert_kept("alice", 5, 5);
    }
}

static void test_record_of_another_user(void **state)
{
    (void)state;
    OK(keep("bob", 9));
    OK(keep("alice", 5));
    assert_int_equal(rename(HF_CACHE_FOLDER "/" SOURCE "/users/bob.record", RECORD), 0);
    assert_kept("alice", 0, 5);
}

static void test_names_that_look_like_our_files(void **state)
{
    (void)state;
    static const char *const names[] = {"alice.record.new", "alice.new", "alice.lock",
                                        "alice.record",     "alice",     "alice.seen"};
    for (uint64_t i = 0; i < COUNT(names); i++)
        OK(keep(names[i], i + 1));
    for (uint64_t i = 0; i < COUNT(names); i++)
        assert_kept(names[i], i + 1, i + 1);
}

static void test_name_too_long(void **state)
{
    (void)state;
    struct object object;
    char name[USER_NAME_MAX + 1] = "";
    memset(name, 'n', OBJECT_USER_MAX);
    OK(keep(name, 3));
    assert_kept(name, 3, 3);
    name[OBJECT_USER_MAX] = 'n';
    FAILS(object_user(name, &object), HF_ENAME);
    FAILS(object_user("../alice", &object), HF_ENAME);
    FAILS(object_user("", &object), HF_ENAME);
}

static void test_odd_files(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    assert_int_equal(chmod(RECORD, 0644), 0);
    assert_kept("alice", 0, 5);
    assert_int_equal(rename(RECORD, RECORD ".elsewhere"), 0);
    assert_int_equal(chmod(RECORD ".elsewhere", 0600), 0);
    assert_int_equal(symlink(RECORD ".elsewhere", RECORD), 0);
    assert_kept("alice", 0, 5);
    assert_int_equal(unlink(RECORD), 0);
    assert_int_equal(mkfifo(RECORD, 0600), 0);
    assert_kept("alice", 0, 5);
    OK(keep("alice", 6));
    assert_kept("alice", 6, 6);
}

static void test_folder_of_others(void **state)
{
    (void)state;
    OK(keep("alice", 5));
    assert_int_equal(chmod(HF_CACHE_FOLDER "/" SOURCE, 0777), 0);
    assert_kept("alice", 0, 5);
    assert_int_equal(chmod(HF_SEEN_FOLDER "/" SOURCE, 0777), 0);
    assert_kept("alice", 0, 0);
    OK(keep("alice", 6));
    assert_kept("alice", 0, 0);
}

/* As with a full disk. Another process, since the limit would stay. */
static void test_nothing_can_be_written(void **state)
{
    (void)state;
    const struct object object = object_of("alice");
    /* A child has no secret of its parent's to sign with. */
    SCOPED(text) char *text = signed_document("alice", 6, NOW, &first);
    OK(keep("alice", 5));
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){0, 0}) != 0)
            _exit(2);
        _exit(keep_text(&object, text) == HF_OK ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    /* The document that was superseded is gone: a token that was revoked does not come back. */
    assert_kept("alice", 0, 5);
    OK(keep("alice", 6));
    assert_kept("alice", 6, 6);
}

#define WRITERS 4
#define ROUNDS  12

/* One of the writers: each has generations of its own. */
static void write_rounds(const struct object *object, char *const texts[WRITERS * ROUNDS],
                         size_t own)
{
    for (size_t round = 0; round < ROUNDS; round++) {
        const enum hf_error error = keep_text(object, texts[round * WRITERS + own]);
        if (error != HF_OK && error != HF_ECHANGED)
            _exit(1);
    }
    _exit(0);
}

static void test_writers_at_once(void **state)
{
    (void)state;
    const struct object object = object_of("alice");
    pid_t children[WRITERS];
    char *texts[WRITERS * ROUNDS];
    for (size_t i = 0; i < WRITERS * ROUNDS; i++)
        texts[i] = signed_document("alice", i + 1, NOW, &first);
    for (size_t i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0)
            write_rounds(&object, texts, i);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    for (size_t i = 0; i < WRITERS * ROUNDS; i++)
        free(texts[i]);
    assert_kept("alice", WRITERS * ROUNDS, WRITERS * ROUNDS);
}

static void test_head_opens_and_closes(void **state)
{
    (void)state;
    struct object object;
    struct head head = {.generation = 7, .issued = NOW, .until = NOW + 1000};
    OK(object_head(&object));
    for (int i = 0; i < 2; i++) {
        SCOPED(text) char *payload = NULL;
        SCOPED(text) char *text = NULL;
        SCOPED(kept) struct kept kept = {0};
        size_t length = 0, signed_length = 0;
        head.open = i == 1;
        OK(head_print(&head, &payload, &length));
        OK(signed_make(SIGNED_HEAD, payload, length, &first, &text, &signed_length));
        OK(keep_text(&object, text));
        cache_read(&cache, &object, &kept);
        assert_non_null(kept.file);
        assert_int_equal(kept.content.head.generation, 7);
        assert_int_equal(kept.content.head.open, i == 1);
    }
}

static void test_outage(void **state)
{
    (void)state;
    static const struct outage_ask hurried = {.start = 1000, .end = 1600, .until = 1600},
                                   waited = {.start = 1000, .end = 2000, .until = 2000},
                                   unreachable = {.start = 1000, .end = 1300, .until = 1600};
    assert_false(outage_lasts(&cache));
    outage_note(&cache, &waited, HF_EUNAVAIL);
    assert_false(outage_lasts(&cache));
    /* The asker's time was over, not the engine's. */
    outage_note(&cache, &hurried, HF_EDEADLINE);
    assert_false(outage_lasts(&cache));
    outage_note(&cache, &unreachable, HF_EDEADLINE);
    assert_true(outage_lasts(&cache));
    outage_note(&cache, &waited, HF_OK);
    assert_false(outage_lasts(&cache));
    outage_note(&cache, &waited, HF_EDEADLINE);
    assert_true(outage_lasts(&cache));
    outage_note(&cache, &hurried, HF_EDEADLINE);
    assert_true(outage_lasts(&cache));
    cache.now = NOW + OUTAGE_LASTS;
    assert_false(outage_lasts(&cache));
    cache.now = NOW - 1;
    assert_false(outage_lasts(&cache));
    cache.now = NOW;
    outage_note(&cache, &waited, HF_OK);
    assert_false(outage_lasts(&cache));
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept),
        TEST(test_never_goes_down),
        TEST(test_emptied_cache_is_no_way_back),
        TEST(test_record_alone_is_enough),
        TEST(test_superseded_record),
        TEST(test_another_content_of_one_generation),
        TEST(test_signer_gone),
        TEST(test_outdated),
        TEST(test_record_cut_at_each_byte),
        TEST(test_record_of_another_user),
        TEST(test_names_that_look_like_our_files),
        TEST(test_name_too_long),
        TEST(test_odd_files),
        TEST(test_folder_of_others),
        TEST(test_nothing_can_be_written),
        TEST(test_writers_at_once),
        TEST(test_head_opens_and_closes),
        TEST(test_outage),
    };
    return cmocka_run_group_tests(tests, start, end);
}
