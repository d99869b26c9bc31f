#include "tools/session/opener.h"

#include <string.h>

#include "keyring/origin.h"
#include "store/files.h"
#include "store/hostkey.h"
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

static enum hf_error find_host(const struct opener *opener,
                               const uint8_t recipient[static KEY_BYTES])
{
    uint8_t host[KEY_BYTES];
    (void)opener;
    TRY(hostkey_public(host));
    return memcmp(host, recipient, KEY_BYTES) == 0 ? HF_OK : HF_ENOSLOT;
}

static enum hf_error find_pool(const struct opener *opener,
                               const uint8_t recipient[static KEY_BYTES])
{
    struct ask ask = {.kind = ASK_POOL};
    memcpy(ask.recipient, recipient, sizeof ask.recipient);
    return asking(opener->socket, &ask, NULL, NULL);
}

/* A login password goes with its user, and is nothing that a machine could lose. */
static enum hf_error find_user(const struct opener *opener,
                               const uint8_t recipient[static KEY_BYTES])
{
    (void)opener;
    (void)recipient;
    return HF_OK;
}

typedef enum hf_error slot_opener(struct opener *, const struct sealed_token *, const struct slot *,
                                  struct secret **);
typedef enum hf_error key_finder(const struct opener *, const uint8_t recipient[static KEY_BYTES]);

/* The machine's keys come first: they cost no password. */
static const struct opener_kind {
    enum slot_kind slot;
    enum ring_origin_key key;
    slot_opener *open;
    key_finder *find;
} kinds[] = {
    {SLOT_HOST, ORIGIN_KEY_HOST, open_host, find_host},
    {SLOT_POOL, ORIGIN_KEY_POOL, open_pool, find_pool},
    {SLOT_USER, ORIGIN_KEY_USER, open_user, find_user},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

_Static_assert(KEY_BYTES == RING_RECIPIENT_BYTES, "an origin holds a public key");

static void note_key(struct opener *opener, size_t kind, const struct slot *slot)
{
    opener->kind = &kinds[kind];
    memcpy(opener->recipient, slot->recipient, sizeof opener->recipient);
}

/* `out_key` NULL: it is only looked for. */
static enum hf_error try_slot(struct opener *opener, size_t kind, const struct sealed_token *token,
                              const struct slot *slot, struct secret **out_key)
{
    TRY(out_key != NULL ? kinds[kind].open(opener, token, slot, out_key)
                        : kinds[kind].find(opener, slot->recipient));
    note_key(opener, kind, slot);
    return HF_OK;
}

/* The first slot of that kind that opens; else the last one's error that says more than that it is
   for somebody else. */
static enum hf_error try_kind(struct opener *opener, size_t kind, const struct sealed_token *token,
                              struct secret **out_key)
{
    enum hf_error worst = HF_ENOSLOT;
    for (size_t i = 0; i < token->slot_count; i++) {
        const struct slot *slot = &token->slots[i];
        if (slot->kind != kinds[kind].slot)
            continue;
        const enum hf_error error = try_slot(opener, kind, token, slot, out_key);
        if (error == HF_OK)
            return HF_OK;
        if (error != HF_ENOSLOT)
            worst = error;
    }
    return worst;
}

/* A machine's slot that is broken says more than a user's slot that is not there. */
static enum hf_error try_all(struct opener *opener, const struct sealed_token *token,
                             struct secret **out_key)
{
    enum hf_error worst = HF_ENOSLOT;
    for (size_t i = 0; i < KINDS; i++) {
        const enum hf_error error = try_kind(opener, i, token, out_key);
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
    TRY(try_all(opener, token, &key));
    return token_open(opener->request->user, token, key, out_token, out_grant);
}

enum hf_error opener_finds_key(struct opener *opener, const struct sealed_token *token)
{
    return try_all(opener, token, NULL);
}

enum hf_error opener_has_key(const struct opener *opener, const struct ring_origin *origin)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].key == (enum ring_origin_key)origin->key)
            return kinds[i].find(opener, origin->recipient);
    return HF_ENOSLOT;
}

void opener_tell(const struct opener *opener, struct ring_origin *origin)
{
    origin->key = (uint16_t)opener->kind->key;
    memcpy(origin->recipient, opener->recipient, sizeof origin->recipient);
}
