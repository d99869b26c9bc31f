#include <string.h>

#include "tools/exit.h"
#include "tools/fleet/key.h"
#include "tools/fleet/publish.h"
#include "tools/say.h"

/* Pools that a host can be in: while one gets a new key, it takes two places. */
#define POOLS_OF_HOST (POOLS_MAX / 2)

int key_pool_add(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    SCOPED(pool_file) struct pool_file pool = {.secret_count = 0};
    const char *name = call->words[0];
    int code = key_name_check(name);
    if (code == TOOL_OK)
        code = fleet_begin(&call->fleet);
    if (code == TOOL_OK)
        code = roster_read(&call->fleet, &roster);
    if (code != TOOL_OK)
        return code;
    if (roster_pool(&roster, name) != NULL)
        return say_failure(TOOL_FAILED, HF_EEXISTS, "hf-tokenctl key list", "key: the pool %s",
                           name);
    enum hf_error error = text_format(pool.name, sizeof pool.name, "%s", name);
    if (error == HF_OK)
        error = pool_file_renew(&call->fleet, &pool);
    if (error == HF_OK)
        error = pool_file_write(&call->fleet, &pool);
    if (error != HF_OK)
        return fleet_say(&call->fleet, FLEET_POOLS_FOLDER, error);
    say_note("key: made the pool %s; hosts into it: hf-tokenctl key pool join %s HOST...", name,
             name);
    return TOOL_OK;
}

static int say_pool(const char *name)
{
    return say_failure(TOOL_NONE, HF_OK, "hf-tokenctl key list", "key: there is no pool %s",
                       say_quotable(name) ? name : "of that name");
}

static size_t count_pools(const struct roster *roster, const char *host)
{
    size_t count = 0;
    for (size_t i = 0; i < roster->pool_count; i++)
        count += names_have(&roster->pools[i].hosts, host);
    return count;
}

static int check_joining(const struct roster *roster, const struct pool_file *pool,
                         const char *host)
{
    if (roster_host(roster, host) == NULL)
        return key_say_no_host(host);
    if (!names_have(&pool->hosts, host) && count_pools(roster, host) >= POOLS_OF_HOST)
        return say_failure(TOOL_FAILED, HF_OK, NULL, "key: %s is in %d pools already", host,
                           POOLS_OF_HOST);
    return TOOL_OK;
}

/* What both begin with. */
static int begin_pool(struct key_call *call, struct roster *roster, struct pool_file **out_pool)
{
    int code = fleet_begin(&call->fleet);
    if (code == TOOL_OK)
        code = roster_read(&call->fleet, roster);
    if (code != TOOL_OK)
        return code;
    *out_pool = roster_pool(roster, call->words[0]);
    return *out_pool != NULL ? TOOL_OK : say_pool(call->words[0]);
}

static int write_pool(const struct fleet *fleet, const struct pool_file *pool)
{
    const enum hf_error error = pool_file_write(fleet, pool);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_POOLS_FOLDER, error);
}

/* Publishes what was changed here. */
static int publish(struct key_call *call, struct roster *roster,
                   int (*how)(struct publication *, struct roster *))
{
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    if (!publication_wanted(&call->fleet)) {
        say_note("key: nothing is published, because there is no " FLEET_PUBLISH_FILE
                 "; later: hf-tokenctl publish");
        return TOOL_OK;
    }
    int code = publication_open(&call->fleet, call->valid, &publication);
    if (code == TOOL_OK)
        code = how(&publication, roster);
    if (code != TOOL_OK)
        say_note("key: nothing is lost: this folder has the change, which is not all published. "
                 "When " FLEET_PUBLISH_FILE
                 " is right and the engine answers: hf-tokenctl publish");
    return code;
}

static int hosts_alone(struct publication *publication, struct roster *roster)
{
    return publish_hosts(publication, roster);
}

int key_pool_join(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    struct pool_file *pool = NULL;
    int code = begin_pool(call, &roster, &pool);
    for (size_t i = 1; i < call->count && code == TOOL_OK; i++)
        code = check_joining(&roster, pool, call->words[i]);
    for (size_t i = 1; i < call->count && code == TOOL_OK; i++)
        if (names_add(&pool->hosts, call->words[i]) != HF_OK)
            code = say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "key");
    if (code != TOOL_OK)
        return code;
    names_sort(&pool->hosts);
    code = write_pool(&call->fleet, pool);
    if (code == TOOL_OK)
        code = publish(call, &roster, hosts_alone);
    if (code == TOOL_OK)
        say_note("key: the pool %s has %zu host%s", pool->name, pool->hosts.count,
                 say_plural(pool->hosts.count));
    return code;
}

/* Whether all can be sealed anew, before the old key is on its way out. */
static int check_users(struct key_call *call)
{
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    if (!publication_wanted(&call->fleet))
        return TOOL_OK;
    SCOPED(names) struct names more = {0};
    int code = publication_open(&call->fleet, call->valid, &publication);
    if (code == TOOL_OK)
        code = users_complete(&publication, call->users, &more);
    return code == TOOL_OK ? users_note(&publication, (const char *const *)more.all, more.count)
                           : code;
}

/* While a pool has an old key, its hosts have both; each that is broken off adds one. */
static int check_renewal(const struct roster *roster, const struct pool_file *pool)
{
    for (size_t i = 0; i < pool->hosts.count; i++) {
        const char *host = pool->hosts.all[i];
        size_t keys = 1;
        for (size_t j = 0; j < roster->pool_count; j++)
            if (names_have(&roster->pools[j].hosts, host))
                keys += pool_file_keys(&roster->pools[j]);
        if (keys > POOLS_MAX)
            return say_failure(TOOL_FAILED, HF_OK, "hf-tokenctl publish; then try again.",
                               "key: %s has as many old and new keys of pools as a host can have",
                               host);
    }
    return TOOL_OK;
}

/* The new key and who is left are written at once: from then on `publish` finishes what is broken
   off. */
int key_pool_leave(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    struct pool_file *pool = NULL;
    int code = begin_pool(call, &roster, &pool);
    for (size_t i = 1; i < call->count && code == TOOL_OK; i++)
        if (!names_remove(&pool->hosts, call->words[i]))
            code = say_failure(
                TOOL_NONE, HF_OK, "hf-tokenctl key list", "key: %s is not in the pool %s",
                say_quotable(call->words[i]) ? call->words[i] : "the host", pool->name);
    if (code == TOOL_OK)
        code = check_users(call);
    if (code == TOOL_OK)
        code = check_renewal(&roster, pool);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error = pool_file_renew(&call->fleet, pool);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error == HF_EFULL ? HF_OK : error,
                           "hf-tokenctl publish; then try again.",
                           "key: no new key for the pool %s, which has many old ones", pool->name);
    code = write_pool(&call->fleet, pool);
    if (code == TOOL_OK)
        code = publish(call, &roster, publish_all);
    if (code != TOOL_OK)
        return code;
    return say_failure(TOOL_OK, HF_OK,
                       "What such a host has had open it still knows: new tokens, by provision, "
                       "and revoke the old ones at the Hub, if it may be in other hands.",
                       "key: the pool %s has a new key, and %zu host%s", pool->name,
                       pool->hosts.count, say_plural(pool->hosts.count));
}
