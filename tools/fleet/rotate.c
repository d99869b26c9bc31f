#include <string.h>

#include "store/fleet.h"
#include "store/seal.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/one.h"
#include "tools/fleet/publish.h"
#include "tools/fleet/recipients.h"
#include "tools/fleet/taken.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

struct rotation {
    struct one *one;
    char name[TOKEN_NAME_MAX + 1];
    uint8_t id[TOKEN_ID_BYTES]; /* of the token that it takes the place of */
    uint64_t expires;
    struct recipients recipients;
    struct secret *token;
    bool unnoted; /* that it was taken back: it is rotated all the same */
};

static void rotation_scope_end(struct rotation *held)
{
    secret_free(held->token);
}

/* The end stays, where the command line gives none. In a document whose time is over a new token
   would be of no use; and signed anew as a whole, it would bring back what else is in it. */
static int take_end(struct rotation *rotation, const struct document *document,
                    const struct sealed_token *token)
{
    const uint64_t now = rotation->one->publication.now;
    char when[WHEN_TEXT_MAX];
    if (document->until <= now)
        return say_failure(TOOL_FAILED, HF_OK,
                           "With a list of what the user is to have: hf-tokenctl provision",
                           "rotate: the document of %s ended on %s, with all that is in it",
                           document->user, when_print(document->until, when));
    if (rotation->one->expires != NULL || token->expires == 0)
        return TOOL_OK;
    if (token->expires <= now)
        return say_failure(TOOL_USAGE, HF_OK, "A new end: --expires YYYY-MM-DD, or as 90d",
                           "rotate: the end of %s is past: %s", token->name,
                           when_print(token->expires, when));
    rotation->expires = token->expires;
    say_note("rotate: the end stays %s; another one: --expires", when_print(token->expires, when));
    return TOOL_OK;
}

/* The same as before, but for those that are gone: they get nothing new. */
static int take_recipients(struct rotation *rotation, const struct sealed_token *token)
{
    const size_t dropped = recipients_renew(&rotation->one->roster, token, &rotation->recipients);
    if (rotation->recipients.count == 0)
        return say_failure(TOOL_FAILED, HF_OK, "Provision it again.",
                           "rotate: %s is sealed to nobody that this fleet still knows",
                           rotation->name);
    if (dropped > 0)
        say_note("rotate: %s is sealed no more to %zu of its hosts and pools: gone from this fleet",
                 rotation->name, dropped);
    return TOOL_OK;
}

static enum hf_error seal(const struct rotation *rotation, struct document *document)
{
    const struct recipients *recipients = &rotation->recipients;
    struct sealed_token sealed = {0};
    uint8_t keys[SLOTS_MAX][KEY_BYTES];
    TRY(token_seal(document->user, rotation->name, rotation->one->publication.now,
                   rotation->expires, rotation->token, NULL, recipients->list, recipients->count,
                   &sealed));
    for (size_t i = 0; i < recipients->count; i++)
        memcpy(keys[i], recipients->list[i].public_key, KEY_BYTES);
    enum hf_error error = fleet_mark(
        &rotation->one->fleet.identity, document->user, rotation->name, rotation->expires,
        rotation->token, (const uint8_t(*)[KEY_BYTES])keys, recipients->count, sealed.mark);
    sealed.has_mark = true;
    if (error == HF_OK)
        error = document_put(document, &sealed);
    sealed_token_clear(&sealed);
    return error;
}

/* Where somebody else has replaced or revoked it meanwhile, that stands. */
static enum edit edit(void *context, size_t index, struct document *document, bool there)
{
    struct rotation *rotation = context;
    const struct sealed_token *token = document_find(document, rotation->name);
    (void)index;
    (void)there;
    if (token == NULL || memcmp(token->id, rotation->id, sizeof rotation->id) != 0)
        return EDIT_LOST;
    if (!rotation->unnoted)
        rotation->unnoted = taken_note(&rotation->one->fleet, document, rotation->name,
                                       TAKEN_ROTATED, rotation->one->publication.now) != TOOL_OK;
    const enum hf_error error = seal(rotation, document);
    if (error == HF_OK)
        return EDIT_CHANGED;
    (void)say_failure(TOOL_FAILED, error, NULL, "rotate");
    return EDIT_FAILED;
}

static int find_token(struct one *one, struct rotation *rotation)
{
    SCOPED(document) struct document *document = NULL;
    int code = one_get(one, &document);
    if (code != TOOL_OK)
        return code;
    const struct sealed_token *token =
        document_find(document, one->name != NULL ? one->name : document->default_name);
    if (token == NULL)
        return one_say_none(one);
    memcpy(rotation->name, token->name, sizeof rotation->name);
    memcpy(rotation->id, token->id, sizeof rotation->id);
    code = take_end(rotation, document, token);
    return code == TOOL_OK ? take_recipients(rotation, token) : code;
}

/* What was taken back once, and is there again, or was only given another end. */
static void forget(struct rotation *rotation)
{
    const struct fleet *fleet = &rotation->one->fleet;
    SCOPED(taken) struct taken taken = {.changed = false};
    enum hf_error error = taken_read(fleet, &taken);
    if (error == HF_OK)
        error = taken_forget(fleet, &taken, rotation->one->user, rotation->name, rotation->token,
                             false);
    if (error == HF_OK)
        error = taken_write(fleet, &taken);
    if (error != HF_OK)
        rotation->unnoted = taken_say(fleet, error) != TOOL_OK;
}

int rotate_command(struct arguments *arguments)
{
    SCOPED(one) struct one one = {.fleet = FLEET_INIT("rotate")};
    SCOPED(rotation) struct rotation rotation = {.one = &one};
    int code = one_words(&one, arguments);
    if (code != -1)
        return code;
    code = intake_expires("rotate", one.expires, when_now(), &rotation.expires);
    if (code == TOOL_OK)
        code = one_begin(&one);
    if (code == TOOL_OK)
        code = publish_hosts(&one.publication, &one.roster);
    if (code == TOOL_OK)
        code = find_token(&one, &rotation);
    const struct intake intake = {.command = "rotate", .user = one.user, .name = rotation.name};
    if (code == TOOL_OK)
        code = intake_ask(&intake, &rotation.token);
    if (code == TOOL_OK)
        code = one_update(&one, edit, &rotation);
    if (code != TOOL_OK && !one.put)
        return code;
    if (!rotation.unnoted)
        forget(&rotation);
    return say_failure(rotation.unnoted ? TOOL_FAILED : code, HF_OK,
                       "Revoke the old one at the Hub.",
                       "rotate: %s of %s is replaced; hosts place it with their next refresh",
                       rotation.name, one.user);
}
