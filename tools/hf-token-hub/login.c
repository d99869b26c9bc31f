#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "store/seal.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

/* What --seal names. */
enum seal { SEAL_BY_DEFAULT, SEAL_HOST, SEAL_PASSWORD, SEAL_BOTH, SEAL_COUNT };

static const char *const seal_words[SEAL_COUNT] = {"", "host", "password", "both"};
static const char *const seal_texts[SEAL_COUNT] = {"", "to this machine", "with the login password",
                                                   "to this machine, and with the login password"};

struct login {
    struct account account;
    struct intake intake;
    enum seal seal;
    struct recipient recipients[2];
    size_t recipient_count;
    struct secret *token, *password; /* password NULL: the identity is there already */
    struct key_pair pair;            /* of the identity, where this command made it */
    bool replaces;
};

static void login_scope_end(struct login *login)
{
    secret_free(login->token);
    secret_free(login->password);
    key_pair_clear(&login->pair);
}

static int parse_seal(const struct arguments *arguments, const char *word, enum seal *out_seal)
{
    for (enum seal seal = SEAL_HOST; seal < SEAL_COUNT; seal++) {
        if (strcmp(seal_words[seal], word) == 0) {
            *out_seal = seal;
            return TOOL_OK;
        }
    }
    return arguments_wrong(arguments, "--seal is host, password or both");
}

/* -1 to go on. */
static int read_words(struct login *login, struct arguments *arguments)
{
    const char *value = "", *expires = NULL;
    int argument, code = TOOL_OK;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == ARGUMENT_OPERAND)
            return arguments_wrong(arguments,
                                   "there is a word too many: a token is never an argument");
        if (argument == 'n')
            login->intake.name = value;
        else if (argument == OPTION_EXPIRES)
            expires = value;
        else if (argument == OPTION_SEAL)
            code = parse_seal(arguments, value, &login->seal);
        else if (argument != OPTION_NO_CHECK)
            return arguments_stop(arguments, argument);
        if (code != TOOL_OK)
            return code;
    }
    code = intake_name("login", login->intake.name);
    if (code == TOOL_OK)
        code = intake_expires("login", expires, login->intake.created, &login->intake.expires);
    return code == TOOL_OK ? -1 : code;
}

static int find_account(struct login *login)
{
    enum hf_error error = account_by_uid(geteuid(), &login->account);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "login: the account");
    login->intake.user = login->account.name;
    return TOOL_OK;
}

static void add_recipient(struct login *login, enum slot_kind kind,
                          const uint8_t public_key[static KEY_BYTES])
{
    struct recipient *recipient = &login->recipients[login->recipient_count++];
    recipient->kind = kind;
    memcpy(recipient->public_key, public_key, KEY_BYTES);
}

/* The machine's key, where it is to be a recipient; a machine without one leaves the default to the
 * password. */
static int choose_host(struct login *login)
{
    uint8_t public_key[KEY_BYTES];
    if (login->seal == SEAL_PASSWORD)
        return TOOL_OK;
    enum hf_error error = hostkey_recipient(public_key);
    if (error == HF_ENOHOSTKEY && login->seal == SEAL_BY_DEFAULT) {
        login->seal = SEAL_PASSWORD;
        return TOOL_OK;
    }
    if (error != HF_OK)
        return say_failure(
            TOOL_FAILED, error,
            "Root makes the key with hf-tokenctl init; or use hf-token login --seal password",
            "login: " HF_KEY_FOLDER "/host.pub");
    if (login->seal == SEAL_BY_DEFAULT)
        login->seal = SEAL_HOST;
    add_recipient(login, SLOT_HOST, public_key);
    return TOOL_OK;
}

/* The first password-sealed token of a user brings the question for the password. */
static int ask_all(struct login *login)
{
    struct identity identity;
    int code = intake_ask(&login->intake, &login->token);
    if (code != TOOL_OK || login->seal == SEAL_HOST)
        return code;
    enum hf_error error = identity_read(&login->account, &identity);
    if (error == HF_OK)
        return TOOL_OK;
    if (error != HF_ENOTFOUND)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "login: the identity");
    say_note("login: this is your first token with the login password, which will open it at each "
             "login");
    return intake_password(
        "login", "Login password (it is not shown): ", "The same again: ", &login->password);
}

static enum hf_error make_identity(struct login *login, const struct own *own,
                                   struct identity *out_identity)
{
    if (login->password == NULL)
        return HF_ENOIDENTITY;
    TRY(key_pair_new(&login->pair));
    TRY(identity_wrap(own->account.name, &login->pair, login->password, out_identity));
    return identity_write(&own->account, out_identity);
}

