#include "tools/fleet/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "store/host-keys.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/objects.h"
#include "tools/say.h"

/* A key of a pool, opened once for all of its hosts. */
struct opened {
    const struct pool_file *pool;
    const uint8_t *public_key; /* borrowed from the pool */
    struct key_pair pair;
    size_t age; /* 0: the pool's present one */
};

/* Which of these a host is to have. */
struct wanted {
    uint16_t keys[POOLS_MAX];
    size_t count;
};

struct hosts {
    struct publication *publication;
    const struct roster *roster;
    struct opened *opened;
    size_t opened_count;
    struct wanted *wanted; /* of each host */
};

static void hosts_scope_end(struct hosts *held)
{
    for (size_t i = 0; i < held->opened_count; i++)
        key_pair_clear(&held->opened[i].pair);
    free(held->opened);
    free(held->wanted);
}

/* Each key of a pool: the present one, and one that documents are still sealed to. */
static enum hf_error open_pool(struct hosts *hosts, const struct pool_file *pool)
{
    size_t age = 0;
    for (size_t i = 0; i < pool->secret_count; i++) {
        const uint8_t *key = pool->secrets[i].public_key;
        struct opened *opened = &hosts->opened[hosts->opened_count];
        if (i > 0 && memcmp(key, pool->secrets[i - 1].public_key, KEY_BYTES) == 0)
            continue;
        TRY(pool_file_open(hosts->publication->fleet, pool, key, &opened->pair));
        opened->pool = pool;
        opened->public_key = key;
        opened->age = age++;
        hosts->opened_count++;
    }
    return HF_OK;
}

/* Old keys that find no room are left out: their documents are about to be sealed anew. */
static enum hf_error want(struct hosts *hosts, size_t key)
{
    const struct opened *opened = &hosts->opened[key];
    const struct names *names = &opened->pool->hosts;
    for (size_t i = 0; i < names->count; i++) {
        const struct roster_host *host = roster_host(hosts->roster, names->all[i]);
        struct wanted *wanted = host != NULL ? &hosts->wanted[host - hosts->roster->hosts] : NULL;
        if (wanted == NULL)
            continue;
        if (wanted->count < POOLS_MAX)
            wanted->keys[wanted->count++] = (uint16_t)key;
        else if (opened->age == 0)
            return HF_EFULL;
    }
    return HF_OK;
}

/* The present ones first, then the newer old ones. */
static enum hf_error want_all(struct hosts *hosts)
{
    for (size_t age = 0; age < POOL_SECRETS_MAX; age++)
        for (size_t i = 0; i < hosts->opened_count; i++)
            if (hosts->opened[i].age == age)
                TRY(want(hosts, i));
    return HF_OK;
}

static enum hf_error prepare(struct hosts *hosts)
{
    const struct roster *roster = hosts->roster;
    hosts->opened = calloc(roster->pool_count * POOL_SECRETS_MAX + 1, sizeof *hosts->opened);
    hosts->wanted = calloc(roster->host_count + roster->gone_count + 1, sizeof *hosts->wanted);
    if (hosts->opened == NULL || hosts->wanted == NULL)
        return HF_ENOMEM;
    for (size_t i = 0; i < roster->pool_count; i++)
        TRY(open_pool(hosts, &roster->pools[i]));
    return want_all(hosts);
}

/* Behind the hosts come the keys that are none's any more. */
static const struct roster_host *host_at(const struct hosts *hosts, size_t index)
{
    const struct roster *roster = hosts->roster;
    return index < roster->host_count ? &roster->hosts[index]
                                      : &roster->gone[index - roster->host_count];
}

static enum hf_error path_of(void *context, size_t index, struct object_path *out_path)
{
    const struct hosts *hosts = context;
    return object_path_host(OBJECT_HOSTS, host_at(hosts, index)->key, out_path);
}

/* Whether an object holds exactly these keys; it is of this fleet's own making. */
static bool has_wanted(const struct hosts *hosts, const struct wanted *wanted,
                       const struct host_keys *keys)
{
    if (keys->pool_count != wanted->count)
        return false;
    for (size_t i = 0; i < wanted->count; i++)
        if (memcmp(keys->pools[i].public_key, hosts->opened[wanted->keys[i]].public_key,
                   KEY_BYTES) != 0)
            return false;
    return true;
}

static enum hf_error fill(const struct hosts *hosts, const struct wanted *wanted,
                          struct host_keys *keys)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const struct opened *opened = &hosts->opened[wanted->keys[i]];
        struct pool_key *pool = &keys->pools[i];
        memcpy(pool->pool, opened->pool->name, sizeof pool->pool);
        memcpy(pool->public_key, opened->public_key, KEY_BYTES);
        TRY(pool_seal(&opened->pair, keys->host, pool->sealed));
    }
    keys->pool_count = wanted->count;
    return HF_OK;
}

