#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "store/hostkey.h"
#include "tools/exit.h"
#include "tools/fleet/hosts.h"
#include "tools/fleet/key.h"
#include "tools/fleet/publish.h"
#include "tools/say.h"

/* A line of host.pub, and a byte that shows what is more. */
#define LINE_SIZE 64

static enum hf_error read_key(const char *file, uint8_t out_key[static KEY_BYTES])
{
    char line[LINE_SIZE];
    size_t length = 0;
    const bool from_stdin = file == NULL || strcmp(file, "-") == 0;
    SCOPED(fd)
    int input = from_stdin ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (input < 0)
        return HF_EIO;
    TRY(io_read(input, line, sizeof line, &length));
    return length < sizeof line ? hostkey_public_parse(line, length, out_key) : HF_EFORMAT;
}

/* The file may be what was to be the key, or worse: only a plain path is repeated. */
static const char *show_file(const char *file, char shown[static NEXT_MAX])
{
    if (file == NULL || strcmp(file, "-") == 0)
        return "standard input";
    if (say_holds_token(file))
        return "that file";
    (void)say_next(shown, "%s", file);
    return say_clean(shown);
}

static int take_key(const struct key_call *call, uint8_t out_key[static KEY_BYTES])
{
    char shown[NEXT_MAX];
    const enum hf_error error = read_key(call->words[1], out_key);
    const char *file = show_file(call->words[1], shown);
    if (error == HF_OK)
        return TOOL_OK;
    if (error == HF_EFORMAT)
        return say_failure(TOOL_FAILED, HF_OK,
                           "It is what /etc/hf-token/host.pub of the host has: one line, of 44 "
                           "characters of base64.",
                           "key: %s has no host's public key", file);
    return say_failure(TOOL_FAILED, error, "It is what /etc/hf-token/host.pub of the host has.",
                       "key: %s", file);
}

static int write_host(const struct fleet *fleet, const char *name,
                      const uint8_t key[static KEY_BYTES])
{
    char file[HOST_FILE_MAX], text[KEY_TEXT_SIZE], line[KEY_TEXT_SIZE + 1];
    enum hf_error error = host_file(name, file);
    if (error == HF_OK)
        error = text_format(line, sizeof line, "%s\n", key_text(key, text));
    if (error == HF_OK)
        error = fleet_write(fleet, file, line, strlen(line));
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_HOSTS_FOLDER, error);
}

/* Two hosts of one key would be one host with two names. */
static int check_key(const struct roster *roster, const char *name,
                     const uint8_t key[static KEY_BYTES])
{
    const struct roster_host *other = roster_host_of(roster, key);
    if (other == NULL || strcmp(other->name, name) == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, "Each machine makes its own: hf-tokenctl init",
                       "key: that is the key of %s", other->name);
}

/* What both begin with; the words are NAME and perhaps FILE. */
static int begin_host(struct key_call *call, struct roster *roster, uint8_t key[static KEY_BYTES])
{
    int code = key_name_check(call->words[0]);
    if (code == TOOL_OK)
        code = fleet_open(&call->fleet);
    if (code == TOOL_OK)
        code = fleet_lock(&call->fleet);
    if (code == TOOL_OK)
        code = roster_read(&call->fleet, roster);
    if (code == TOOL_OK)
        code = take_key(call, key);
    return code == TOOL_OK ? check_key(roster, call->words[0], key) : code;
}

static int say_known(const struct roster_host *host, const uint8_t key[static KEY_BYTES])
{
    char next[NEXT_MAX];
    if (memcmp(host->key, key, KEY_BYTES) == 0)
        return say_failure(TOOL_FAILED, HF_EEXISTS, "It has this very key: there is nothing to do.",
                           "key: the host %s", host->name);
    return say_failure(TOOL_FAILED, HF_EEXISTS,
                       say_next(next,
                                "It has another key. Where that is lost, and this one is surely "
                                "its own: hf-tokenctl key host replace %s",
                                host->name),
                       "key: the host %s", host->name);
}

