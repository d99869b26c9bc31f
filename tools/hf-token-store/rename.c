#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "keyring/grant.h"
#include "store/files.h"
#include "store/seal.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/opening.h"
#include "tools/holdings/own.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

/* A name is sealed with its token, so a token is opened and sealed anew, to the recipients it had.
 */
struct rename {
    const char *from, *to;
    struct secret *token, *grant;
    uint8_t id[TOKEN_ID_BYTES];  /* of the token that was opened */
    uint8_t new[TOKEN_ID_BYTES]; /* of the one that it became */
    uint64_t created, expires;
    int refresh_lock; /* -1: none */
};

/* How long a refresh of another process may take, in milliseconds. */
#define REFRESH_PATIENCE 10000

static void rename_scope_end(struct rename *rename)
{
    secret_free(rename->token);
    secret_free(rename->grant);
    if (rename->refresh_lock >= 0)
        close(rename->refresh_lock);
}

static int open_by_password(struct rename *rename, const struct holdings *holdings,
                            const struct holding *holding)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    ring_serial ring = 0;
    enum ring_way way;
    int code = opening_identity("rename", holdings, OPENING_LOGIN, &pair);
    if (code != TOOL_OK)
        return code;
    enum hf_error error =
        intake_open(holdings->account.name, holding->sealed, &pair, &rename->token,
                    holding_is_granted(holding) ? &rename->grant : NULL);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "rename: opening it");
    if (rename->grant == NULL)
        return TOOL_OK;
    /* Where it was unlocked meanwhile, a refresh may be using the grant up. */
    error = refresh_lock(&holdings->account, clock_ms() + REFRESH_PATIENCE, &rename->refresh_lock);
    if (error == HF_OK && ring_find(&ring, &way) == HF_OK && ring_grant_exists(ring, rename->from))
        error = HF_ETRYAGAIN;
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Try again.", "rename: another session");
    return TOOL_OK;
}

/* A token that a refresh gave and that is not in the document yet, counts. */
static enum hf_error read_grant(struct rename *rename, const struct holdings *holdings)
{
    SCOPED(ring_grant) struct ring_grant grant = {0};
    /* Until the end of the command: a grant that a refresh uses up meanwhile would be sealed. */
    TRY(refresh_lock(&holdings->account, clock_ms() + REFRESH_PATIENCE, &rename->refresh_lock));
    TRY(ring_grant_get(holdings->ring.serial, rename->from, &grant));
    /* The document has another token of that name by now than this session. */
    if (!ring_grant_is_of(&grant, rename->id))
        return HF_ETRYAGAIN;
    rename->grant = TAKE(grant.grant);
    if (grant.fresh == NULL)
        return HF_OK;
    secret_free(rename->token);
    rename->token = TAKE(grant.fresh);
    rename->created = when_now();
    rename->expires = grant.expires;
    return HF_OK;
}

static int open_by_ring(struct rename *rename, const struct holdings *holdings,
                        const struct holding *holding)
{
    enum hf_error error = ring_get(holdings->ring.serial, rename->from, &rename->token);
    if (error == HF_OK && holding_is_granted(holding))
        error = read_grant(rename, holdings);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Try again.", "rename: the ring");
    return TOOL_OK;
}

static int open_token(struct rename *rename, const struct holdings *holdings)
{
    const struct holding *holding = holdings_find(holdings, rename->from);
    if (holding == NULL)
        return holdings_say_none("rename", rename->from);
    if (holding->source == NULL || strcmp(holding->source, SOURCE_OWN) != 0)
        return say_failure(TOOL_FAILED, HF_OK,
                           "It is for the administrator of this machine to rename.",
                           "rename: %s is not in your own document", holding->name);
    memcpy(rename->id, holding->sealed->id, sizeof rename->id);
    rename->created = holding->sealed->created;
    rename->expires = holding->sealed->expires;
    if (holding->state == TOKEN_READY)
        return open_by_ring(rename, holdings, holding);
    if (holding->state == TOKEN_LOCKED)
        return open_by_password(rename, holdings, holding);
    char next[NEXT_MAX];
    if (holding->state == TOKEN_DUE)
        return say_failure(
            TOOL_LOCKED, HF_OK,
            say_next(next, "Use it, and rename it then: hf-token run -n %s -- true", holding->name),
            "rename: %s has expired, and its next use refreshes it", holding->name);
    return say_failure(
        TOOL_LOCKED, HF_OK,
        "Log in again and rename it then, or add it anew: hf-token login --name NAME",
        "rename: %s is not open here: its name is sealed with it", holding->name);
}

