#include "tools/fleet/pool-file.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "store/base64.h"
#include "tools/fleet/fleet.h"

/* 100,000 hosts with long names. */
#define POOL_TEXT_MAX (8u << 20)

#define POOL_FILE_MAX (sizeof FLEET_POOLS_FOLDER "/.pool" + POOL_NAME_MAX)

#define SEALED_TEXT_SIZE 153 /* base64 of POOL_SEALED_BYTES with its zero byte */
_Static_assert((POOL_SEALED_BYTES + 2) / 3 * 4 + 1 == SEALED_TEXT_SIZE, "base64");

void pool_file_clear(struct pool_file *pool)
{
    names_clear(&pool->hosts);
    names_clear(&pool->retired);
    *pool = (struct pool_file){0};
}

const uint8_t *pool_file_key(const struct pool_file *pool)
{
    return pool->secrets[0].public_key;
}

/* The next word of a line, which ends at `end`, as bytes. */
static enum hf_error take_bytes(const char **at, const char *end, uint8_t *out_bytes, size_t size)
{
    const char *word = *at;
    const char *space = memchr(word, ' ', (size_t)(end - word));
    const char *stop = space != NULL ? space : end;
    size_t length = 0;
    TRY(base64_decode(word, (size_t)(stop - word), out_bytes, size, &length));
    *at = space != NULL ? space + 1 : end;
    return length == size ? HF_OK : HF_EFORMAT;
}

static enum hf_error parse_key(const char *at, const char *end, struct pool_file *pool)
{
    if (pool->secret_count == POOL_SECRETS_MAX)
        return HF_EFULL;
    struct pool_secret *secret = &pool->secrets[pool->secret_count];
    TRY(take_bytes(&at, end, secret->public_key, KEY_BYTES));
    TRY(take_bytes(&at, end, secret->identity, KEY_BYTES));
    TRY(take_bytes(&at, end, secret->sealed, POOL_SEALED_BYTES));
    pool->secret_count++;
    return at == end ? HF_OK : HF_EFORMAT;
}

static enum hf_error parse_host(const char *at, const char *end, struct pool_file *pool)
{
    char name[POOL_NAME_MAX + 1];
    if (text_format(name, sizeof name, "%.*s", (int)(end - at), at) != HF_OK ||
        !token_name_valid(name))
        return HF_EFORMAT;
    return names_add(&pool->hosts, name);
}

static enum hf_error parse_old(const char *at, const char *end, struct pool_file *pool)
{
    uint8_t key[KEY_BYTES];
    char text[KEY_TEXT_SIZE];
    TRY(take_bytes(&at, end, key, KEY_BYTES));
    return at == end ? names_add(&pool->retired, key_text(key, text)) : HF_EFORMAT;
}

static enum hf_error parse_line(const char *at, const char *end, struct pool_file *pool)
{
    if (end - at > 4 && memcmp(at, "key ", 4) == 0)
        return parse_key(at + 4, end, pool);
    if (end - at > 5 && memcmp(at, "host ", 5) == 0)
        return parse_host(at + 5, end, pool);
    if (end - at > 4 && memcmp(at, "old ", 4) == 0)
        return parse_old(at + 4, end, pool);
    return HF_EFORMAT;
}

enum hf_error pool_file_parse(const char *name, const char *text, struct pool_file *out_pool)
{
    SCOPED(pool_file) struct pool_file pool = {0};
    if (text_format(pool.name, sizeof pool.name, "%s", name) != HF_OK || !token_name_valid(name))
        return HF_ENAME;
    for (const char *end; *text != '\0'; text = end + 1) {
        end = strchr(text, '\n');
        if (end == NULL)
            return HF_EFORMAT;
        TRY(parse_line(text, end, &pool));
    }
    if (pool.secret_count == 0)
        return HF_EFORMAT;
    names_sort(&pool.hosts);
    names_sort(&pool.retired);
    *out_pool = pool;
    pool = (struct pool_file){0};
    return HF_OK;
}

static enum hf_error format_name(const char *name, char file[static POOL_FILE_MAX])
{
    return text_format(file, POOL_FILE_MAX, FLEET_POOLS_FOLDER "/%s.pool", name);
}

enum hf_error pool_file_read(const struct fleet *fleet, const char *name,
                             struct pool_file *out_pool)
{
    char file[POOL_FILE_MAX];
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(format_name(name, file));
    TRY(fleet_read(fleet, file, POOL_TEXT_MAX, &text, &length));
    return strlen(text) == length ? pool_file_parse(name, text, out_pool) : HF_EFORMAT;
}

