#include "tools/hf-token-hub/add.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "keyring/ring.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/holdings/own.h"
#include "tools/intake.h"
#include "tools/say.h"

static const char *const seal_words[SEAL_AS_ANOTHER] = {"", "host", "password", "both"};

int add_seal_parse(const struct arguments *arguments, const char *word, enum seal_choice *out_seal)
{
    for (enum seal_choice seal = SEAL_HOST; seal < SEAL_AS_ANOTHER; seal++) {
        if (strcmp(seal_words[seal], word) == 0) {
            *out_seal = seal;
            return TOOL_OK;
        }
    }
    return arguments_wrong(arguments, "--seal is host, password or both");
}

static int find_account(struct adding *adding)
{
    int code = own_check_user(adding->command);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = account_by_uid(geteuid(), &adding->account);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: the account",
                           adding->command);
    return TOOL_OK;
}

/* Each recipient once, however many tokens are added. */
static void add_recipient(struct adding *adding, enum slot_kind kind,
                          const uint8_t public_key[static KEY_BYTES])
{
    for (size_t i = 0; i < adding->recipient_count; i++)
        if (memcmp(adding->recipients[i].public_key, public_key, KEY_BYTES) == 0)
            return;
    struct recipient *recipient = &adding->recipients[adding->recipient_count++];
    recipient->kind = kind;
    memcpy(recipient->public_key, public_key, KEY_BYTES);
}

/* The machine's key, where it is to be a recipient; a machine without one leaves the default to the
 * password. */
static int choose_host(struct adding *adding)
{
    uint8_t public_key[KEY_BYTES];
    char next[NEXT_MAX];
    if (adding->seal == SEAL_PASSWORD)
        return TOOL_OK;
    enum hf_error error = hostkey_recipient(public_key);
    if (error == HF_ENOHOSTKEY && adding->seal == SEAL_BY_DEFAULT) {
        adding->seal = SEAL_PASSWORD;
        return TOOL_OK;
    }
    if (error != HF_OK)
        return say_failure(
            TOOL_FAILED, error,
            say_next(next,
                     "Root makes the key with hf-tokenctl init; or use hf-token %s --seal password",
                     adding->command),
            "%s: " HF_KEY_FOLDER "/host.pub", adding->command);
    if (adding->seal == SEAL_BY_DEFAULT)
        adding->seal = SEAL_HOST;
    add_recipient(adding, SLOT_HOST, public_key);
    return TOOL_OK;
}

int add_begin(const char *command, enum seal_choice seal, struct adding *out_adding)
{
    *out_adding = (struct adding){.command = command, .seal = seal};
    int code = find_account(out_adding);
    return code == TOOL_OK ? choose_host(out_adding) : code;
}

int add_begin_as(const char *command, const struct sealed_token *other, struct adding *out_adding)
{
    *out_adding = (struct adding){.command = command, .seal = SEAL_AS_ANOTHER};
    for (size_t i = 0; i < other->slot_count; i++)
        add_recipient(out_adding, other->slots[i].kind, other->slots[i].recipient);
    return find_account(out_adding);
}

static bool wants_identity(const struct adding *adding)
{
    return adding->seal == SEAL_PASSWORD || adding->seal == SEAL_BOTH;
}

int add_room(const struct adding *adding, const char *name)
{
    SCOPED(own) struct own own;
    char next[NEXT_MAX];
    int code = own_open(adding->command, &own);
    if (code != TOOL_OK || own.document->token_count < TOKENS_MAX ||
        (name != NULL && document_find(own.document, name) != NULL))
        return code;
    return say_failure(TOOL_FAILED, HF_EFULL,
                       say_next(next,
                                "hf-token logout NAME makes room; hf-token %s --name NAME "
                                "replaces one",
                                adding->command),
                       "%s", adding->command);
}

/* The first password-sealed token of a user brings the question for the password. */
int add_password(struct adding *adding)
{
    struct identity identity;
    if (!wants_identity(adding))
        return TOOL_OK;
    enum hf_error error = identity_read(&adding->account, &identity);
    if (error == HF_OK)
        return TOOL_OK;
    if (error != HF_ENOTFOUND)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: the identity",
                           adding->command);
    say_note("%s: this is your first token with the login password, which will open it at each "
             "login",
             adding->command);
    return intake_password(adding->command, "Login password (it is not shown): ",
                           "The same again: ", &adding->password);
}

static enum hf_error make_identity(struct adding *adding, const struct own *own,
                                   struct identity *out_identity)
{
    if (adding->password == NULL)
        return HF_ENOIDENTITY;
    TRY(key_pair_new(&adding->pair));
    TRY(identity_wrap(own->account.name, &adding->pair, adding->password, out_identity));
    return identity_write(&own->account, out_identity);
}

/* Under the lock: another command may have made the identity meanwhile. */
static int choose_identity(struct adding *adding, const struct own *own)
{
    struct identity identity;
    if (!wants_identity(adding))
        return TOOL_OK;
    enum hf_error error = identity_read(&own->account, &identity);
    if (error == HF_ENOTFOUND)
        error = make_identity(adding, own, &identity);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed. hf-token doctor",
                           "%s: the identity", adding->command);
    add_recipient(adding, SLOT_USER, identity.public_key);
    return TOOL_OK;
}

/* Whether the Hub told of both and they are the same there: a name that nobody gave stays theirs.
 */
static bool same_at_hub(const struct token_about *one, const struct token_about *other)
{
    return strcmp(one->endpoint, other->endpoint) == 0 &&
           strcmp(one->account, other->account) == 0 &&
           strcmp(one->display_name, other->display_name) == 0;
}

