/* Pools: their key opens for the machine that it was sealed to, and the folder holds exactly the
 * keys that it should. */
#include "tests/unit/sealed.h"

#include <dirent.h>
#include <sodium.h>
#include <sys/stat.h>

#include "store/pool.h"

static struct key_pair pool, host, stranger;

static int prepare(void **state)
{
    if (start_store(state) != 0)
        return -1;
    pool = new_pair();
    host = new_pair();
    stranger = new_pair();
    return 0;
}

static int forget(void **state)
{
    (void)state;
    key_pair_clear(&pool);
    key_pair_clear(&host);
    key_pair_clear(&stranger);
    return 0;
}

static enum hf_error open_as(const struct key_pair *claimed, const struct key_pair *by,
                             const uint8_t sealed[static POOL_SEALED_BYTES])
{
    SCOPED(key_pair) struct key_pair opened = {0};
    TRY(pool_open(claimed->public_key, by, sealed, &opened));
    assert_memory_equal(opened.public_key, pool.public_key, KEY_BYTES);
    assert_true(secret_equals(opened.private_key, pool.private_key));
    return HF_OK;
}

static void key_opens_for_its_host_alone(void **state)
{
    (void)state;
    uint8_t sealed[POOL_SEALED_BYTES];
    OK(pool_seal(&pool, host.public_key, sealed));
    OK(open_as(&pool, &host, sealed));
    FAILS(open_as(&pool, &stranger, sealed), HF_EPOOL);
    FAILS(open_as(&pool, &pool, sealed), HF_EPOOL);
    FAILS(open_as(&stranger, &host, sealed), HF_EPOOL);
    for (size_t i = 0; i < sizeof sealed * 8; i++) {
        sealed[i / 8] = (uint8_t)(sealed[i / 8] ^ 1 << i % 8);
        FAILS(open_as(&pool, &host, sealed), HF_EPOOL);
        sealed[i / 8] = (uint8_t)(sealed[i / 8] ^ 1 << i % 8);
    }
    OK(open_as(&pool, &host, sealed));
}

/* The private half of one pair under the public half of another: a pool that would take tokens and
   never open them. */
static void halves_belong_together(void **state)
{
    (void)state;
    SCOPED(key_pair) struct key_pair torn = {0};
    uint8_t sealed[POOL_SEALED_BYTES];
    OK(secret_copy(secret_view(stranger.private_key), KEY_BYTES, &torn.private_key));
    memcpy(torn.public_key, pool.public_key, KEY_BYTES);
    OK(pool_seal(&torn, host.public_key, sealed));
    FAILS(open_as(&pool, &host, sealed), HF_EPOOL);
    memset(secret_bytes(torn.private_key), 0, KEY_BYTES);
    OK(pool_seal(&torn, host.public_key, sealed));
    FAILS(open_as(&pool, &host, sealed), HF_EPOOL);
}

/* A slot holds a key of 32 bytes too. */
static void slot_is_no_pool_and_pool_no_slot(void **state)
{
    (void)state;
    static const uint8_t id[TOKEN_ID_BYTES];
    const struct slot_context context = {"alice", "main", id, host.public_key};
    SCOPED(secret) struct secret *key = NULL;
    uint8_t sealed[POOL_SEALED_BYTES];
    OK(slot_seal(&context, pool.private_key, sealed));
    FAILS(open_as(&pool, &host, sealed), HF_EPOOL);
    OK(pool_seal(&pool, host.public_key, sealed));
    FAILS(slot_open(&context, &host, sealed, &key), HF_EALTERED);
}

static void nothing_is_sealed_to_a_key_of_low_order(void **state)
{
    (void)state;
    static const uint8_t zero[KEY_BYTES];
    uint8_t sealed[POOL_SEALED_BYTES];
    FAILS(pool_seal(&pool, zero, sealed), HF_EFORMAT);
}

/* The n-th of some pools, whose sealed bytes are nothing but a number here. */
static struct pool_key numbered(int number)
{
    struct pool_key key = {.pool = "lab"};
    memset(key.public_key, number, sizeof key.public_key);
    memset(key.sealed, number + 1, sizeof key.sealed);
    return key;
}

static struct stat status_of(int number)
{
    char path[4096], hex[2 * KEY_BYTES + 1];
    struct stat status;
    const struct pool_key key = numbered(number);
    sodium_bin2hex(hex, sizeof hex, key.public_key, KEY_BYTES);
    OK(text_format(path, sizeof path, "%s/%s.sealed", HF_POOLS_FOLDER, hex));
    assert_int_equal(stat(path, &status), 0);
    return status;
}