/* Under the lock: another command may have made the identity meanwhile. */
static int choose_identity(struct login *login, const struct own *own)
{
    struct identity identity;
    if (login->seal == SEAL_HOST)
        return TOOL_OK;
    enum hf_error error = identity_read(&own->account, &identity);
    if (error == HF_ENOTFOUND)
        error = make_identity(login, own, &identity);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed. hf-token doctor",
                           "login: the identity");
    add_recipient(login, SLOT_USER, identity.public_key);
    return TOOL_OK;
}

static int save(struct login *login)
{
    SCOPED(own) struct own own;
    struct sealed_token sealed = {0};
    int code = own_open("login", &own);
    if (code == TOOL_OK)
        code = choose_identity(login, &own);
    if (code != TOOL_OK)
        return code;
    login->replaces = document_find(own.document, login->intake.name) != NULL;
    const struct key_pair *pair = login->pair.private_key != NULL ? &login->pair : NULL;
    enum hf_error error = intake_seal(&login->intake, login->token, login->recipients,
                                      login->recipient_count, pair, &sealed);
    if (error == HF_OK)
        error = document_put(own.document, &sealed);
    sealed_token_clear(&sealed);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error,
                           "Nothing was changed. hf-token logout NAME makes room.",
                           "login: sealing");
    return own_save(&own);
}

/* When the token will be there, told apart from whether it could be put into the ring now. */
static void say_done(const struct login *login, const char *when)
{
    say_note("login: %s %s, sealed %s; %s", login->replaces ? "replaced" : "added",
             login->intake.name, seal_texts[login->seal], when);
}

static void say_later(const struct login *login, enum hf_error error)
{
    if (error != HF_ENOSESSION)
        (void)say_failure(0, error, "hf-token doctor", "login: putting it into the ring");
    say_done(
        login,
        login->seal == SEAL_PASSWORD
            ? "it will be there after your next login by password, or hf-token unlock in a login"
            : "it will be there after your next login");
}

/* Whether this token is what the next login will find under its name. */
static bool wins(const struct login *login, const struct holdings *holdings)
{
    const struct holding *holding = holdings_find(holdings, login->intake.name);
    if (holding != NULL && holding->source != NULL && strcmp(holding->source, SOURCE_OWN) == 0)
        return true;
    if (holdings->switch_error != HF_OK)
        (void)say_failure(0, holdings->switch_error, "hf-token doctor", "login: " HF_CONF_FILE);
    else if (!holdings_asks(holdings, SOURCE_OWN))
        (void)say_failure(0, HF_OK, "Ask the administrator of this machine for tokens.",
                          "login: " HF_CONF_FILE " does not ask for users' own tokens");
    else
        (void)say_failure(0, HF_OK, "Take another name: hf-token rename NAME NEW",
                          "login: this machine's own token of that name comes first");
    return false;
}

/* `holdings` is from before this token came into the ring. */
static void say_default(const struct login *login, const struct holdings *holdings)
{
    const char *name = login->intake.name, *before = holdings->ring.default_name;
    if (strcmp(holdings->default_name, name) != 0)
        say_note("login: the default is still %s; to change it: hf-token use %s",
                 holdings->default_name, name);
    else if (before[0] != '\0' && strcmp(before, name) != 0)
        say_note("login: the default is %s now, and was %s", name, before);
}

static int finish(const struct login *login)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    ring_serial ring = 0;
    enum hf_error error = holdings_read(&holdings);
    if (error == HF_OK && !wins(login, holdings)) {
        say_done(login, "it cannot be used here");
        return TOOL_FAILED;
    }
    if (error == HF_OK)
        error = place_ring(&ring);
    if (error == HF_OK)
        error = place_token(ring, login->intake.name, login->token, login->intake.expires);
    if (error == HF_OK)
        error = place_default(ring, holdings);
    if (error != HF_OK) {
        say_later(login, error);
        return TOOL_OK;
    }
    say_done(login, "it is ready in all your sessions");
    say_default(login, holdings);
    return TOOL_OK;
}

int login_command(struct arguments *arguments)
{
    SCOPED(login)
    struct login login = {
        .intake = {.command = "login", .name = "main", .created = when_now()}
    };
    int code = read_words(&login, arguments);
    if (code != -1)
        return code;
    code = own_check_user("login");
    if (code == TOOL_OK)
        code = find_account(&login);
    if (code == TOOL_OK)
        code = choose_host(&login);
    if (code == TOOL_OK)
        code = ask_all(&login);
    if (code == TOOL_OK)
        code = save(&login);
    return code == TOOL_OK ? finish(&login) : code;
}