/* The same token once more, as far as the ring tells. */
static bool same_in_ring(const struct addition *addition)
{
    SCOPED(secret) struct secret *token = NULL;
    ring_serial ring = 0;
    enum ring_way way;
    return ring_find(&ring, &way) == HF_OK && ring_get(ring, addition->name, &token) == HF_OK &&
           secret_equals(token, addition->token);
}

/* Of two that the Hub has told, the ring is not asked. */
static bool may_replace(const struct addition *addition, const struct sealed_token *other)
{
    if (addition->replaces_none)
        return false;
    if (addition->about.checked != 0 && other->about.checked != 0)
        return same_at_hub(&other->about, &addition->about);
    return same_in_ring(addition);
}

/* NAME, else NAME-2, NAME-3 and so on. A document has no more than TOKENS_MAX names to be in the
 * way. */
static void choose_name(struct addition *addition, struct document *document)
{
    char wish[TOKEN_NAME_MAX + 1];
    memcpy(wish, addition->name, sizeof wish);
    for (int number = 2; number <= TOKENS_MAX + 2; number++) {
        const struct sealed_token *other = document_find(document, addition->name);
        if (other == NULL || may_replace(addition, other))
            return;
        (void)snprintf(addition->name, sizeof addition->name, "%.*s-%d", TOKEN_NAME_MAX - 3, wish,
                       number);
    }
}

/* Whether the document's token of that name is the one that this is to replace. */
static bool is_expected(const struct addition *addition, const struct sealed_token *present)
{
    return addition->instead == NULL ||
           (present != NULL && memcmp(present->id, addition->instead, TOKEN_ID_BYTES) == 0);
}

static enum hf_error seal(const struct adding *adding, struct addition *addition,
                          struct document *document)
{
    static const uint8_t none[TOKEN_ID_BYTES];
    struct sealed_token sealed = {0};
    const struct intake intake = {.command = adding->command,
                                  .user = adding->account.name,
                                  .name = addition->name,
                                  .id = memcmp(addition->id, none, sizeof none) != 0 ? addition->id
                                                                                     : NULL,
                                  .created = addition->created,
                                  .expires = addition->expires,
                                  .grant = addition->grant,
                                  .about = &addition->about,
                                  .prove = true};
    const struct key_pair *pair = adding->pair.private_key != NULL ? &adding->pair : NULL;
    TRY(intake_seal(&intake, addition->token, adding->recipients, adding->recipient_count, pair,
                    &sealed));
    memcpy(addition->id, sealed.id, sizeof addition->id);
    enum hf_error error = document_put(document, &sealed);
    sealed_token_clear(&sealed);
    return error;
}

/* Whether the file has the token as it was sealed. */
static enum hf_error read_again(const struct own *own, const struct sealed_token *sealed)
{
    SCOPED(document) struct document *document = NULL;
    TRY(document_read(&own->account, &document));
    const struct sealed_token *found = document_find(document, sealed->name);
    if (found == NULL || memcmp(found->id, sealed->id, sizeof found->id) != 0 ||
        memcmp(found->commitment, sealed->commitment, sizeof found->commitment) != 0 ||
        memcmp(found->nonce, sealed->nonce, sizeof found->nonce) != 0 ||
        found->sealed_length != sealed->sealed_length ||
        memcmp(found->sealed, sealed->sealed, sealed->sealed_length) != 0 ||
        found->slot_count != sealed->slot_count)
        return HF_EALTERED;
    for (size_t i = 0; i < sealed->slot_count; i++)
        if (memcmp(found->slots[i].sealed, sealed->slots[i].sealed, SLOT_SEALED_BYTES) != 0)
            return HF_EALTERED;
    return HF_OK;
}

static int save(struct own *own, const char *name)
{
    int code = own_save(own);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = read_again(own, document_find(own->document, name));
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor",
                           "%s: what was written could not be read again", own->command);
    return TOOL_OK;
}

/* A rename whose folder could not be synced has been made all the same. */
static bool may_be_there(const struct own *own, const struct addition *addition)
{
    SCOPED(document) struct document *document = NULL;
    enum hf_error error = document_read(&own->account, &document);
    if (error != HF_OK)
        return error != HF_ENOTFOUND;
    const struct sealed_token *found = document_find(document, addition->name);
    return found != NULL && memcmp(found->id, addition->id, sizeof found->id) == 0;
}

int add_store(struct adding *adding, struct addition *addition)
{
    SCOPED(own) struct own own;
    int code = own_open(adding->command, &own);
    if (code == TOOL_OK)
        code = choose_identity(adding, &own);
    if (code != TOOL_OK)
        return code;
    if (addition->name_is_wish)
        choose_name(addition, own.document);
    const struct sealed_token *present = document_find(own.document, addition->name);
    if (!is_expected(addition, present))
        return TOOL_NONE;
    addition->replaced = present != NULL;
    enum hf_error error = seal(adding, addition, own.document);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error,
                           "Nothing was changed. hf-token logout NAME makes room.", "%s: sealing",
                           adding->command);
    code = save(&own, addition->name);
    addition->may_be_stored = code == TOOL_OK || may_be_there(&own, addition);
    if (code != TOOL_OK && addition->may_be_stored)
        say_note("%s: %s may be stored all the same", adding->command, addition->name);
    return code;
}

void add_end(struct adding *adding)
{
    secret_free(adding->password);
    key_pair_clear(&adding->pair);
    adding->password = NULL;
}