/* How many files there are, the lock besides. */
static size_t count_files(void)
{
    size_t count = 0;
    DIR *folder = opendir(HF_POOLS_FOLDER);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

static int remove_folder(void **state)
{
    (void)state;
    DIR *folder = opendir(HF_POOLS_FOLDER);
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    return rmdir(HF_POOLS_FOLDER);
}

static void want_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void folder_holds_exactly_these(void **state)
{
    (void)state;
    want_root();
    const struct pool_key first[] = {numbered(1), numbered(2)};
    struct pool_key second[] = {numbered(2), numbered(3)};
    uint8_t sealed[POOL_SEALED_BYTES];
    FAILS(pool_read(first[0].public_key, sealed), HF_ENOTFOUND);
    OK(pools_replace(first, 2));
    assert_int_equal(count_files(), 2);
    assert_int_equal(status_of(1).st_mode & 07777, 0600);
    OK(pool_read(first[1].public_key, sealed));
    assert_memory_equal(sealed, first[1].sealed, sizeof sealed);
    memset(second[0].sealed, 9, sizeof second[0].sealed);
    OK(pools_replace(second, 2));
    assert_int_equal(count_files(), 2);
    FAILS(pool_read(first[0].public_key, sealed), HF_ENOTFOUND);
    OK(pool_read(second[0].public_key, sealed));
    assert_memory_equal(sealed, second[0].sealed, sizeof sealed);
    OK(pools_replace(NULL, 0));
    assert_int_equal(count_files(), 0);
}

/* A host asks each minute. */
static void nothing_new_writes_nothing(void **state)
{
    (void)state;
    want_root();
    const struct pool_key pools[] = {numbered(1)};
    OK(pools_replace(pools, 1));
    const struct stat before = status_of(1);
    OK(pools_replace(pools, 1));
    assert_int_equal(status_of(1).st_ino, before.st_ino);
}

static void write_file(const char *name, const void *bytes, size_t length, mode_t mode)
{
    char path[4096];
    OK(text_format(path, sizeof path, "%s/%s", HF_POOLS_FOLDER, name));
    OK(file_replace(path, bytes, length, mode));
}

static void only_our_files_are_removed(void **state)
{
    (void)state;
    want_root();
    OK(pools_replace(NULL, 0));
    write_file("README", "x", 1, 0644);
    write_file("left.sealed.new", "x", 1, 0600);
    write_file("left.sealed", "x", 1, 0600);
    write_file("left.sealed.old", "x", 1, 0600);
    OK(pools_replace(NULL, 0));
    assert_int_equal(count_files(), 2);
}

static void file_is_roots_and_of_its_size(void **state)
{
    (void)state;
    want_root();
    const struct pool_key key = numbered(1);
    static const uint8_t large[POOL_SEALED_BYTES + 1];
    uint8_t sealed[POOL_SEALED_BYTES];
    char name[2 * KEY_BYTES + 8], path[4096];
    sodium_bin2hex(name, 2 * KEY_BYTES + 1, key.public_key, KEY_BYTES);
    memcpy(name + 2 * KEY_BYTES, ".sealed", 8);
    OK(text_format(path, sizeof path, "%s/%s", HF_POOLS_FOLDER, name));
    OK(folder_make(HF_POOLS_FOLDER, 0711));
    write_file(name, key.sealed, POOL_SEALED_BYTES - 1, 0600);
    FAILS(pool_read(key.public_key, sealed), HF_EFORMAT);
    write_file(name, "", 0, 0600);
    FAILS(pool_read(key.public_key, sealed), HF_EEMPTY);
    write_file(name, large, POOL_SEALED_BYTES + 1, 0600);
    FAILS(pool_read(key.public_key, sealed), HF_ETOOBIG);
    write_file(name, key.sealed, POOL_SEALED_BYTES, 0640);
    FAILS(pool_read(key.public_key, sealed), HF_EMODE);
    /* What is not as it should be is made anew. */
    OK(pools_replace(&key, 1));
    OK(pool_read(key.public_key, sealed));
    assert_memory_equal(sealed, key.sealed, sizeof sealed);
    assert_int_equal(chown(path, 1, 0), 0);
    FAILS(pool_read(key.public_key, sealed), HF_EOWNER);
}

#define WITH_FOLDER(test) cmocka_unit_test_teardown(test, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_opens_for_its_host_alone),
        cmocka_unit_test(halves_belong_together),
        cmocka_unit_test(slot_is_no_pool_and_pool_no_slot),
        cmocka_unit_test(nothing_is_sealed_to_a_key_of_low_order),
        WITH_FOLDER(folder_holds_exactly_these),
        WITH_FOLDER(nothing_new_writes_nothing),
        WITH_FOLDER(only_our_files_are_removed),
        WITH_FOLDER(file_is_roots_and_of_its_size),
    };
    (void)remove_folder(NULL);
    return cmocka_run_group_tests_name("pool", tests, prepare, forget);
}
