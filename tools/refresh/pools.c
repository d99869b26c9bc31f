#include "tools/refresh/pools.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/hostkey.h"
#include "tools/exit.h"
#include "tools/say.h"

#define SUFFIX ".sealed"

/* How long a TPM may take. */
#define KEY_PATIENCE 30000

static bool has(const struct pools *pools, const uint8_t public_key[static KEY_BYTES])
{
    for (size_t i = 0; i < pools->count; i++)
        if (memcmp(pools->keys[i].public_key, public_key, KEY_BYTES) == 0)
            return true;
    return false;
}

static enum hf_error add(struct pools *pools, const uint8_t public_key[static KEY_BYTES],
                         const uint8_t sealed[static POOL_SEALED_BYTES])
{
    if (has(pools, public_key))
        return HF_OK;
    if (pools->count == POOLS_MAX)
        return HF_EFULL;
    struct pool_key *pool = &pools->keys[pools->count++];
    memcpy(pool->public_key, public_key, KEY_BYTES);
    memcpy(pool->sealed, sealed, POOL_SEALED_BYTES);
    return HF_OK;
}

enum hf_error pools_add(struct pools *pools, const uint8_t *records, size_t length)
{
    if (length % POOL_RECORD_BYTES != 0)
        return HF_EPROTOCOL;
    for (size_t at = 0; at < length; at += POOL_RECORD_BYTES)
        TRY(add(pools, records + at, records + at + KEY_BYTES));
    return HF_OK;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

/* The public key of a file's name, where it is one of these files. */
static bool parse_name(const char *name, uint8_t out_key[static KEY_BYTES])
{
    if (strlen(name) != 2 * (size_t)KEY_BYTES + strlen(SUFFIX) ||
        strcmp(name + 2 * (size_t)KEY_BYTES, SUFFIX) != 0)
        return false;
    for (size_t i = 0; i < KEY_BYTES; i++) {
        const int high = digit_of(name[2 * i]), low = digit_of(name[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out_key[i] = (uint8_t)(16 * high + low);
    }
    return true;
}

static bool is_kept(const struct pool_key *pool)
{
    uint8_t kept[POOL_SEALED_BYTES];
    return pool_read(pool->public_key, kept) == HF_OK &&
           memcmp(kept, pool->sealed, sizeof kept) == 0;
}

/* Calls pool_read for each file that is there. With `pools` it adds them; *out_other says whether
   there is one that is not among them. */
static enum hf_error read_kept(struct pools *pools, bool add_them, bool *out_other)
{
    uint8_t public_key[KEY_BYTES], sealed[POOL_SEALED_BYTES];
    DIR *folder = opendir(HF_POOLS_FOLDER);
    const struct dirent *entry;
    *out_other = false;
    if (folder == NULL)
        return errno == ENOENT ? HF_OK : HF_EIO;
    enum hf_error error = HF_OK;
    while (error == HF_OK && (entry = readdir(folder)) != NULL) {
        if (!parse_name(entry->d_name, public_key) || has(pools, public_key))
            continue;
        *out_other = true;
        if (add_them && pool_read(public_key, sealed) == HF_OK)
            error = add(pools, public_key, sealed);
    }
    closedir(folder);
    return error;
}

/* Says that a pool's key does not open. What an engine gives for this machine's public key was
   signed as such: then it is the private key that is another one. */
static int say_unopened(enum hf_error error, bool given)
{
    if (error == HF_EPOOL && given)
        return say_failure(TOOL_FAILED, HF_OK, POOLS_NEXT_HOST,
                           "refresh: a pool's key does not open: host.key is not the key of "
                           "host.pub, or what was published is altered");
    if (error == HF_EPOOL)
        return say_failure(TOOL_FAILED, HF_OK, POOLS_NEXT_REPLACE,
                           "refresh: a pool's key is sealed to an earlier key of this machine, or "
                           "altered, and nothing is published for the key that it has now");
    return say_failure(TOOL_FAILED, error, POOLS_NEXT_HOST, "refresh: a pool's key");
}

static enum hf_error open_pool(const struct pool_key *pool, struct key_pair *host)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    if (host->private_key == NULL)
        TRY(hostkey_load(clock_ms() + KEY_PATIENCE, host));
    return pool_open(pool->public_key, host, pool->sealed, &pair);
}

/* Takes out what this machine's key does not open. Only new ones are tried: a TPM need not be asked
   each minute. Gives 0 or the exit code. */
static int check_new(struct pools *pools, bool *out_changed)
{
    SCOPED(key_pair) struct key_pair host = {0};
    size_t kept = 0;
    int code = TOOL_OK;
    *out_changed = false;
    for (size_t i = 0; i < pools->count; i++) {
        const struct pool_key pool = pools->keys[i];
        enum hf_error error = HF_OK;
        if (!is_kept(&pool)) {
            error = open_pool(&pool, &host);
            *out_changed |= error == HF_OK;
        }
        if (error == HF_OK)
            pools->keys[kept++] = pool;
        else
            code = say_unopened(error, true);
    }
    pools->count = kept;
    return code;
}

enum hf_error pools_check_kept(size_t *out_count)
{
    SCOPED(key_pair) struct key_pair host = {0};
    struct pools pools = {0};
    bool other = false;
    *out_count = 0;
    TRY(read_kept(&pools, true, &other));
    *out_count = pools.count;
    for (size_t i = 0; i < pools.count; i++)
        TRY(open_pool(&pools.keys[i], &host));
    return HF_OK;
}

/* Where an engine knows nothing of this machine's key, what root has may be of an earlier one. */
static int check_unknown(const struct pools *pools)
{
    size_t count = 0;
    if (!pools->unknown || pools->named || pools->count > 0)
        return TOOL_OK;
    const enum hf_error error = pools_check_kept(&count);
    return error == HF_EPOOL ? say_unopened(error, false) : TOOL_OK;
}

/* Of an error beside its errno. */
static const char *next_of(enum hf_error error)
{
    return error == HF_EIO && errno == ENOSPC ? "Make room there, then: hf-tokenctl refresh"
                                              : "hf-tokenctl init --fleet makes the folder.";
}

int pools_keep(struct pools *pools)
{
    bool changed = false, other = false;
    int code = check_new(pools, &changed);
    if (code == TOOL_OK && check_unknown(pools) != TOOL_OK)
        return TOOL_FAILED;
    const bool whole = pools->named && !pools->partial && code == TOOL_OK;
    enum hf_error error = read_kept(pools, !whole, &other);
    if (error == HF_OK && (changed || (other && whole)))
        error = pools_replace(pools->keys, pools->count);
    if (error != HF_OK)
        code = say_failure(TOOL_FAILED, error, next_of(error), "refresh: " HF_POOLS_FOLDER);
    return code;
}