static enum hf_error seal_again(const struct rename *rename, const struct own *own,
                                const struct sealed_token *old, struct sealed_token *out_sealed)
{
    struct recipient recipients[SLOTS_MAX];
    const struct intake intake = {.command = "rename",
                                  .user = own->account.name,
                                  .name = rename->to,
                                  .created = rename->created,
                                  .expires = rename->expires,
                                  .grant = rename->grant,
                                  .about = &old->about};
    for (size_t i = 0; i < old->slot_count; i++) {
        recipients[i].kind = old->slots[i].kind;
        memcpy(recipients[i].public_key, old->slots[i].recipient, KEY_BYTES);
    }
    return intake_seal(&intake, rename->token, recipients, old->slot_count, NULL, out_sealed);
}

/* The old one goes first, since a full document has no room for both. */
static enum hf_error exchange(struct rename *rename, struct own *own)
{
    struct sealed_token sealed = {0};
    const struct sealed_token *old = document_find(own->document, rename->from);
    if (old == NULL || memcmp(old->id, rename->id, sizeof rename->id) != 0)
        return HF_ETRYAGAIN;
    if (document_find(own->document, rename->to) != NULL)
        return HF_EEXISTS;
    const bool was_default = strcmp(own->document->default_name, rename->from) == 0;
    TRY(seal_again(rename, own, old, &sealed));
    memcpy(rename->new, sealed.id, sizeof rename->new);
    enum hf_error error = document_remove(own->document, rename->from);
    if (error == HF_OK)
        error = document_put(own->document, &sealed);
    if (error == HF_OK && was_default)
        error = document_set_default(own->document, rename->to);
    sealed_token_clear(&sealed);
    return error;
}

static int save(struct rename *rename)
{
    SCOPED(own) struct own own;
    int code = own_open("rename", &own);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = exchange(rename, &own);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Nothing was changed.", "rename: %s", rename->to);
    return own_save(&own);
}

static enum hf_error update_ring(const struct rename *rename, const struct holdings *before)
{
    if (!before->ring.found)
        return HF_OK;
    const struct ring_entry entry = {.name = rename->to,
                                     .id = rename->new,
                                     .token = rename->token,
                                     .grant = rename->grant,
                                     .created = rename->created,
                                     .expires = rename->expires};
    TRY(ring_place(before->ring.serial, &entry, when_now()));
    enum hf_error error = ring_remove(before->ring.serial, rename->from);
    if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        return error;
    if (strcmp(before->ring.default_name, rename->from) == 0)
        return ring_set_default(before->ring.serial, rename->to);
    return HF_OK;
}

int rename_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    SCOPED(rename) struct rename rename = {.refresh_lock = -1};
    const char *names[2];
    int code = arguments_operands(arguments, 2, 2, names);
    if (code != -1)
        return code;
    rename.from = names[0];
    rename.to = names[1];
    code = intake_name("rename", rename.to);
    if (code == TOOL_OK)
        code = holdings_begin("rename", &holdings);
    if (code == TOOL_OK)
        code = open_token(&rename, holdings);
    if (code == TOOL_OK)
        code = save(&rename);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = update_ring(&rename, holdings);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Log in again.",
                           "rename: %s is in the store, not in the ring", rename.to);
    say_note("rename: it is %s now", rename.to);
    return TOOL_OK;
}