static void print_pool(const struct pool_file *pool, FILE *out)
{
    for (size_t i = 0; i < pool->secret_count; i++) {
        char public_key[KEY_TEXT_SIZE], identity[KEY_TEXT_SIZE], sealed[SEALED_TEXT_SIZE];
        fprintf(out, "key %s %s %s\n", key_text(pool->secrets[i].public_key, public_key),
                key_text(pool->secrets[i].identity, identity),
                sodium_bin2base64(sealed, sizeof sealed, pool->secrets[i].sealed, POOL_SEALED_BYTES,
                                  sodium_base64_VARIANT_ORIGINAL));
    }
    for (size_t i = 0; i < pool->hosts.count; i++)
        fprintf(out, "host %s\n", pool->hosts.all[i]);
    for (size_t i = 0; i < pool->retired.count; i++)
        fprintf(out, "old %s\n", pool->retired.all[i]);
}

enum hf_error pool_file_write(const struct fleet *fleet, const struct pool_file *pool)
{
    SCOPED(text) char *text = NULL;
    char file[POOL_FILE_MAX];
    size_t length = 0;
    TRY(format_name(pool->name, file));
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return HF_ENOMEM;
    print_pool(pool, out);
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed != 0)
        return HF_ENOMEM;
    return fleet_write(fleet, file, text, length);
}

static bool same_key(const uint8_t one[static KEY_BYTES], const uint8_t other[static KEY_BYTES])
{
    return memcmp(one, other, KEY_BYTES) == 0;
}

enum hf_error pool_file_renew(const struct fleet *fleet, struct pool_file *pool)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    struct pool_secret secret;
    if (pool->secret_count == POOL_SECRETS_MAX)
        return HF_EFULL;
    TRY(key_pair_new(&pair));
    memcpy(secret.public_key, pair.public_key, KEY_BYTES);
    memcpy(secret.identity, fleet->identity.public_key, KEY_BYTES);
    TRY(pool_seal(&pair, secret.identity, secret.sealed));
    memmove(&pool->secrets[1], &pool->secrets[0], pool->secret_count * sizeof secret);
    pool->secrets[0] = secret;
    pool->secret_count++;
    return HF_OK;
}

enum hf_error pool_file_open(const struct fleet *fleet, const struct pool_file *pool,
                             const uint8_t public_key[static KEY_BYTES], struct key_pair *out_pair)
{
    for (size_t i = 0; i < pool->secret_count; i++) {
        const struct pool_secret *secret = &pool->secrets[i];
        if (same_key(secret->public_key, public_key) &&
            same_key(secret->identity, fleet->identity.public_key))
            return pool_open(public_key, &fleet->identity, secret->sealed, out_pair);
    }
    return HF_ENOSLOT;
}

enum hf_error pool_file_share(const struct fleet *fleet, struct pool_file *pool,
                              const uint8_t identity[static KEY_BYTES])
{
    struct pool_secret shared[POOL_SECRETS_MAX] = {0};
    size_t count = 0;
    pool_file_keep(pool, fleet->identity.public_key);
    for (size_t i = 0; i < pool->secret_count; i++) {
        SCOPED(key_pair) struct key_pair pair = {0};
        if (count + 2 > POOL_SECRETS_MAX)
            return HF_EFULL;
        TRY(pool_file_open(fleet, pool, pool->secrets[i].public_key, &pair));
        shared[count++] = pool->secrets[i];
        shared[count] = pool->secrets[i];
        memcpy(shared[count].identity, identity, KEY_BYTES);
        TRY(pool_seal(&pair, identity, shared[count++].sealed));
    }
    memcpy(pool->secrets, shared, count * sizeof shared[0]);
    pool->secret_count = count;
    return HF_OK;
}

void pool_file_keep(struct pool_file *pool, const uint8_t identity[static KEY_BYTES])
{
    size_t kept = 0;
    for (size_t i = 0; i < pool->secret_count; i++)
        if (same_key(pool->secrets[i].identity, identity))
            pool->secrets[kept++] = pool->secrets[i];
    pool->secret_count = kept;
}

enum hf_error pool_file_retire(struct pool_file *pool)
{
    size_t kept = 0;
    char text[KEY_TEXT_SIZE];
    for (size_t i = 0; i < pool->secret_count; i++)
        if (!same_key(pool->secrets[i].public_key, pool_file_key(pool)))
            TRY(names_add(&pool->retired, key_text(pool->secrets[i].public_key, text)));
    names_sort(&pool->retired);
    for (size_t i = 0; i < pool->secret_count; i++)
        if (same_key(pool->secrets[i].public_key, pool_file_key(pool)))
            pool->secrets[kept++] = pool->secrets[i];
    pool->secret_count = kept;
    return HF_OK;
}

bool pool_file_had(const struct pool_file *pool, const uint8_t public_key[static KEY_BYTES])
{
    char text[KEY_TEXT_SIZE];
    return names_have(&pool->retired, key_text(public_key, text));
}

size_t pool_file_keys(const struct pool_file *pool)
{
    size_t keys = 0;
    for (size_t i = 0; i < pool->secret_count; i++)
        if (i == 0 || !same_key(pool->secrets[i].public_key, pool->secrets[i - 1].public_key))
            keys++;
    return keys;
}
