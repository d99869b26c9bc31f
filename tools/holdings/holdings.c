#include "tools/holdings/holdings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keyring/grant.h"
#include "store/files.h"
#include "store/hostkey.h"
#include "tools/exit.h"
#include "tools/say.h"
#include "tools/when.h"

const char *token_state_name(enum token_state state)
{
    static const char *const names[TOKEN_STATE_COUNT] = {
        [TOKEN_READY] = "ready",     [TOKEN_DUE] = "due",
        [TOKEN_LOCKED] = "locked",   [TOKEN_EXPIRED] = "expired",
        [TOKEN_ABSENT] = "absent",   [TOKEN_FOREIGN] = "foreign",
        [TOKEN_REVOKED] = "revoked", [TOKEN_WITHDRAWN] = "withdrawn",
        [TOKEN_CUT_OFF] = "cut-off",
    };
    return names[state];
}

const struct holding *holdings_find(const struct holdings *holdings, const char *name)
{
    for (size_t i = 0; i < holdings->count; i++)
        if (strcmp(holdings->tokens[i].name, name) == 0)
            return &holdings->tokens[i];
    return NULL;
}

int holdings_say_none(const char *command, const char *name)
{
    const char *const next = "To see the names: hf-token list";
    if (say_quotable(name))
        return say_failure(TOOL_NONE, HF_OK, next, "%s: there is no token %s", command, name);
    return say_failure(TOOL_NONE, HF_OK, next, "%s: there is no token of that name", command);
}

const char *holdings_default(const struct holdings *holdings)
{
    const char *name = holdings->ring.default_name;
    return holdings_find(holdings, name) != NULL ? name : holdings->default_name;
}

void holdings_say_default(const char *command, const struct holdings *before, const char *removed)
{
    SCOPED(holdings) struct holdings *now = NULL;
    if (strcmp(holdings_default(before), removed) == 0 && holdings_read(&now) == HF_OK &&
        holdings_default(now)[0] != '\0')
        say_note("%s: the default is %s now", command, holdings_default(now));
}

bool holdings_asks(const struct holdings *holdings, const char *source)
{
    for (size_t i = 0; i < holdings->source_count; i++)
        if (strcmp(holdings->sources[i].name, source) == 0)
            return true;
    return false;
}

bool holdings_source_troubled(const struct holdings_source *source)
{
    return source->error != HF_OK && source->error != HF_ENOTFOUND && source->error != HF_ELOGIN;
}

const struct holdings_source *holdings_trouble(const struct holdings *holdings)
{
    for (size_t i = 0; i < holdings->source_count; i++)
        if (holdings_source_troubled(&holdings->sources[i]))
            return &holdings->sources[i];
    return NULL;
}

const char *holdings_engine(const struct holdings *holdings)
{
    for (size_t i = 0; i < holdings->source_count; i++)
        if (holdings->sources[i].error == HF_ELOGIN)
            return holdings->sources[i].name;
    return NULL;
}

/* A ring of the user's making may say anything; their own document it does not speak of. */
static void read_origins(struct holdings_ring *ring)
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 0;
    if (ring_origin_names(ring->serial, names, &count) != HF_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        struct holdings_origin *held = &ring->origins[ring->origin_count];
        if (ring_origin_get(ring->serial, names[i], &held->origin) != HF_OK ||
            strcmp(held->origin.source, SOURCE_OWN) == 0)
            continue;
        memcpy(held->name, names[i], sizeof held->name);
        ring->origin_count++;
    }
}

static void read_ring(struct holdings_ring *ring)
{
    ring->found = ring_find(&ring->serial, &ring->way) == HF_OK;
    if (!ring->found)
        return;
    if (ring_names(ring->serial, ring->names, &ring->name_count) != HF_OK)
        ring->name_count = 0;
    if (ring_default(ring->serial, ring->default_name) != HF_OK)
        ring->default_name[0] = '\0';
    read_origins(ring);
}

