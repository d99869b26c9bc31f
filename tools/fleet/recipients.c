#include "tools/fleet/recipients.h"

#include <stdio.h>
#include <string.h>

#include "tools/exit.h"
#include "tools/fleet/fleet.h"
#include "tools/say.h"

#define HOST_PREFIX "host:"

/* Hosts or pools that are named where one was not found. */
#define KNOWN_NAMED 5

static enum hf_error find_recipient(const struct roster *roster, const char *word,
                                    struct recipient *out_recipient)
{
    const bool is_host = strncmp(word, HOST_PREFIX, strlen(HOST_PREFIX)) == 0;
    const struct roster_host *host =
        is_host ? roster_host(roster, word + strlen(HOST_PREFIX)) : NULL;
    const struct pool_file *pool = is_host ? NULL : roster_pool(roster, word);
    if (host == NULL && pool == NULL)
        return HF_ENOTFOUND;
    *out_recipient = (struct recipient){.kind = is_host ? SLOT_HOST : SLOT_POOL};
    memcpy(out_recipient->public_key, is_host ? host->key : pool_file_key(pool), KEY_BYTES);
    return HF_OK;
}

static bool has_recipient(const struct recipients *recipients, const struct recipient *wanted)
{
    for (size_t i = 0; i < recipients->count; i++)
        if (memcmp(recipients->list[i].public_key, wanted->public_key, KEY_BYTES) == 0)
            return true;
    return false;
}

enum hf_error recipients_add(const struct roster *roster, const char *word,
                             struct recipients *recipients)
{
    struct recipient found;
    TRY(find_recipient(roster, word, &found));
    if (has_recipient(recipients, &found))
        return HF_OK;
    if (recipients->count == SLOTS_MAX)
        return HF_EFULL;
    recipients->list[recipients->count++] = found;
    return HF_OK;
}

static bool renew_recipient(const struct roster *roster, const struct slot *slot,
                            struct recipient *out_recipient)
{
    bool present = true;
    const struct roster_host *host =
        slot->kind == SLOT_HOST ? roster_host_of(roster, slot->recipient) : NULL;
    const struct pool_file *pool =
        slot->kind == SLOT_POOL ? roster_pool_of(roster, slot->recipient, &present) : NULL;
    if (host == NULL && pool == NULL)
        return false;
    out_recipient->kind = slot->kind;
    memcpy(out_recipient->public_key, host != NULL ? host->key : pool_file_key(pool), KEY_BYTES);
    return true;
}

size_t recipients_renew(const struct roster *roster, const struct sealed_token *token,
                        struct recipients *out_recipients)
{
    size_t dropped = 0;
    out_recipients->count = 0;
    for (size_t i = 0; i < token->slot_count; i++) {
        struct recipient found = {0};
        if (!renew_recipient(roster, &token->slots[i], &found))
            dropped++;
        else if (!has_recipient(out_recipients, &found))
            out_recipients->list[out_recipients->count++] = found;
    }
    return dropped;
}

const char *recipient_text(const struct roster *roster, const struct slot *slot,
                           char text[static RECIPIENT_TEXT_MAX])
{
    bool present = true;
    char key[KEY_TEXT_SIZE];
    const struct roster_host *host =
        slot->kind == SLOT_HOST ? roster_host_of(roster, slot->recipient) : NULL;
    const struct pool_file *pool =
        slot->kind == SLOT_POOL ? roster_pool_of(roster, slot->recipient, &present) : NULL;
    if (host != NULL)
        (void)snprintf(text, RECIPIENT_TEXT_MAX, HOST_PREFIX "%s", host->name);
    else if (pool != NULL)
        (void)snprintf(text, RECIPIENT_TEXT_MAX, "%s%s", pool->name, present ? "" : " (old key)");
    else
        (void)snprintf(text, RECIPIENT_TEXT_MAX, "%s %.8s...", slot_kind_name(slot->kind),
                       key_text(slot->recipient, key));
    return text;
}

static const char *name_at(const struct roster *roster, bool hosts, size_t index)
{
    return hosts ? roster->hosts[index].name : roster->pools[index].name;
}

static void add_known(const struct roster *roster, bool hosts, char text[static NEXT_MAX])
{
    const size_t count = hosts ? roster->host_count : roster->pool_count;
    const size_t named = count < KNOWN_NAMED ? count : KNOWN_NAMED;
    size_t used = strlen(text);
    const char *before = used > 0 ? ". " : "", *what = hosts ? "Hosts: " : "Pools: ";
    if (count == 0)
        (void)snprintf(text + used, NEXT_MAX - used, "%sThere is no %s yet", before,
                       hosts ? "host" : "pool");
    for (size_t i = 0; i < named; i++, used = strlen(text))
        (void)snprintf(text + used, NEXT_MAX - used, "%s%s%s%s", i == 0 ? before : ", ",
                       i == 0 ? what : "", hosts ? HOST_PREFIX : "", name_at(roster, hosts, i));
    if (count > named)
        (void)snprintf(text + used, NEXT_MAX - used, " and %zu more: hf-tokenctl key list",
                       count - named);
}

const char *recipients_known(const struct roster *roster, char text[static NEXT_MAX])
{
    text[0] = '\0';
    add_known(roster, false, text);
    add_known(roster, true, text);
    return text;
}

int recipients_say(const struct roster *roster, const char *word, const char *command)
{
    const bool is_host = strncmp(word, HOST_PREFIX, strlen(HOST_PREFIX)) == 0;
    const char *name = is_host ? word + strlen(HOST_PREFIX) : word;
    char known[NEXT_MAX];
    (void)recipients_known(roster, known);
    if (!say_quotable(name))
        return say_failure(TOOL_USAGE, HF_OK, known, "%s: --to: there is no such pool or host",
                           command);
    if (!is_host && roster_host(roster, name) != NULL)
        return say_failure(TOOL_USAGE, HF_OK, known,
                           "%s: --to %s: that is a host, and no pool: --to " HOST_PREFIX "%s",
                           command, name, name);
    return say_failure(TOOL_USAGE, HF_OK, known, "%s: --to %s: there is no %s %s", command, word,
                       is_host ? "host" : "pool", name);
}
