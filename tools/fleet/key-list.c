#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "tools/exit.h"
#include "tools/fleet/key.h"
#include "tools/fleet/publication.h"
#include "tools/fleet/roster.h"
#include "tools/help.h"
#include "tools/json-out.h"
#include "tools/say.h"

static void add_pools_of(struct json_object *row, const struct roster *roster, const char *host)
{
    struct json_object *pools = json_out_array();
    for (size_t i = 0; i < roster->pool_count; i++)
        if (names_have(&roster->pools[i].hosts, host))
            json_out_append(pools, json_out_string(roster->pools[i].name));
    json_out_add(row, "pools", pools);
}

static struct json_object *hosts_json(const struct roster *roster)
{
    struct json_object *hosts = json_out_array();
    for (size_t i = 0; i < roster->host_count; i++) {
        struct json_object *row = json_out_object();
        char key[KEY_TEXT_SIZE];
        json_out_text(row, "name", roster->hosts[i].name);
        json_out_text(row, "key", key_text(roster->hosts[i].key, key));
        add_pools_of(row, roster, roster->hosts[i].name);
        json_out_append(hosts, row);
    }
    return hosts;
}

static struct json_object *pools_json(const struct roster *roster)
{
    struct json_object *pools = json_out_array();
    for (size_t i = 0; i < roster->pool_count; i++) {
        const struct pool_file *pool = &roster->pools[i];
        struct json_object *row = json_out_object(), *hosts = json_out_array();
        char key[KEY_TEXT_SIZE];
        json_out_text(row, "name", pool->name);
        json_out_text(row, "key", key_text(pool_file_key(pool), key));
        json_out_bool(row, "rekeying", pool_file_keys(pool) > 1);
        for (size_t j = 0; j < pool->hosts.count; j++)
            json_out_append(hosts, json_out_string(pool->hosts.all[j]));
        json_out_add(row, "hosts", hosts);
        json_out_append(pools, row);
    }
    return pools;
}

static int list_json(const struct roster *roster)
{
    struct json_object *all = json_out_object();
    json_out_add(all, "hosts", hosts_json(roster));
    json_out_add(all, "pools", pools_json(roster));
    return json_out_print(all);
}

static void print_host(const struct roster *roster, const struct roster_host *host)
{
    char key[KEY_TEXT_SIZE];
    const char *between = "";
    printf("host  %-24s  %s  ", host->name, key_text(host->key, key));
    for (size_t i = 0; i < roster->pool_count; i++) {
        if (!names_have(&roster->pools[i].hosts, host->name))
            continue;
        printf("%s%s", between, roster->pools[i].name);
        between = ",";
    }
    printf("\n");
}

static int list_text(const struct roster *roster)
{
    for (size_t i = 0; i < roster->pool_count; i++) {
        char key[KEY_TEXT_SIZE];
        const struct pool_file *pool = &roster->pools[i];
        printf("pool  %-24s  %s  %zu host%s%s\n", pool->name, key_text(pool_file_key(pool), key),
               pool->hosts.count, say_plural(pool->hosts.count),
               pool_file_keys(pool) > 1 ? ", not all published with this key" : "");
    }
    for (size_t i = 0; i < roster->host_count; i++)
        print_host(roster, &roster->hosts[i]);
    return help_flush();
}

int key_list(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    int code = fleet_open(&call->fleet);
    if (code == TOOL_OK)
        code = roster_read(&call->fleet, &roster);
    if (code != TOOL_OK)
        return code;
    return call->json ? list_json(&roster) : list_text(&roster);
}

static void print_place(struct fleet *fleet)
{
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    if (!publication_wanted(fleet) || publication_open(fleet, 0, &publication) != TOOL_OK)
        printf("publish   nowhere: there is no usable " FLEET_PUBLISH_FILE "\n");
    else
        printf("publish   %s %s\n", engine_kind_name(publication.place->kind),
               publication.place->addresses[0]);
}

int key_show(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    struct fleet *fleet = &call->fleet;
    char folder[FLEET_FOLDER_MAX + 1];
    int code = fleet_open(fleet);
    if (code == TOOL_OK)
        code = roster_read(fleet, &roster);
    if (code != TOOL_OK)
        return code;
    memcpy(folder, fleet->folder, sizeof folder);
    printf("folder    %s\n", say_clean(folder));
    for (size_t i = 0; i < fleet->signers.count; i++) {
        char key[KEY_TEXT_SIZE];
        printf("signer    %s%s\n", key_text(fleet->signers.keys[i], key),
               i == 0 ? "" : "  (previous)");
    }
    printf("pools     %zu\nhosts     %zu\n", roster.pool_count, roster.host_count);
    print_place(fleet);
    return help_flush();
}