static enum hf_error check_generation(struct publication *publication, struct host_keys *keys,
                                      bool *anew)
{
    struct object_path path;
    TRY(object_path_host(OBJECT_HOSTS, keys->host, &path));
    return publication_check(publication, path.text, &keys->generation, anew);
}

static enum hf_error sign(struct publication *publication, struct host_keys *keys, char **out_text,
                          size_t *out_length)
{
    SCOPED(text) char *payload = NULL;
    struct object_path path;
    size_t length = 0;
    TRY(object_path_host(OBJECT_HOSTS, keys->host, &path));
    keys->generation = generation_next(keys->generation);
    TRY(generations_make(&publication->generations, path.text, keys->generation));
    keys->issued = publication->now;
    keys->until = publication->now + publication->valid;
    TRY(host_keys_print(keys, &payload, &length));
    return signed_make(SIGNED_KEYS, payload, length, &publication->fleet->signing, out_text,
                       out_length);
}

static enum hf_error read_keys(const struct fleet *fleet, const struct engine_object *object,
                               const uint8_t host[static KEY_BYTES], struct host_keys *out_keys,
                               bool *out_old)
{
    const char *payload = NULL;
    size_t length = 0;
    TRY(object_open(fleet, SIGNED_KEYS, object, &payload, &length, out_old));
    return host_keys_parse(payload, length, host, out_keys);
}

/* An old copy of the folder would take back that a pool has a new key. */
static bool is_newer(const struct hosts *hosts, const struct host_keys *keys, const char *name)
{
    struct publication *publication = hosts->publication;
    for (size_t i = 0; i < keys->pool_count; i++) {
        if (roster_knows_pool(hosts->roster, keys->pools[i].public_key))
            continue;
        if (!publication->refused)
            (void)say_failure(TOOL_FAILED, HF_OK,
                              "Use that copy, or bring its pools/ here. If it is lost: take hosts/ "
                              "away from what is published.",
                              "%s: the keys of %s were published by a newer copy of this folder",
                              publication->fleet->command, name);
        publication->refused = true;
        return true;
    }
    return false;
}

static enum hf_error make(void *context, size_t index, const struct engine_object *object,
                          enum edit *out_edit, char **out_text, size_t *out_length)
{
    const struct hosts *hosts = context;
    const struct wanted *wanted = &hosts->wanted[index];
    const struct roster_host *host = host_at(hosts, index);
    struct host_keys keys = {.generation = 0};
    bool old = false;
    *out_edit = EDIT_NONE;
    if (object != NULL)
        TRY(read_keys(hosts->publication->fleet, object, host->key, &keys, &old));
    if (object != NULL)
        TRY(check_generation(hosts->publication, &keys, &old));
    if (object == NULL && wanted->count == 0)
        return HF_OK;
    /* One that is gone, and has come back. */
    if (index >= hosts->roster->host_count && roster_host_of(hosts->roster, host->key) != NULL)
        return HF_OK;
    if (is_newer(hosts, &keys, host->name))
        return HF_OK;
    const bool same = object != NULL && has_wanted(hosts, wanted, &keys);
    if (same && !old && !renewal_due(hosts->publication, keys.until))
        return HF_OK;
    *out_edit = same ? EDIT_RENEWED : EDIT_CHANGED;
    memcpy(keys.host, host->key, KEY_BYTES);
    TRY(fill(hosts, wanted, &keys));
    return sign(hosts->publication, &keys, out_text, out_length);
}

static void done(void *context, size_t index, enum edit outcome)
{
    const struct hosts *hosts = context;
    if (outcome == EDIT_LOST)
        (void)say_failure(TOOL_FAILED, HF_ECHANGED, "Try again.", "%s: the pools of %s",
                          hosts->publication->fleet->command, host_at(hosts, index)->name);
}

static int update(struct hosts *hosts)
{
    const struct object_plan plan = {.what = OBJECT_HOSTS,
                                     .count = hosts->roster->host_count + hosts->roster->gone_count,
                                     .path = path_of,
                                     .make = make,
                                     .done = done,
                                     .context = hosts};
    return objects_update(hosts->publication, &plan);
}

int hosts_update(struct publication *publication, const struct roster *roster)
{
    SCOPED(hosts) struct hosts hosts = {.publication = publication, .roster = roster};
    const enum hf_error error = prepare(&hosts);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "%s: the keys of the pools",
                           publication->fleet->command);
    const int code = update(&hosts);
    for (size_t i = 0; code == TOOL_OK && !publication->odd && i < roster->gone_count; i++)
        gone_forget(publication->fleet, roster->gone[i].key);
    return code;
}

int hosts_ready(struct publication *publication, const struct roster *roster)
{
    const int code = hosts_update(publication, roster);
    if (code != TOOL_OK)
        (void)publication_end(publication, false);
    return code;
}
