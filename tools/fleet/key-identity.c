#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/key.h"
#include "tools/fleet/publish.h"
#include "tools/help.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

#define PROMPT_NEW   "A password for the fleet's keys: "
#define PROMPT_AGAIN "The same password again: "

static int make_folders(const struct fleet *fleet)
{
    static const char *const folders[] = {FLEET_HOSTS_FOLDER, FLEET_POOLS_FOLDER};
    enum hf_error error = folder_make(fleet->folder, 0700);
    for (size_t i = 0; i < 2 && error == HF_OK; i++) {
        struct store_path path;
        error = fleet_path(fleet, folders[i], &path);
        if (error == HF_OK)
            error = folder_make(path.text, 0700);
    }
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error, NULL, "key: the fleet's folder");
}

/* The identity's file; without `create` an existing one is replaced. */
static enum hf_error write_identity(const struct fleet *fleet, const char *file, bool create,
                                    const struct key_pair *pair, const struct secret *password)
{
    struct identity identity;
    struct store_path path;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(identity_wrap(FLEET_IDENTITY, pair, password, &identity));
    TRY(identity_print(FLEET_IDENTITY, &identity, &text, &length));
    TRY(fleet_path(fleet, file, &path));
    return create ? file_create(path.text, text, length, 0600)
                  : file_replace(path.text, text, length, 0600);
}

static enum hf_error make_identity(struct fleet *fleet, const struct secret *password)
{
    TRY(key_pair_new(&fleet->identity));
    TRY(fleet_signing_key(&fleet->identity, &fleet->signing));
    /* The signer first: it is of no use without the identity, and is written again with that. */
    TRY(fleet_write_signers(fleet, fleet->signing.public_key, NULL));
    return write_identity(fleet, FLEET_IDENTITY_FILE, true, &fleet->identity, password);
}

static int print_signer(const uint8_t key[static SIGNER_BYTES])
{
    char text[KEY_TEXT_SIZE];
    printf("%s hf-token fleet\n", key_text(key, text));
    return help_flush();
}

static int refuse_existing(const struct fleet *fleet)
{
    if (!fleet_has(fleet, FLEET_IDENTITY_FILE))
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_EEXISTS, "Another fleet: --fleet DIR; new keys: key rotate",
                       "key: the fleet's identity, which is never overwritten");
}

int key_init(struct key_call *call)
{
    struct fleet *fleet = &call->fleet;
    SCOPED(secret) struct secret *password = NULL;
    int code = fleet_find(fleet);
    if (code == TOOL_OK)
        code = refuse_existing(fleet);
    if (code == TOOL_OK)
        code = make_folders(fleet);
    if (code == TOOL_OK)
        code = fleet_lock(fleet);
    if (code == TOOL_OK)
        code = fleet_password(fleet, PROMPT_NEW, PROMPT_AGAIN, &password);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error = make_identity(fleet, password);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_IDENTITY_FILE, error);
    fleet_note_password(fleet, password);
    code = print_signer(fleet->signing.public_key);
    say_note("key: that line belongs into " HF_SIGNERS_FILE " of each host");
    say_note("key: keep a copy of the folder: what is published cannot be changed without it");
    return code;
}

int key_export(struct key_call *call)
{
    int code = fleet_open(&call->fleet);
    for (size_t i = 0; code == TOOL_OK && i < call->fleet.signers.count; i++)
        code = print_signer(call->fleet.signers.keys[i]);
    return code;
}

int key_password(struct key_call *call)
{
    struct fleet *fleet = &call->fleet;
    SCOPED(secret) struct secret *password = NULL;
    int code = fleet_begin(fleet);
    if (code == TOOL_OK)
        code = intake_password("key", PROMPT_NEW, PROMPT_AGAIN, &password);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error =
        write_identity(fleet, FLEET_IDENTITY_FILE, false, &fleet->identity, password);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_IDENTITY_FILE, error);
    fleet_note_password(fleet, password);
    say_note("key: the password is changed; copies of the folder open with the old one");
    return TOOL_OK;
}

