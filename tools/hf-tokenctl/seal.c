#include <string.h>

#include "common/secret.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "store/seal.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

/* How long another run may hold the lock, and systemd-creds may take. */
#define PATIENCE 30000

struct seal {
    struct intake intake;
    struct account account;
    bool make_default, replaces;
    struct secret *token;
};

static void seal_scope_end(struct seal *seal)
{
    secret_free(seal->token);
}

/* -1 to go on. */
static int read_words(struct seal *seal, struct arguments *arguments)
{
    const char *value = "", *expires = NULL;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            seal->intake.name = value;
        else if (argument == OPTION_DEFAULT)
            seal->make_default = true;
        else if (argument == OPTION_EXPIRES)
            expires = value;
        else if (argument == ARGUMENT_OPERAND && seal->intake.user == NULL)
            seal->intake.user = value;
        else
            return arguments_stop(arguments, argument);
    }
    if (seal->intake.user == NULL)
        return arguments_missing(arguments, 0);
    int code = intake_name("seal", seal->intake.name);
    if (code == TOOL_OK)
        code = intake_expires("seal", expires, seal->intake.created, &seal->intake.expires);
    return code == TOOL_OK ? -1 : code;
}

static int find_user(struct seal *seal)
{
    enum hf_error error = account_by_name(seal->intake.user, &seal->account);
    if (error == HF_OK && strcmp(seal->account.name, seal->intake.user) != 0)
        error = HF_ENOTFOUND;
    if (error != HF_OK)
        return user_say("seal", seal->intake.user, error);
    seal->intake.user = seal->account.name;
    return TOOL_OK;
}

/* Whom the module passes over. Gives 0 or the exit code. */
static int check_user(const struct account *account)
{
    if (account->uid == 0)
        return say_failure(TOOL_FAILED, HF_OK, "Name the user who needs it.",
                           "seal: root gets no tokens at login");
    if (account->uid < ACCOUNT_MINIMUM_UID)
        say_note("seal: the module skips users below minimum_uid, %d unless its option says "
                 "otherwise",
                 ACCOUNT_MINIMUM_UID);
    return TOOL_OK;
}

static enum hf_error put(const struct seal *seal, const struct key_pair *pair,
                         struct document *document)
{
    struct sealed_token sealed = {0};
    struct recipient recipient = {.kind = SLOT_HOST};
    memcpy(recipient.public_key, pair->public_key, KEY_BYTES);
    TRY(intake_seal(&seal->intake, seal->token, &recipient, 1, pair, &sealed));
    enum hf_error error = document_put(document, &sealed);
    if (error == HF_OK && seal->make_default)
        error = document_set_default(document, seal->intake.name);
    sealed_token_clear(&sealed);
    return error;
}

static enum hf_error write_document(struct seal *seal, const struct key_pair *pair)
{
    SCOPED(fd) int lock = -1;
    SCOPED(document) struct document *document = NULL;
    TRY(host_store_lock(clock_ms() + PATIENCE, &lock));
    enum hf_error error = host_document_read(&seal->account, &document);
    if (error == HF_ENOTFOUND)
        error = document_new(seal->account.name, &document);
    TRY(error);
    seal->replaces = document_find(document, seal->intake.name) != NULL;
    TRY(put(seal, pair, document));
    return host_document_write(&seal->account, document);
}

static int say_document(const struct seal *seal, enum hf_error error)
{
    struct store_path path;
    if (path_host_document(seal->account.name, &path) != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "seal");
    return say_failure(TOOL_FAILED, error, "Nothing was changed.", "seal: %s", path.text);
}

static int say_key(enum hf_error error)
{
    uint8_t public_key[KEY_BYTES];
    const char *next = "hf-token doctor";
    if (error == HF_ENOHOSTKEY)
        next = hostkey_public(public_key) == HF_ENOHOSTKEY ? "hf-tokenctl init" : HALF_KEY_NEXT;
    return say_failure(TOOL_FAILED, error, next, "seal: this machine's key");
}

/* The key is loaded before the token is asked for, so that a machine without one does not take it
 * in vain. */
static int seal_token(struct seal *seal)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    enum hf_error error = hostkey_load(clock_ms() + PATIENCE, &pair);
    if (error != HF_OK)
        return say_key(error);
    int code = intake_ask(&seal->intake, &seal->token);
    if (code != TOOL_OK)
        return code;
    error = write_document(seal, &pair);
    if (error != HF_OK)
        return say_document(seal, error);
    say_note("seal: %s %s for %s, who has it after the next login",
             seal->replaces ? "replaced" : "added", seal->intake.name, seal->account.name);
    return TOOL_OK;
}

int seal_command(struct arguments *arguments)
{
    SCOPED(seal)
    struct seal seal = {
        .intake = {.command = "seal", .name = "main", .created = when_now()}
    };
    int code = read_words(&seal, arguments);
    if (code != -1)
        return code;
    code = root_check("seal");
    if (code == TOOL_OK)
        code = find_user(&seal);
    if (code == TOOL_OK)
        code = check_user(&seal.account);
    return code == TOOL_OK ? seal_token(&seal) : code;
}
