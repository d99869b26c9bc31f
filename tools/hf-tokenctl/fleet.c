#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/account.h"
#include "common/child.h"
#include "store/hostkey.h"
#include "store/switch.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-tokenctl/init.h"
#include "tools/refresh/ask.h"
#include "tools/refresh/timer.h"
#include "tools/say.h"

/* Milliseconds; useradd(8) waits for its locks. */
#define USERADD_PATIENCE 60000

bool fleet_is_wanted(void)
{
    struct token_switch token_switch;
    unsigned line = 0;
    if (access(HF_FLEET_FILE, F_OK) == 0)
        return true;
    if (switch_read(HF_CONF_FILE, &token_switch, &line) != HF_OK)
        return false;
    for (size_t i = 0; i < token_switch.entry_count; i++)
        if (source_asks_engine(token_switch.entries[i].source))
            return true;
    return false;
}

static enum hf_error add_account(void)
{
    static const char *const argv[] = {HF_USERADD,     "--system",
                                       "--user-group", "--no-create-home",
                                       "--home-dir",   "/nonexistent",
                                       "--shell",      HF_NOLOGIN,
                                       "--comment",    "Hugging Face token sources",
                                       HF_ACCOUNT,     NULL};
    const struct child_plan plan = {.path = HF_USERADD, .argv = argv, .input = -1, .output = -1};
    char nothing[256];
    size_t length = 0;
    int status = 0;
    TRY(child_output(&plan, clock_ms() + USERADD_PATIENCE, nothing, sizeof nothing, &length,
                     &status));
    return status == 0 ? HF_OK : HF_ECHILD;
}

static int prepare_account(struct account *account)
{
    enum hf_error error = account_by_name(HF_ACCOUNT, account);
    if (error == HF_ENOTFOUND) {
        error = add_account();
        if (error == HF_OK)
            error = account_by_name(HF_ACCOUNT, account);
        if (error == HF_OK)
            say_note("init: made the system account " HF_ACCOUNT);
    }
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "To see what " HF_USERADD " says, run it by hand.",
                           "init: the system account " HF_ACCOUNT);
    if (account->uid == 0)
        return say_failure(TOOL_FAILED, HF_OK, "Give it a uid of its own.",
                           "init: the account " HF_ACCOUNT " is root by another name");
    return TOOL_OK;
}

int fleet_prepare(void)
{
    struct account account;
    int code = prepare_account(&account);
    if (code == TOOL_OK)
        code = prepare_folder(HF_POOLS_FOLDER, 0700, 0, 0);
    if (code == TOOL_OK)
        code = prepare_folder(HF_SEEN_FOLDER, 0700, account.uid, account.gid);
    if (code == TOOL_OK)
        code = prepare_folder(HF_CACHE_FOLDER, 0700, account.uid, account.gid);
    return code;
}

static void tell_finding(const char *line, void *context)
{
    (void)context;
    (void)say_failure(TOOL_OK, HF_OK, "hf-token.conf(5) has its form; then: hf-tokenctl doctor",
                      "init: " HF_FLEET_FILE ": %s", line);
}

static bool is_there(const char *path)
{
    return access(path, F_OK) == 0;
}

/* What is set already is looked at by the account that will. */
static void tell_files(void)
{
    struct token_switch token_switch;
    struct account account;
    unsigned line = 0;
    if (!is_there(HF_FLEET_FILE) || !is_there(HF_SIGNERS_FILE) ||
        switch_read(HF_CONF_FILE, &token_switch, &line) != HF_OK || ask_account(&account) != HF_OK)
        return;
    for (size_t i = 0; i < token_switch.entry_count; i++)
        if (source_asks_engine(token_switch.entries[i].source))
            (void)ask_check(token_switch.entries[i].source, &account, tell_finding, NULL);
}

int fleet_tell(void)
{
    uint8_t key[KEY_BYTES];
    char text[sodium_base64_ENCODED_LEN(KEY_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    enum hf_error error = hostkey_public(key);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "init: this machine's key");
    sodium_bin2base64(text, sizeof text, key, sizeof key, sodium_base64_VARIANT_ORIGINAL);
    if (access(HF_SIGNERS_FILE, F_OK) != 0)
        say_note("init: " HF_SIGNERS_FILE " is still to come, from: hf-tokenctl key export");
    tell_files();
    say_note("init: for live sessions, each minute. %s",
             refresh_has_timer() ? REFRESH_BY_TIMER : REFRESH_BY_CRON);
    say_note("init: this is the machine's public key, for: hf-tokenctl key host add; "
             "or key host replace, where it had another");
    printf("%s\n", text);
    return help_flush();
}