int key_host_add(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    uint8_t key[KEY_BYTES];
    int code = begin_host(call, &roster, key);
    if (code != TOOL_OK)
        return code;
    const struct roster_host *host = roster_host(&roster, call->words[0]);
    if (host != NULL)
        return say_known(host, key);
    code = write_host(&call->fleet, call->words[0], key);
    if (code == TOOL_OK)
        say_note("key: added %s; into a pool: hf-tokenctl key pool join POOL %s", call->words[0],
                 call->words[0]);
    return code;
}

int key_say_no_host(const char *name)
{
    return say_failure(TOOL_NONE, HF_OK, "hf-tokenctl key list", "key: there is no host %s",
                       say_quotable(name) ? name : "of that name");
}

static bool in_any_pool(const struct roster *roster, const char *name)
{
    for (size_t i = 0; i < roster->pool_count; i++)
        if (names_have(&roster->pools[i].hosts, name))
            return true;
    return false;
}

/* From the new file on, `publish` finishes what is broken off, and so does the same call. */
static int write_new(const struct fleet *fleet, const struct roster_host *host,
                     const uint8_t key[static KEY_BYTES])
{
    if (memcmp(host->key, key, KEY_BYTES) == 0)
        return TOOL_OK;
    const enum hf_error error = gone_note(fleet, host->key);
    return error == HF_OK ? write_host(fleet, host->name, key)
                          : fleet_say(fleet, FLEET_HOSTS_FOLDER, error);
}

static int replace(struct key_call *call, struct roster *roster, const struct roster_host *host,
                   const uint8_t key[static KEY_BYTES])
{
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    const bool published = publication_wanted(&call->fleet) && in_any_pool(roster, call->words[0]);
    int code = published ? fleet_unlock(&call->fleet) : TOOL_OK;
    if (code == TOOL_OK && published)
        code = publication_open(&call->fleet, call->valid, &publication);
    if (code == TOOL_OK)
        code = write_new(&call->fleet, host, key);
    if (code != TOOL_OK || !published)
        return code;
    roster_clear(roster);
    code = roster_read(&call->fleet, roster);
    return code == TOOL_OK ? publish_hosts(&publication, roster) : code;
}

int key_host_replace(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    uint8_t key[KEY_BYTES];
    int code = begin_host(call, &roster, key);
    if (code != TOOL_OK)
        return code;
    const struct roster_host *host = roster_host(&roster, call->words[0]);
    if (host == NULL)
        return key_say_no_host(call->words[0]);
    code = replace(call, &roster, host, key);
    if (code != TOOL_OK)
        return code;
    return say_failure(TOOL_OK, HF_OK,
                       "Provision what is sealed to host:NAME again. Where somebody else may have "
                       "the old key, let it leave its pools first.",
                       "key: %s has a new key", call->words[0]);
}

int key_host_remove(struct key_call *call)
{
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    char file[HOST_FILE_MAX];
    struct store_path path;
    const char *name = call->words[0];
    int code = fleet_open(&call->fleet);
    if (code == TOOL_OK)
        code = fleet_lock(&call->fleet);
    if (code == TOOL_OK)
        code = roster_read(&call->fleet, &roster);
    if (code != TOOL_OK)
        return code;
    const struct roster_host *host = roster_host(&roster, name);
    if (host == NULL)
        return key_say_no_host(name);
    if (in_any_pool(&roster, name))
        return say_failure(TOOL_FAILED, HF_OK, "First: hf-tokenctl key pool leave POOL HOST",
                           "key: %s is in a pool, and has its key", name);
    /* Where leaving its last pool was broken off, its keys are still published. */
    const enum hf_error error = gone_note(&call->fleet, host->key);
    if (error != HF_OK)
        return fleet_say(&call->fleet, FLEET_HOSTS_FOLDER, error);
    if (host_file(name, file) != HF_OK || fleet_path(&call->fleet, file, &path) != HF_OK ||
        unlink(path.text) != 0)
        return fleet_say(&call->fleet, FLEET_HOSTS_FOLDER, HF_EIO);
    say_note("key: removed %s; what is sealed to host:%s stays so until it is provisioned anew",
             name, name);
    return TOOL_OK;
}
