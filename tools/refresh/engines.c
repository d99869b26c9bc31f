#include "tools/refresh/engines.h"

#include <stdio.h>
#include <string.h>

#include "store/hostkey.h"
#include "store/source.h"
#include "tools/exit.h"
#include "tools/refresh/ask.h"
#include "tools/refresh/pools.h"
#include "tools/say.h"

/* What a source wrote. */
struct words {
    uint8_t bytes[POOLS_MAX * POOL_RECORD_BYTES];
    size_t length;
    char reason[SOURCE_REASON_MAX + 1];
};

struct asking {
    struct account account;
    char host[2 * KEY_BYTES + 1]; /* this machine's public key in hexadecimal; empty: it has none */
    struct pools pools;
    int code;
};

/* Runs a source in one of its modes. What ask_source gives; `reason` is the source's own word for a
   failure, or empty. */
static enum hf_error ask(const struct asking *asking, const char *source, const char *mode,
                         const char *word, struct words *words)
{
    const struct ask_question question = {source, mode, word, &asking->account};
    const enum hf_error error =
        ask_source(&question, words->bytes, sizeof words->bytes, &words->length);
    source_reason((const char *)words->bytes, error != HF_OK ? words->length : 0, words->reason);
    return error;
}

static const char *next_of(enum hf_error error)
{
    if (error == HF_ENOTFOUND)
        return "On the administrator's machine: hf-tokenctl publish";
    return error == HF_ECONFIG || error == HF_EUNSIGNED ? "hf-tokenctl doctor" : NULL;
}

static void say_source(struct asking *asking, const char *source, const char *what,
                       enum hf_error error, const char *reason)
{
    const char *const next = next_of(error);
    asking->code = TOOL_FAILED;
    if (reason[0] != '\0')
        (void)say_failure(TOOL_FAILED, HF_OK, next, "refresh: source %s: %s: %s", source, what,
                          reason);
    else
        (void)say_failure(TOOL_FAILED, error, next, "refresh: source %s: %s", source, what);
}

/* Whether the engine answers at all, so that it is worth asking about users. */
static bool ask_head(struct asking *asking, const char *source)
{
    struct words words;
    enum hf_error error = ask(asking, source, "head", "-", &words);
    if (error != HF_OK)
        say_source(asking, source, "what was published", error, words.reason);
    return error == HF_OK;
}

/* An engine that never had anything for this machine takes no pool away: that is a word of the
   admin's own. Nor does it keep one that another engine's word takes away. */
static void ask_keys(struct asking *asking, const char *source)
{
    struct words words;
    enum hf_error error = ask(asking, source, "keys", asking->host, &words);
    if (error == HF_OK)
        error = pools_add(&asking->pools, words.bytes, words.length);
    asking->pools.partial |= error != HF_OK && error != HF_ENOTFOUND;
    asking->pools.unknown |= error == HF_ENOTFOUND;
    asking->pools.named |= error == HF_OK;
    if (error != HF_OK && error != HF_ENOTFOUND)
        say_source(asking, source, "the keys of this machine's pools", error, words.reason);
}

static void print_host(struct asking *asking, const uint8_t key[static KEY_BYTES])
{
    for (size_t i = 0; i < KEY_BYTES; i++)
        (void)snprintf(asking->host + 2 * i, 3, "%02x", key[i]);
}

/* With the public half alone the engine would still name pools, of which none opens. */
static void read_host(struct asking *asking)
{
    uint8_t key[KEY_BYTES];
    enum hf_error error = hostkey_recipient(key);
    if (error == HF_ENOHOSTKEY && hostkey_public(key) == HF_OK) {
        asking->code =
            say_failure(TOOL_FAILED, HF_OK, POOLS_NEXT_HOST,
                        "refresh: " HF_KEY_FOLDER "/host.pub is there without its private key");
        return;
    }
    if (error != HF_OK) {
        asking->code = say_failure(TOOL_FAILED, error,
                                   error == HF_ENOHOSTKEY ? "hf-tokenctl init" : POOLS_NEXT_HOST,
                                   "refresh: this machine's key");
        return;
    }
    print_host(asking, key);
}

static int find_account(struct asking *asking)
{
    enum hf_error error = ask_account(&asking->account);
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
    uint8_t key[KEY_BYTES];
    struct words words;
    if (engines == silent || find_account(&asking) != TOOL_OK || hostkey_public(key) != HF_OK)
        return;
    print_host(&asking, key);
    for (size_t i = 0; i < token_switch->entry_count; i++)
        if (has(engines, i) && !has(silent, i))
            (void)!ask(&asking, token_switch->entries[i].source, "seen", asking.host, &words);
}