static const struct ring_origin *find_origin(const struct holdings_ring *ring, const char *name)
{
    for (size_t i = 0; i < ring->origin_count; i++)
        if (strcmp(ring->origins[i].name, name) == 0)
            return &ring->origins[i].origin;
    return NULL;
}

static bool in_ring(const struct holdings_ring *ring, const char *name)
{
    for (size_t i = 0; i < ring->name_count; i++)
        if (strcmp(ring->names[i], name) == 0)
            return true;
    return false;
}

static bool has_slot(const struct sealed_token *sealed, enum slot_kind kind,
                     const uint8_t *recipient)
{
    for (size_t i = 0; i < sealed->slot_count; i++)
        if (sealed->slots[i].kind == kind &&
            memcmp(sealed->slots[i].recipient, recipient, KEY_BYTES) == 0)
            return true;
    return false;
}

static bool has_kind(const struct sealed_token *sealed, enum slot_kind kind)
{
    for (size_t i = 0; i < sealed->slot_count; i++)
        if (sealed->slots[i].kind == kind)
            return true;
    return false;
}

const struct holding *holdings_sealed(const struct holdings *holdings, enum slot_kind kind)
{
    for (size_t i = 0; i < holdings->count; i++)
        if (holdings->tokens[i].sealed != NULL && has_kind(holdings->tokens[i].sealed, kind))
            return &holdings->tokens[i];
    return NULL;
}

bool holdings_locked(const struct holdings *holdings)
{
    return holdings->ring.found && ring_is_locked(holdings->ring.serial);
}

bool holdings_identity_trouble(const struct holdings *holdings)
{
    return holdings->identity_error != HF_OK && holdings->identity_error != HF_ENOTFOUND;
}

static bool is_granted(const char *source, const struct sealed_token *sealed)
{
    return sealed->has_grant && strcmp(source, SOURCE_OWN) == 0;
}

bool holding_is_granted(const struct holding *holding)
{
    return holding->sealed != NULL && is_granted(holding->source, holding->sealed);
}

/* Whether the next use can bring it back. A grant that came with another token than the document
   has by now, which was refreshed on another machine of this home, say, may be void. */
static bool is_refreshable(const struct holdings_ring *ring, const struct sealed_token *sealed)
{
    SCOPED(ring_grant) struct ring_grant held = {0};
    return ring->found && ring_grant_get(ring->serial, sealed->name, &held) == HF_OK &&
           ring_grant_is_of(&held, sealed->id);
}

/* An expired token that a grant brings back is as good as any other, and as locked. */
static enum token_state state_of(const struct holdings *holdings, const char *source,
                                 const struct sealed_token *sealed)
{
    const struct holdings_ring *ring = &holdings->ring;
    const bool expired = sealed->expires != 0 && sealed->expires <= holdings->now;
    const bool granted = is_granted(source, sealed);
    const bool refreshes = granted && is_refreshable(ring, sealed);
    /* Where both are there, the token is a refreshed one that could not be saved. */
    if (in_ring(ring, sealed->name) && (!expired || refreshes))
        return TOKEN_READY;
    if (refreshes)
        return TOKEN_DUE;
    if (expired && !granted)
        return TOKEN_EXPIRED;
    if (holdings->identity_error == HF_OK &&
        has_slot(sealed, SLOT_USER, holdings->identity.public_key))
        return TOKEN_LOCKED;
    if (holdings->host_error == HF_OK && has_slot(sealed, SLOT_HOST, holdings->host_key))
        return TOKEN_ABSENT;
    /* Whose it is, only an identity that can be read tells; with it repaired, it may well open. */
    if (holdings_identity_trouble(holdings) && has_kind(sealed, SLOT_USER))
        return TOKEN_LOCKED;
    return TOKEN_FOREIGN;
}

