#include "tools/fleet/roster.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/name.h"
#include "store/hostkey.h"
#include "store/object-path.h"
#include "tools/exit.h"
#include "tools/fleet/fleet.h"
#include "tools/say.h"

#define HOST_SUFFIX ".pub"
#define POOL_SUFFIX ".pool"
#define GONE_SUFFIX ".gone"

/* A line of host.pub. */
#define HOST_TEXT_MAX 46

/* The longest file's name in hosts/. */
#define FILE_MAX (HOST_FILE_MAX + 1)

void roster_clear(struct roster *roster)
{
    for (size_t i = 0; i < roster->pool_count; i++)
        pool_file_clear(&roster->pools[i]);
    free(roster->pools);
    free(roster->hosts);
    free(roster->by_key);
    free(roster->gone);
    *roster = (struct roster){0};
}

enum hf_error host_file(const char *name, char out_file[static HOST_FILE_MAX])
{
    return text_format(out_file, HOST_FILE_MAX, FLEET_HOSTS_FOLDER "/%s" HOST_SUFFIX, name);
}

/* The names of a folder's files that end so, sorted, without their ends. */
static enum hf_error list_folder(const struct fleet *fleet, const char *folder, const char *suffix,
                                 struct names *names)
{
    struct store_path path;
    TRY(fleet_path(fleet, folder, &path));
    DIR *opened = opendir(path.text);
    if (opened == NULL)
        return errno == ENOENT ? HF_OK : HF_EIO;
    enum hf_error error = HF_OK;
    for (struct dirent *entry; error == HF_OK && (entry = readdir(opened)) != NULL;) {
        const size_t length = strlen(entry->d_name), end = strlen(suffix);
        if (length <= end || strcmp(entry->d_name + length - end, suffix) != 0)
            continue;
        entry->d_name[length - end] = '\0';
        if (token_name_valid(entry->d_name))
            error = names_add(names, entry->d_name);
    }
    closedir(opened);
    names_sort(names);
    return error;
}

static enum hf_error read_host(const struct fleet *fleet, const char *name, const char *suffix,
                               struct roster_host *host)
{
    char file[FILE_MAX];
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(text_format(host->name, sizeof host->name, "%s", name));
    TRY(text_format(file, sizeof file, FLEET_HOSTS_FOLDER "/%s%s", name, suffix));
    TRY(fleet_read(fleet, file, HOST_TEXT_MAX, &text, &length));
    return hostkey_public_parse(text, length, host->key);
}

static int say_file(const struct fleet *fleet, const char *folder, const char *name,
                    const char *suffix, enum hf_error error)
{
    char file[2 * POOL_NAME_MAX];
    const int system = errno;
    if (text_format(file, sizeof file, "%s/%s%s", folder, name, suffix) != HF_OK)
        return TOOL_FAILED;
    errno = system;
    return fleet_say(fleet, file, error);
}

static int compare_keys(const void *one, const void *other, void *hosts)
{
    const struct roster_host *all = hosts;
    return memcmp(all[*(const size_t *)one].key, all[*(const size_t *)other].key, KEY_BYTES);
}

/* All of one kind. */
static int read_keys(const struct fleet *fleet, const char *suffix, struct roster_host **out_hosts,
                     size_t *out_count)
{
    SCOPED(names) struct names names = {0};
    enum hf_error error = list_folder(fleet, FLEET_HOSTS_FOLDER, suffix, &names);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_HOSTS_FOLDER, error);
    *out_hosts = calloc(names.count + 1, sizeof **out_hosts);
    if (*out_hosts == NULL)
        return fleet_say(fleet, FLEET_HOSTS_FOLDER, HF_ENOMEM);
    for (size_t i = 0; i < names.count; i++, (*out_count)++) {
        error = read_host(fleet, names.all[i], suffix, &(*out_hosts)[i]);
        if (error != HF_OK)
            return say_file(fleet, FLEET_HOSTS_FOLDER, names.all[i], suffix, error);
    }
    return TOOL_OK;
}