static int share_pools(const struct fleet *fleet, struct roster *roster,
                       const uint8_t identity[static KEY_BYTES])
{
    for (size_t i = 0; i < roster->pool_count; i++) {
        struct pool_file *pool = &roster->pools[i];
        enum hf_error error = pool_file_share(fleet, pool, identity);
        if (error == HF_OK)
            error = pool_file_write(fleet, pool);
        if (error != HF_OK)
            return say_failure(TOOL_FAILED, error, "hf-tokenctl publish; then try again.",
                               "key: the pool %s", pool->name);
    }
    return TOOL_OK;
}

static int keep_pools(const struct fleet *fleet, struct roster *roster,
                      const uint8_t identity[static KEY_BYTES])
{
    for (size_t i = 0; i < roster->pool_count; i++) {
        pool_file_keep(&roster->pools[i], identity);
        const enum hf_error error = pool_file_write(fleet, &roster->pools[i]);
        if (error != HF_OK)
            return say_failure(TOOL_FAILED, error, NULL, "key: the pool %s", roster->pools[i].name);
    }
    return TOOL_OK;
}

static enum hf_error place_identity(const struct fleet *fleet)
{
    struct store_path next, path;
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(fleet_path(fleet, FLEET_IDENTITY_FILE, &path));
    TRY(fleet_path(fleet, FLEET_NEXT_FILE, &next));
    TRY(fleet_read(fleet, FLEET_NEXT_FILE, DOCUMENT_MAX, &text, &length));
    TRY(file_replace(path.text, text, length, 0600));
    return unlink(next.text) == 0 ? HF_OK : HF_EIO;
}

/* Marks of tokens from before tell nothing any more: tools/fleet/taken.h. */
static enum hf_error write_rotated(const struct fleet *fleet)
{
    char text[32];
    TRY(text_format(text, sizeof text, "%" PRIu64 "\n", when_now()));
    return fleet_write(fleet, FLEET_ROTATED_FILE, text, strlen(text));
}

/* In an order in which it may be broken off anywhere: until the identity takes its place the old
   one opens everything, and from then on the new one does. */
static int rotate(struct fleet *fleet, struct roster *roster, const struct secret *password)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    SCOPED(signing_key) struct signing_key signing = {.secret_key = NULL};
    enum hf_error error = key_pair_new(&pair);
    if (error == HF_OK)
        error = fleet_signing_key(&pair, &signing);
    if (error == HF_OK)
        error = write_identity(fleet, FLEET_NEXT_FILE, false, &pair, password);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_NEXT_FILE, error);
    int code = share_pools(fleet, roster, pair.public_key);
    if (code != TOOL_OK)
        return code;
    error = write_rotated(fleet);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_ROTATED_FILE, error);
    error = fleet_write_signers(fleet, signing.public_key, &fleet->signers);
    if (error == HF_OK)
        error = place_identity(fleet);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_IDENTITY_FILE, error);
    code = keep_pools(fleet, roster, pair.public_key);
    return code == TOOL_OK ? print_signer(signing.public_key) : code;
}

int key_rotate(struct key_call *call)
{
    struct fleet *fleet = &call->fleet;
    SCOPED(secret) struct secret *password = NULL;
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    int code = fleet_open(fleet);
    if (code == TOOL_OK)
        code = fleet_lock(fleet);
    if (code == TOOL_OK)
        code = fleet_password(fleet, "Password of the fleet's keys: ", NULL, &password);
    if (code == TOOL_OK)
        code = fleet_unlock_with(fleet, password);
    if (code == TOOL_OK)
        code = roster_read(fleet, &roster);
    if (code == TOOL_OK)
        code = rotate(fleet, &roster, password);
    if (code != TOOL_OK)
        return code;
    return say_failure(TOOL_OK, HF_OK,
                       "First the lines of hf-tokenctl key export into " HF_SIGNERS_FILE
                       " of all hosts; then hf-tokenctl publish; at the end hf-tokenctl key retire",
                       "key: the fleet has a new signer; those before are trusted beside it");
}
