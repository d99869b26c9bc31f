#include "tools/session/placer.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "keyring/grant.h"
#include "keyring/ring.h"
#include "store/document.h"
#include "store/files.h"
#include "store/seal.h"
#include "tools/session/asking.h"
#include "tools/session/request.h"

/* One run of the placer. */
struct placing {
    const struct wire_request *request;
    int socket;
    bool asked_host, asked_identity;
    struct secret *host_public;
    enum hf_error host_error;
    struct identity identity;
    enum hf_error identity_error;
    ring_serial ring; /* 0: none yet */
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t name_count;
    char default_name[TOKEN_NAME_MAX + 1];
    struct wire_reply report;
};

static void placing_scope_end(struct placing *placing)
{
    secret_free(placing->host_public);
}

static void count_up(uint8_t *counter)
{
    if (*counter < UINT8_MAX)
        (*counter)++;
}

/* The first trouble is the one that the log line names. */
static void note_trouble(struct placing *placing, const char *source, enum hf_error error)
{
    if (placing->report.trouble != HF_OK)
        return;
    placing->report.trouble = error;
    placing->report.system = error == HF_EIO || error == HF_EKERNEL ? (uint32_t)errno : 0;
    memccpy(placing->report.source, source, '\0', sizeof placing->report.source);
}

/* This machine's public key, asked for once. */
static enum hf_error host_public(struct placing *placing)
{
    const struct ask ask = {.kind = ASK_HOST_PUBLIC};
    if (!placing->asked_host)
        placing->host_error = asking(placing->socket, &ask, &placing->host_public, NULL);
    placing->asked_host = true;
    return placing->host_error;
}

/* Reads the identity and has it unwrapped, once. */
static enum hf_error ready_identity(struct placing *placing)
{
    if (placing->asked_identity)
        return placing->identity_error;
    placing->asked_identity = true;
    struct account account;
    struct ask ask = {.kind = ASK_IDENTITY};
    request_account(placing->request, &account);
    placing->identity_error = identity_read(&account, &placing->identity);
    if (placing->identity_error == HF_ENOTFOUND)
        placing->identity_error = HF_ENOIDENTITY;
    if (placing->identity_error != HF_OK)
        return placing->identity_error;
    ask.identity = placing->identity;
    placing->identity_error = asking(placing->socket, &ask, NULL, NULL);
    placing->report.stale = placing->identity_error == HF_EPASSWORD;
    return placing->identity_error;
}

static enum hf_error ask_slot(struct placing *placing, uint32_t kind,
                              const struct sealed_token *token, const struct slot *slot,
                              struct secret **out_key)
{
    struct ask ask = {.kind = kind};
    memcpy(ask.name, token->name, sizeof ask.name);
    memcpy(ask.id, token->id, sizeof ask.id);
    memcpy(ask.sealed, slot->sealed, sizeof ask.sealed);
    return asking(placing->socket, &ask, out_key, NULL);
}

/* The token's key by the machine's slots: they cost no password. */
static enum hf_error key_by_host(struct placing *placing, const struct sealed_token *token,
                                 struct secret **out_key)
{
    enum hf_error error = HF_ENOSLOT;
    for (size_t i = 0; i < token->slot_count && error != HF_OK; i++) {
        const struct slot *slot = &token->slots[i];
        if (slot->kind != SLOT_HOST)
            continue;
        TRY(host_public(placing));
        if (memcmp(secret_view(placing->host_public), slot->recipient, KEY_BYTES) == 0)
            error = ask_slot(placing, ASK_HOST_SLOT, token, slot, out_key);
    }
    return error;
}

static enum hf_error key_by_password(struct placing *placing, const struct sealed_token *token,
                                     struct secret **out_key)
{
    enum hf_error error = HF_ENOSLOT;
    for (size_t i = 0; i < token->slot_count && error != HF_OK; i++) {
        const struct slot *slot = &token->slots[i];
        if (slot->kind != SLOT_USER)
            continue;
        TRY(ready_identity(placing));
        if (memcmp(placing->identity.public_key, slot->recipient, KEY_BYTES) == 0)
            error = ask_slot(placing, ASK_USER_SLOT, token, slot, out_key);
    }
    return error;
}

static enum hf_error unseal(struct placing *placing, const struct sealed_token *token,
                            struct secret **out_token, struct secret **out_grant)
{
    SCOPED(secret) struct secret *key = NULL;
    enum hf_error by_host = key_by_host(placing, token, &key);
    if (by_host != HF_OK) {
        enum hf_error by_password = key_by_password(placing, token, &key);
        /* A machine's slot that is broken says more than a user's slot that is not there. */
        if (by_password != HF_OK)
            return by_password == HF_ENOSLOT ? by_host : by_password;
    }
    return token_open(placing->request->user, token, key, out_token, out_grant);
}

static enum hf_error ensure_ring(struct placing *placing)
{
    bool linked = false;
    TRY(ring_ensure(&placing->ring, &linked));
    placing->report.linked |= linked;
    return HF_OK;
}

/* Whether an earlier session of the user has unlocked this token already. */
static bool in_ring_already(struct placing *placing, const char *name)
{
    SCOPED(secret) struct secret *token = NULL;
    enum ring_way way;
    if (placing->ring == 0 && ring_find(&placing->ring, &way) != HF_OK)
        return false;
    if (ring_get(placing->ring, name, &token) != HF_OK && !ring_grant_exists(placing->ring, name))
        return false;
    return ensure_ring(placing) == HF_OK;
}