static int read_hosts(const struct fleet *fleet, struct roster *roster)
{
    const int code = read_keys(fleet, HOST_SUFFIX, &roster->hosts, &roster->host_count);
    if (code != TOOL_OK)
        return code;
    roster->by_key = calloc(roster->host_count + 1, sizeof *roster->by_key);
    if (roster->by_key == NULL)
        return fleet_say(fleet, FLEET_HOSTS_FOLDER, HF_ENOMEM);
    for (size_t i = 0; i < roster->host_count; i++)
        roster->by_key[i] = i;
    qsort_r(roster->by_key, roster->host_count, sizeof *roster->by_key, compare_keys,
            roster->hosts);
    return TOOL_OK;
}

/* hosts/HEX.gone, which holds the key as a host's file does. */
static enum hf_error gone_file(const uint8_t key[static KEY_BYTES], char out_file[static FILE_MAX])
{
    struct object_path path;
    TRY(object_path_host(OBJECT_HOSTS, key, &path));
    return text_format(out_file, FILE_MAX, "%s" GONE_SUFFIX, path.text);
}

enum hf_error gone_note(const struct fleet *fleet, const uint8_t key[static KEY_BYTES])
{
    char file[FILE_MAX], text[KEY_TEXT_SIZE], line[KEY_TEXT_SIZE + 1];
    TRY(gone_file(key, file));
    TRY(text_format(line, sizeof line, "%s\n", key_text(key, text)));
    return fleet_write(fleet, file, line, strlen(line));
}

void gone_forget(const struct fleet *fleet, const uint8_t key[static KEY_BYTES])
{
    char file[FILE_MAX];
    if (gone_file(key, file) == HF_OK)
        fleet_remove(fleet, file);
}

static int read_pools(const struct fleet *fleet, struct roster *roster)
{
    SCOPED(names) struct names names = {0};
    enum hf_error error = list_folder(fleet, FLEET_POOLS_FOLDER, POOL_SUFFIX, &names);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_POOLS_FOLDER, error);
    roster->pools = calloc(names.count + 1, sizeof *roster->pools);
    if (roster->pools == NULL)
        return fleet_say(fleet, FLEET_POOLS_FOLDER, HF_ENOMEM);
    for (size_t i = 0; i < names.count; i++, roster->pool_count++) {
        error = pool_file_read(fleet, names.all[i], &roster->pools[i]);
        if (error != HF_OK)
            return say_file(fleet, FLEET_POOLS_FOLDER, names.all[i], POOL_SUFFIX, error);
    }
    return TOOL_OK;
}

int roster_read(const struct fleet *fleet, struct roster *out_roster)
{
    int code = read_hosts(fleet, out_roster);
    if (code == TOOL_OK)
        code = read_keys(fleet, GONE_SUFFIX, &out_roster->gone, &out_roster->gone_count);
    return code == TOOL_OK ? read_pools(fleet, out_roster) : code;
}

bool roster_knows_pool(const struct roster *roster, const uint8_t key[static KEY_BYTES])
{
    bool present = true;
    if (roster_pool_of(roster, key, &present) != NULL)
        return true;
    for (size_t i = 0; i < roster->pool_count; i++)
        if (pool_file_had(&roster->pools[i], key))
            return true;
    return false;
}

struct roster_host *roster_host(const struct roster *roster, const char *name)
{
    size_t low = 0, high = roster->host_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(name, roster->hosts[middle].name);
        if (order == 0)
            return &roster->hosts[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct pool_file *roster_pool(const struct roster *roster, const char *name)
{
    for (size_t i = 0; i < roster->pool_count; i++)
        if (strcmp(roster->pools[i].name, name) == 0)
            return &roster->pools[i];
    return NULL;
}

const struct roster_host *roster_host_of(const struct roster *roster,
                                         const uint8_t key[static KEY_BYTES])
{
    size_t low = 0, high = roster->host_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct roster_host *host = &roster->hosts[roster->by_key[middle]];
        const int order = memcmp(key, host->key, KEY_BYTES);
        if (order == 0)
            return host;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct pool_file *roster_pool_of(const struct roster *roster, const uint8_t key[static KEY_BYTES],
                                 bool *out_present)
{
    for (size_t i = 0; i < roster->pool_count; i++) {
        struct pool_file *pool = &roster->pools[i];
        for (size_t j = 0; j < pool->secret_count; j++) {
            if (memcmp(pool->secrets[j].public_key, key, KEY_BYTES) != 0)
                continue;
            *out_present = memcmp(key, pool_file_key(pool), KEY_BYTES) == 0;
            return pool;
        }
    }
    return NULL;
}
