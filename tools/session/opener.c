#include "tools/session/opener.h"

#include <string.h>

#include "store/files.h"
#include "store/seal.h"
#include "tools/session/asking.h"
#include "tools/session/request.h"

void opener_clear(struct opener *opener)
{
    secret_free(opener->host_public);
    opener->host_public = NULL;
}

/* This machine's public key, asked for once. */
static enum hf_error host_public(struct opener *opener)
{
    const struct ask ask = {.kind = ASK_HOST_PUBLIC};
    if (!opener->asked_host)
        opener->host_error = asking(opener->socket, &ask, &opener->host_public, NULL);
    opener->asked_host = true;
    return opener->host_error;
}

/* Reads the identity and has it unwrapped, once. */
static enum hf_error ready_identity(struct opener *opener)
{
    struct account account;
    struct ask ask = {.kind = ASK_IDENTITY};
    if (opener->asked_identity)
        return opener->identity_error;
    opener->asked_identity = true;
    request_account(opener->request, &account);
    opener->identity_error = identity_read(&account, &opener->identity);
    if (opener->identity_error == HF_ENOTFOUND)
        opener->identity_error = HF_ENOIDENTITY;
    if (opener->identity_error != HF_OK)
        return opener->identity_error;
    ask.identity = opener->identity;
    opener->identity_error = asking(opener->socket, &ask, NULL, NULL);
    return opener->identity_error;
}

static enum hf_error ask_slot(struct opener *opener, uint32_t kind,
                              const struct sealed_token *token, const struct slot *slot,
                              struct secret **out_key)
{
    struct ask ask = {.kind = kind};
    memcpy(ask.name, token->name, sizeof ask.name);
    memcpy(ask.id, token->id, sizeof ask.id);
    memcpy(ask.sealed, slot->sealed, sizeof ask.sealed);
    memcpy(ask.recipient, slot->recipient, sizeof ask.recipient);
    return asking(opener->socket, &ask, out_key, NULL);
}

static enum hf_error open_host(struct opener *opener, const struct sealed_token *token,
                               const struct slot *slot, struct secret **out_key)
{
    TRY(host_public(opener));
    if (memcmp(secret_view(opener->host_public), slot->recipient, KEY_BYTES) != 0)
        return HF_ENOSLOT;
    return ask_slot(opener, ASK_HOST_SLOT, token, slot, out_key);
}

/* Which pools this machine is in, the unsealer knows. */
static enum hf_error open_pool(struct opener *opener, const struct sealed_token *token,
                               const struct slot *slot, struct secret **out_key)
{
    return ask_slot(opener, ASK_POOL_SLOT, token, slot, out_key);
}

static enum hf_error open_user(struct opener *opener, const struct sealed_token *token,
                               const struct slot *slot, struct secret **out_key)
{
    if (opener->request->operation != WIRE_OPEN)
        return HF_ENOPASSWORD;
    TRY(ready_identity(opener));
    if (memcmp(opener->identity.public_key, slot->recipient, KEY_BYTES) != 0)
        return HF_ENOSLOT;
    return ask_slot(opener, ASK_USER_SLOT, token, slot, out_key);
}

typedef enum hf_error slot_opener(struct opener *, const struct sealed_token *, const struct slot *,
                                  struct secret **);

/* The machine's keys come first: they cost no password. */
static const struct {
    enum slot_kind kind;
    slot_opener *open;
} kinds[] = {
    {SLOT_HOST, open_host},
    {SLOT_POOL, open_pool},
    {SLOT_USER, open_user},
};

/* The first slot of that kind that opens; else the last one's error that says more than that it is
   for somebody else. */
static enum hf_error open_kind(struct opener *opener, size_t kind, const struct sealed_token *token,
                               struct secret **out_key)
{
    enum hf_error worst = HF_ENOSLOT;
    for (size_t i = 0; i < token->slot_count; i++) {
        const struct slot *slot = &token->slots[i];
        if (slot->kind != kinds[kind].kind)
            continue;
        enum hf_error error = kinds[kind].open(opener, token, slot, out_key);
        if (error == HF_OK)
            return HF_OK;
        if (error != HF_ENOSLOT)
            worst = error;
    }
    return worst;
}

enum hf_error opener_open(struct opener *opener, const struct sealed_token *token,
                          struct secret **out_token, struct secret **out_grant)
{
    SCOPED(secret) struct secret *key = NULL;
    enum hf_error error = HF_ENOSLOT;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && key == NULL; i++) {
        enum hf_error now = open_kind(opener, i, token, &key);
        /* A machine's slot that is broken says more than a user's slot that is not there. */
        if (now != HF_ENOSLOT)
            error = now;
    }
    if (key == NULL)
        return error;
    return token_open(opener->request->user, token, key, out_token, out_grant);
}
