#include "tools/refresh/engines.h"

#include <stdio.h>
#include <string.h>

#include "common/child.h"
#include "site/settings.h"
#include "store/hostkey.h"
#include "store/signers.h"
#include "tools/exit.h"
#include "tools/refresh/pools.h"
#include "tools/say.h"

/* Milliseconds that a source is given, and how much longer it is waited for. */
#define SOURCE_TIME   "5000"
#define SOURCE_WAITED 6000

struct asking {
    struct account account;
    char host[2 * KEY_BYTES + 1]; /* this machine's public key in hexadecimal; empty: it has none */
    struct pools pools;
    int code;
};

/* Runs a source in one of its modes. What source_exit_error and child_output give. */
static enum hf_error ask(const struct asking *asking, const char *source, const char *mode,
                         const char *word, void *bytes, size_t size, size_t *out_length)
{
    char path[4096];
    int status = 0;
    TRY(text_format(path, sizeof path, "%s/hf-token-source-%s", HF_HELPER_FOLDER, source));
    const char *const argv[] = {path, mode, SOURCE_TIME, word, NULL};
    const struct child_plan plan = {.path = path,
                                    .argv = argv,
                                    .input = -1,
                                    .output = -1,
                                    .as_user = true,
                                    .uid = asking->account.uid,
                                    .gid = asking->account.gid};
    TRY(child_output(&plan, clock_ms() + SOURCE_WAITED, bytes, size, out_length, &status));
    return source_exit_error(status);
}

static int say_file(const char *file, enum hf_error error, unsigned line)
{
    if (line == 0)
        return say_failure(TOOL_FAILED, error, "man 5 hf-token.conf", "refresh: %s", file);
    return say_failure(TOOL_FAILED, error, "man 5 hf-token.conf", "refresh: %s: line %u", file,
                       line);
}

/* In one of the site's files the line helps more than the source that could not read it. */
static int say_settings(const char *source)
{
    struct site_settings settings;
    struct signers signers;
    unsigned line = 0;
    enum hf_error error = settings_read(&settings, &line);
    if (error != HF_OK)
        return say_file(HF_FLEET_FILE, error, line);
    error = signers_read(&signers, &line);
    if (error == HF_ECONFIG)
        return say_file(HF_SIGNERS_FILE, error, line);
    return say_failure(TOOL_FAILED, HF_ECONFIG,
                       "It needs a section in " HF_FLEET_FILE ", and the account " HF_ACCOUNT
                       " must be able to read the files that are named there.",
                       "refresh: source %s", source);
}

static void say_source(struct asking *asking, const char *source, const char *what,
                       enum hf_error error)
{
    asking->code = TOOL_FAILED;
    if (error == HF_ECONFIG)
        (void)say_settings(source);
    else
        (void)say_failure(TOOL_FAILED, error, NULL, "refresh: source %s: %s", source, what);
}

/* Whether the engine answers at all, so that it is worth asking about users. */
static bool ask_head(struct asking *asking, const char *source)
{
    uint8_t nothing[1];
    size_t length = 0;
    enum hf_error error = ask(asking, source, "head", "-", nothing, sizeof nothing, &length);
    if (error != HF_OK)
        say_source(asking, source, "what was published", error);
    return error == HF_OK;
}

/* A machine of which nothing was ever published has no pools, which takes none away: that is a word
   of the admin's own. */
static void ask_keys(struct asking *asking, const char *source)
{
    uint8_t records[POOLS_MAX * POOL_RECORD_BYTES];
    size_t length = 0;
    enum hf_error error =
        ask(asking, source, "keys", asking->host, records, sizeof records, &length);
    if (error == HF_OK)
        error = pools_add(&asking->pools, records, length);
    asking->pools.partial |= error != HF_OK;
    if (error != HF_OK && error != HF_ENOTFOUND)
        say_source(asking, source, "the keys of this machine's pools", error);
}

static void print_host(struct asking *asking, const uint8_t key[static KEY_BYTES])
{
    for (size_t i = 0; i < KEY_BYTES; i++)
        (void)snprintf(asking->host + 2 * i, 3, "%02x", key[i]);
}

static void read_host(struct asking *asking)
{
    uint8_t key[KEY_BYTES];
    enum hf_error error = hostkey_public(key);
    if (error != HF_OK) {
        asking->code =
            say_failure(TOOL_FAILED, error, "hf-tokenctl init", "refresh: this machine's key");
        return;
    }
    print_host(asking, key);
}

static int find_account(struct asking *asking)
{
    enum hf_error error = account_by_name(HF_ACCOUNT, &asking->account);
    if (error == HF_ENOTFOUND || (error == HF_OK && asking->account.uid == 0))
        error = HF_EACCOUNT;
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error, "hf-tokenctl init --fleet",
                       "refresh: the account " HF_ACCOUNT);
}

/* A bit for each place in `tokens:` that asks an engine. */
static uint8_t engines_of(const struct token_switch *token_switch)
{
    unsigned bits = 0;
    for (size_t i = 0; i < token_switch->entry_count; i++)
        if (source_asks_engine(token_switch->entries[i].source))
            bits |= 1u << i;
    return (uint8_t)bits;
}

static bool has(uint8_t bits, size_t at)
{
    return (bits & 1u << at) != 0;
}

static uint8_t ask_all(struct asking *asking, const struct token_switch *token_switch)
{
    unsigned silent = 0;
    for (size_t i = 0; i < token_switch->entry_count; i++) {
        const char *source = token_switch->entries[i].source;
        if (!source_asks_engine(source))
            continue;
        if (!ask_head(asking, source)) {
            silent |= 1u << i;
            asking->pools.partial = true;
        } else if (asking->host[0] != '\0') {
            ask_keys(asking, source);
        }
    }
    return (uint8_t)silent;
}

int engines_refresh(const struct token_switch *token_switch, uint8_t *out_silent)
{
    struct asking asking = {.code = TOOL_OK};
    *out_silent = engines_of(token_switch);
    if (*out_silent == 0)
        return TOOL_OK;
    if (find_account(&asking) != TOOL_OK)
        return TOOL_FAILED;
    read_host(&asking);
    *out_silent = ask_all(&asking, token_switch);
    if (asking.host[0] != '\0' && pools_keep(&asking.pools) != TOOL_OK)
        asking.code = TOOL_FAILED;
    return asking.code;
}

void engines_report(const struct token_switch *token_switch, uint8_t silent)
{
    struct asking asking = {.code = TOOL_OK};
    const uint8_t engines = engines_of(token_switch);
    uint8_t key[KEY_BYTES], nothing[1];
    size_t length = 0;
    if (engines == silent || find_account(&asking) != TOOL_OK || hostkey_public(key) != HF_OK)
        return;
    print_host(&asking, key);
    for (size_t i = 0; i < token_switch->entry_count; i++)
        if (has(engines, i) && !has(silent, i))
            (void)!ask(&asking, token_switch->entries[i].source, "seen", asking.host, nothing,
                       sizeof nothing, &length);
}