/* Whether another session has refreshed it since the document was read, or could not save it yet.
 */
static bool refreshed_already(struct placing *placing, const struct sealed_token *token)
{
    ring_serial ring = 0;
    enum ring_way way;
    return ring_find(&ring, &way) == HF_OK && ring_grant_is_newer(ring, token->name, token->id) &&
           ensure_ring(placing) == HF_OK;
}

static enum hf_error unseal_and_place(struct placing *placing, const char *source,
                                      const struct sealed_token *token)
{
    SCOPED(secret) struct secret *bytes = NULL;
    SCOPED(secret) struct secret *grant = NULL;
    /* As holding_is_granted: a document that is not the user's own could not save a new grant. */
    const bool granted = token->has_grant && strcmp(source, SOURCE_OWN) == 0;
    if (token->expires != 0 && token->expires <= (uint64_t)time(NULL) && !granted)
        return HF_EEXPIRED;
    if (granted && refreshed_already(placing, token))
        return HF_OK;
    TRY(unseal(placing, token, &bytes, granted ? &grant : NULL));
    TRY(ensure_ring(placing));
    const struct ring_entry entry = {.name = token->name,
                                     .id = token->id,
                                     .token = bytes,
                                     .grant = grant,
                                     .created = token->created,
                                     .expires = token->expires};
    /* The time again, since unsealing takes some. */
    return ring_place(placing->ring, &entry, (uint64_t)time(NULL));
}

static void take_token(struct placing *placing, const char *source,
                       const struct sealed_token *token)
{
    enum hf_error error = unseal_and_place(placing, source, token);
    if ((error == HF_ENOPASSWORD || error == HF_EPASSWORD) && in_ring_already(placing, token->name))
        error = HF_OK;
    switch (error) {
    case HF_OK:
        count_up(&placing->report.placed);
        break;
    case HF_EEXPIRED:
        count_up(&placing->report.expired);
        break;
    case HF_ENOPASSWORD:
    case HF_EPASSWORD:
        count_up(&placing->report.locked);
        break;
    default:
        count_up(&placing->report.refused);
        note_trouble(placing, source, error);
    }
}

/* The first source that has a name wins it, whether its token opens or not. */
static bool name_is_new(struct placing *placing, const char *name)
{
    for (size_t i = 0; i < placing->name_count; i++)
        if (strcmp(placing->names[i], name) == 0)
            return false;
    if (placing->name_count == RING_TOKENS_MAX)
        return false;
    memcpy(placing->names[placing->name_count++], name, strlen(name) + 1);
    return true;
}

static enum hf_error take_document(struct placing *placing, const struct source_answer *answer)
{
    SCOPED(document) struct document *document = NULL;
    TRY(answer->error);
    TRY(document_parse(answer->bytes, answer->length, placing->request->user, &document));
    count_up(&placing->report.sources);
    for (size_t i = 0; i < document->token_count; i++)
        if (name_is_new(placing, document->tokens[i].name))
            take_token(placing, answer->source, &document->tokens[i]);
    if (placing->default_name[0] == '\0')
        memcpy(placing->default_name, document->default_name, sizeof placing->default_name);
    return HF_OK;
}

/* The default's name, so that `hf-token run` says "locked" of it rather than "there is none". */
static void set_default(struct placing *placing)
{
    if (placing->ring == 0 || placing->default_name[0] == '\0')
        return;
    enum hf_error error = ring_set_default(placing->ring, placing->default_name);
    if (error != HF_OK)
        note_trouble(placing, "", error);
}

void placer_open(const struct wire_request *request, const struct source_answers *answers,
                 int socket)
{
    SCOPED(placing) struct placing placing = {.request = request, .socket = socket};
    SCOPED(secret) struct secret *token = NULL;
    for (size_t i = 0; i < answers->count; i++) {
        const struct source_answer *answer = &answers->answers[i];
        enum hf_error error = take_document(&placing, answer);
        if (error == HF_OK || error == HF_ENOTFOUND)
            continue;
        count_up(&placing.report.troubled);
        note_trouble(&placing, answer->source, error);
    }
    set_default(&placing);
    placing.report.ring = (uint32_t)placing.ring;
    if ((request->flags & WIRE_WANT_TOKEN) != 0 && placing.ring != 0 &&
        ring_get(placing.ring, placing.default_name, &token) != HF_OK)
        token = NULL;
    /* When the other half is gone, so is whoever would read the report. */
    (void)!asking_report(socket, &placing.report, token);
}

static enum hf_error rewrap(const struct wire_request *request, int socket)
{
    SCOPED(fd) int lock = -1;
    struct account account;
    struct ask unwrap = {.kind = ASK_IDENTITY}, wrap = {.kind = ASK_WRAP};
    struct identity wrapped;
    request_account(request, &account);
    enum hf_error found = identity_read(&account, &unwrap.identity);
    if (found != HF_OK)
        return found == HF_ENOTFOUND ? HF_ENOIDENTITY : found;
    TRY(store_lock(&account, clock_ms() + request->deadline_ms, &lock));
    TRY(identity_read(&account, &unwrap.identity));
    TRY(asking(socket, &unwrap, NULL, NULL));
    TRY(asking(socket, &wrap, NULL, &wrapped));
    return identity_write(&account, &wrapped);
}

void placer_rewrap(const struct wire_request *request, int socket)
{
    struct wire_reply report = {0};
    report.error = rewrap(request, socket);
    report.system = report.error == HF_EIO ? (uint32_t)errno : 0;
    (void)!asking_report(socket, &report, NULL);
}