static void add(struct holdings *holdings, const char *name, enum token_state state,
                const char *source, const struct sealed_token *sealed)
{
    if (holdings->count == HOLDINGS_MAX || holdings_find(holdings, name) != NULL)
        return;
    struct holding *holding = &holdings->tokens[holdings->count++];
    memcpy(holding->name, name, strlen(name) + 1);
    holding->state = state;
    holding->source = source;
    holding->origin = find_origin(&holdings->ring, name);
    if (holding->origin != NULL && source == NULL)
        holding->source = holding->origin->source;
    /* It speaks of another token of that name. */
    else if (holding->origin != NULL && strcmp(holding->origin->source, source) != 0)
        holding->origin = NULL;
    holding->sealed = sealed;
}

/* What became of a token that the ring had from a source. */
static enum token_state state_by_origin(const struct holdings *holdings,
                                        const struct ring_origin *origin)
{
    if (origin->state == ORIGIN_REVOKED)
        return TOKEN_REVOKED;
    if (origin->state != ORIGIN_PLACED)
        return TOKEN_WITHDRAWN;
    if (origin->expires != 0 && origin->expires <= holdings->now)
        return TOKEN_EXPIRED;
    return origin->lifetime != 0 && origin->confirmed + origin->lifetime <= holdings->now
               ? TOKEN_CUT_OFF
               : TOKEN_ABSENT;
}

/* What no document that is at hand has. */
static void add_ring(struct holdings *holdings)
{
    const struct holdings_ring *ring = &holdings->ring;
    for (size_t i = 0; i < ring->name_count; i++)
        add(holdings, ring->names[i], TOKEN_READY, NULL, NULL);
    for (size_t i = 0; i < ring->origin_count; i++)
        add(holdings, ring->origins[i].name, state_by_origin(holdings, &ring->origins[i].origin),
            NULL, NULL);
}

/* As the placer does it: the first source that has a name wins it, the first that has a default
 * gives it. */
static void add_document(struct holdings *holdings, const struct holdings_source *source)
{
    const struct document *document = source->document;
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *sealed = &document->tokens[i];
        add(holdings, sealed->name, state_of(holdings, source->name, sealed), source->name, sealed);
    }
    if (holdings->default_name[0] == '\0')
        memcpy(holdings->default_name, document->default_name, sizeof holdings->default_name);
}

static void read_sources(struct holdings *holdings)
{
    struct token_switch token_switch;
    SCOPED(source_answers) struct source_answers answers = {0};
    holdings->switch_error = switch_read(HF_CONF_FILE, &token_switch, &holdings->switch_line);
    if (holdings->switch_error != HF_OK)
        return;
    switch_run(&token_switch, &holdings->account, false, clock_ms() + HOLDINGS_PATIENCE, &answers);
    for (size_t i = 0; i < answers.count; i++) {
        const struct source_answer *answer = &answers.answers[i];
        struct holdings_source *source = &holdings->sources[holdings->source_count++];
        memcpy(source->name, answer->source, sizeof source->name);
        source->error = answer->error;
        if (source->error == HF_OK)
            source->error = document_parse(answer->bytes, answer->length, holdings->account.name,
                                           &source->document);
        if (source->error == HF_OK)
            add_document(holdings, source);
    }
}

enum hf_error holdings_read(struct holdings **out_holdings)
{
    SCOPED(holdings) struct holdings *holdings = calloc(1, sizeof *holdings);
    if (holdings == NULL)
        return HF_ENOMEM;
    TRY(account_by_uid(geteuid(), &holdings->account));
    holdings->now = when_now();
    read_ring(&holdings->ring);
    holdings->host_error = hostkey_recipient(holdings->host_key);
    holdings->identity_error = identity_read(&holdings->account, &holdings->identity);
    read_sources(holdings);
    add_ring(holdings);
    *out_holdings = TAKE(holdings);
    return HF_OK;
}

int holdings_begin(const char *command, struct holdings **out_holdings)
{
    enum hf_error error = holdings_read(out_holdings);
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error, "The name service must know this user: getent passwd",
                       "%s: the account", command);
}

void holdings_free(struct holdings *holdings)
{
    if (holdings == NULL)
        return;
    for (size_t i = 0; i < holdings->source_count; i++)
        document_free(holdings->sources[i].document);
    free(holdings);
}
