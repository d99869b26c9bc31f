#include "store/pool.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "common/io.h"
#include "store/box.h"
#include "store/pack.h"

#define SUFFIX   ".sealed"
#define PATIENCE 1000 /* milliseconds */

/* Digits of a key, and the size of a file's name with its zero byte. */
#define HEX_LENGTH ((size_t)2 * KEY_BYTES)
#define NAME_SIZE  (HEX_LENGTH + sizeof SUFFIX)

DEFINE_SCOPED(folder, DIR *, closedir, NULL);

struct pool_path {
    char text[sizeof HF_POOLS_FOLDER + NAME_SIZE];
};

static struct pack pack_context(const uint8_t pool[static KEY_BYTES],
                                const uint8_t host[static KEY_BYTES])
{
    struct pack pack = {0};
    pack_label(&pack, "hf-token/1 pool");
    pack_bytes(&pack, pool, KEY_BYTES);
    pack_bytes(&pack, host, KEY_BYTES);
    return pack;
}

enum hf_error pool_seal(const struct key_pair *pool, const uint8_t host[static KEY_BYTES],
                        uint8_t out_sealed[static POOL_SEALED_BYTES])
{
    const struct pack pack = pack_context(pool->public_key, host);
    return box_seal(&pack, pool->private_key, host, out_sealed);
}

enum hf_error pool_open(const uint8_t public_key[static KEY_BYTES], const struct key_pair *host,
                        const uint8_t sealed[static POOL_SEALED_BYTES], struct key_pair *out_pool)
{
    const struct pack pack = pack_context(public_key, host->public_key);
    SCOPED(key_pair) struct key_pair pair = {0};
    struct secret *private_key = NULL;
    enum hf_error error = box_open(&pack, host, sealed, &private_key);
    if (error == HF_OK)
        error = key_pair_from(private_key, &pair);
    /* By the ciphertext nobody can tell another key from a change. */
    if (error != HF_OK)
        return error == HF_EALTERED || error == HF_EFORMAT ? HF_EPOOL : error;
    if (memcmp(pair.public_key, public_key, KEY_BYTES) != 0)
        return HF_EPOOL;
    *out_pool = pair;
    pair.private_key = NULL;
    return HF_OK;
}

static void name_of(const uint8_t public_key[static KEY_BYTES], char out_name[static NAME_SIZE])
{
    sodium_bin2hex(out_name, HEX_LENGTH + 1, public_key, KEY_BYTES);
    memcpy(out_name + HEX_LENGTH, SUFFIX, sizeof SUFFIX);
}

static struct pool_path path_of(const uint8_t public_key[static KEY_BYTES])
{
    struct pool_path path = {.text = HF_POOLS_FOLDER "/"};
    name_of(public_key, path.text + sizeof HF_POOLS_FOLDER);
    return path;
}

enum hf_error pool_read(const uint8_t public_key[static KEY_BYTES],
                        uint8_t out_sealed[static POOL_SEALED_BYTES])
{
    const struct file_rule rule = {.owner = 0, .forbidden = 077, .maximum = POOL_SEALED_BYTES};
    const struct pool_path path = path_of(public_key);
    uint8_t sealed[POOL_SEALED_BYTES];
    size_t length = 0;
    TRY(file_read_into(path.text, &rule, sealed, &length));
    if (length != sizeof sealed)
        return HF_EFORMAT;
    memcpy(out_sealed, sealed, sizeof sealed);
    return HF_OK;
}

/* One that is there already stays: this is done each minute, and a write costs an fsync. */
static enum hf_error put(const struct pool_key *pool)
{
    const struct pool_path path = path_of(pool->public_key);
    uint8_t sealed[POOL_SEALED_BYTES];
    if (pool_read(pool->public_key, sealed) == HF_OK &&
        memcmp(sealed, pool->sealed, sizeof sealed) == 0)
        return HF_OK;
    return file_replace(path.text, pool->sealed, sizeof pool->sealed, 0600);
}

/* A file of ours, or what a killed file_replace left of one, that is none of these pools'. */
static bool is_stale(const char *name, const struct pool_key *pools, size_t count)
{
    char kept[NAME_SIZE];
    const char *suffix = strstr(name, SUFFIX);
    if (suffix == NULL || (strcmp(suffix, SUFFIX) != 0 && strcmp(suffix, SUFFIX ".new") != 0))
        return false;
    for (size_t i = 0; i < count; i++) {
        name_of(pools[i].public_key, kept);
        if (strcmp(name, kept) == 0)
            return false;
    }
    return true;
}

static enum hf_error remove_stale(const struct pool_key *pools, size_t count)
{
    SCOPED(folder) DIR *folder = opendir(HF_POOLS_FOLDER);
    const struct dirent *entry = NULL;
    bool removed = false;
    if (folder == NULL)
        return HF_EIO;
    while ((entry = readdir(folder)) != NULL) {
        if (!is_stale(entry->d_name, pools, count))
            continue;
        if (unlinkat(dirfd(folder), entry->d_name, 0) != 0)
            return HF_EIO;
        removed = true;
    }
    return removed && fsync(dirfd(folder)) != 0 ? HF_EIO : HF_OK;
}

enum hf_error pools_replace(const struct pool_key *pools, size_t count)
{
    SCOPED(fd) int lock = -1;
    TRY(folder_make(HF_POOLS_FOLDER, 0711));
    TRY(lock_take(HF_POOLS_FOLDER "/.lock", clock_ms() + PATIENCE, &lock));
    for (size_t i = 0; i < count; i++)
        TRY(put(&pools[i]));
    return remove_stale(pools, count);
}
