#include "tools/session/unsealer.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "store/hostkey.h"
#include "store/identity.h"
#include "store/pool.h"
#include "store/slot.h"
#include "store/switch.h"
#include "tools/session/ask.h"

/* Of each token of each source it may be asked whether there is a key for its slots, and for the
   one that has opened it, and then each of its slots be tried; and there are a few questions more.
 */
#define ASKS_MAX (SWITCH_SOURCES_MAX * TOKENS_MAX * (2 * SLOTS_MAX + 1) + 8)

/* So many Argon2id runs at a time on this machine: at most a quarter of a GiB each, identity.h. */
#define KDF_AT_ONCE 4

/* Two locks, held while it runs. */
struct kdf_place {
    int own, shared;
};

static void kdf_place_scope_end(struct kdf_place *place)
{
    fd_scope_end(&place->own);
    fd_scope_end(&place->shared);
}

struct unsealer {
    const struct wire_request *request;
    struct secret *password, *new_password;
    struct key_pair host, identity;
    struct key_pair pools[POOLS_MAX];
    size_t pool_count;
    bool asked_host, asked_identity;
    enum hf_error host_error, identity_error;
    deadline_ms until;
};

enum hf_error unsealer_new(const struct wire_request *request, struct secret *password,
                           struct secret *new_password, deadline_ms until,
                           struct unsealer **out_unsealer)
{
    struct unsealer *unsealer = calloc(1, sizeof *unsealer);
    if (unsealer == NULL)
        return HF_ENOMEM;
    unsealer->request = request;
    unsealer->password = password;
    unsealer->new_password = new_password;
    unsealer->until = until;
    *out_unsealer = unsealer;
    return HF_OK;
}

void unsealer_free(struct unsealer *unsealer)
{
    if (unsealer == NULL)
        return;
    secret_free(unsealer->password);
    secret_free(unsealer->new_password);
    key_pair_clear(&unsealer->host);
    key_pair_clear(&unsealer->identity);
    for (size_t i = 0; i < unsealer->pool_count; i++)
        key_pair_clear(&unsealer->pools[i]);
    free(unsealer);
}

/* A place among the few that may run Argon2id at once; without the folder there is no limit. */
static enum hf_error take_shared_place(deadline_ms until, int *out_fd)
{
    char path[sizeof HF_RUN_FOLDER + 32];
    for (;;) {
        for (unsigned place = 0; place < KDF_AT_ONCE; place++) {
            TRY(text_format(path, sizeof path, HF_RUN_FOLDER "/argon2id.%u", place));
            enum hf_error error = lock_take(path, 0, out_fd);
            if (error != HF_EDEADLINE)
                return HF_OK;
        }
        if (clock_ms() >= until)
            return HF_EDEADLINE;
        (void)poll(NULL, 0, 10);
    }
}

/* A user's own place comes first: with dearly made identities and many logins at once, one user
   could otherwise hold all that there are. */
static enum hf_error take_kdf_place(uid_t uid, deadline_ms until, struct kdf_place *place)
{
    char path[sizeof HF_RUN_FOLDER + 48];
    TRY(text_format(path, sizeof path, HF_RUN_FOLDER "/argon2id.user.%lu", (unsigned long)uid));
    if (lock_take(path, until, &place->own) == HF_EDEADLINE)
        return HF_EDEADLINE;
    return take_shared_place(until, &place->shared);
}

/* A machine's key that is slow to come, from a TPM that hangs, must leave time for the password. */
static enum hf_error host_key(struct unsealer *unsealer)
{
    deadline_ms now = clock_ms();
    if (!unsealer->asked_host)
        unsealer->host_error = hostkey_load(now + (unsealer->until - now) / 2, &unsealer->host);
    unsealer->asked_host = true;
    return unsealer->host_error;
}

static enum hf_error answer_host_public(struct unsealer *unsealer, const struct ask *ask,
                                        struct answer *answer)
{
    (void)ask;
    TRY(host_key(unsealer));
    memcpy(answer->key, unsealer->host.public_key, KEY_BYTES);
    return HF_OK;
}

/* The context is of our own making, with the user that PAM named: a slot of somebody else's does
 * not open. */
static enum hf_error open_slot(const struct unsealer *unsealer, const struct ask *ask,
                               const struct key_pair *pair, struct answer *answer)
{
    SCOPED(secret) struct secret *key = NULL;
    const struct slot_context context = {.user = unsealer->request->user,
                                         .name = ask->name,
                                         .id = ask->id,
                                         .recipient = pair->public_key};
    TRY(slot_open(&context, pair, ask->sealed, &key));
    memcpy(answer->key, secret_view(key), KEY_BYTES);
    return HF_OK;
}

static enum hf_error answer_host_slot(struct unsealer *unsealer, const struct ask *ask,
                                      struct answer *answer)
{
    TRY(host_key(unsealer));
    return open_slot(unsealer, ask, &unsealer->host, answer);
}

/* Whom the placer names is looked for among the files of fixed size that root keeps: a pool that
   this machine is not in has none. */
static enum hf_error read_pool(const uint8_t public_key[static KEY_BYTES],
                               uint8_t out_sealed[static POOL_SEALED_BYTES])
{
    enum hf_error error = pool_read(public_key, out_sealed);
    return error == HF_ENOTFOUND ? HF_ENOSLOT : error;
}

/* A pool's key, opened once. */
static enum hf_error find_pool(struct unsealer *unsealer, const uint8_t *public_key,
                               const struct key_pair **out_pair)
{
    uint8_t sealed[POOL_SEALED_BYTES];
    for (size_t i = 0; i < unsealer->pool_count; i++)
        if (memcmp(unsealer->pools[i].public_key, public_key, KEY_BYTES) == 0) {
            *out_pair = &unsealer->pools[i];
            return HF_OK;
        }
    if (unsealer->pool_count == POOLS_MAX)
        return HF_ENOSLOT;
    TRY(read_pool(public_key, sealed));
    TRY(host_key(unsealer));
    struct key_pair *pair = &unsealer->pools[unsealer->pool_count];
    TRY(pool_open(public_key, &unsealer->host, sealed, pair));
    unsealer->pool_count++;
    *out_pair = pair;
    return HF_OK;
}

static enum hf_error answer_pool_slot(struct unsealer *unsealer, const struct ask *ask,
                                      struct answer *answer)
{
    const struct key_pair *pair = NULL;
    TRY(find_pool(unsealer, ask->recipient, &pair));
    return open_slot(unsealer, ask, pair, answer);
}

/* Whether it is there is all that is told: it stays sealed, and a TPM is left alone, since a
   refresh asks each minute. */
static enum hf_error answer_pool(struct unsealer *unsealer, const struct ask *ask,
                                 struct answer *answer)
{
    uint8_t sealed[POOL_SEALED_BYTES];
    (void)answer;
    if (unsealer->request->operation != WIRE_REFRESH)
        return HF_EPROTOCOL;
    return read_pool(ask->recipient, sealed);
}

/* Once only: a placer that runs as the user gets one guess, the password that PAM accepted. */
static enum hf_error answer_identity(struct unsealer *unsealer, const struct ask *ask,
                                     struct answer *answer)
{
    (void)answer;
    if (unsealer->asked_identity)
        return HF_EPROTOCOL;
    unsealer->asked_identity = true;
    unsealer->identity_error = HF_ENOPASSWORD;
    if (unsealer->password == NULL)
        return HF_ENOPASSWORD;
    SCOPED(kdf_place) struct kdf_place place = {-1, -1};
    TRY(take_kdf_place(unsealer->request->uid, unsealer->until, &place));
    unsealer->identity_error = identity_unwrap(unsealer->request->user, &ask->identity,
                                               unsealer->password, &unsealer->identity);
    return unsealer->identity_error;
}

static enum hf_error answer_user_slot(struct unsealer *unsealer, const struct ask *ask,
                                      struct answer *answer)
{
    if (!unsealer->asked_identity)
        return HF_EPROTOCOL;
    TRY(unsealer->identity_error);
    return open_slot(unsealer, ask, &unsealer->identity, answer);
}

static enum hf_error answer_wrap(struct unsealer *unsealer, const struct ask *ask,
                                 struct answer *answer)
{
    (void)ask;
    if (unsealer->new_password == NULL || !unsealer->asked_identity)
        return HF_EPROTOCOL;
    TRY(unsealer->identity_error);
    SCOPED(kdf_place) struct kdf_place place = {-1, -1};
    TRY(take_kdf_place(unsealer->request->uid, unsealer->until, &place));
    return identity_wrap(unsealer->request->user, &unsealer->identity, unsealer->new_password,
                         &answer->identity);
}

typedef enum hf_error answer_function(struct unsealer *, const struct ask *, struct answer *);

static answer_function *const answers[] = {
    [ASK_HOST_PUBLIC] = answer_host_public,
    [ASK_HOST_SLOT] = answer_host_slot,
    [ASK_IDENTITY] = answer_identity,
    [ASK_USER_SLOT] = answer_user_slot,
    [ASK_POOL_SLOT] = answer_pool_slot,
    [ASK_POOL] = answer_pool,
    [ASK_WRAP] = answer_wrap,
};

static enum hf_error receive(int socket, deadline_ms until, void *bytes, size_t size)
{
    size_t length = 0;
    TRY(io_read_until(socket, until, bytes, size, &length));
    return length == size ? HF_OK : HF_EPROTOCOL;
}

static enum hf_error take_report(int socket, deadline_ms until, const struct wire_reply *report,
                                 struct secret **out_token)
{
    SCOPED(secret) struct secret *token = NULL;
    if (report->token_length > TOKEN_MAX)
        return HF_EPROTOCOL;
    if (report->token_length > 0) {
        TRY(secret_new(report->token_length, &token));
        TRY(receive(socket, until, secret_bytes(token), report->token_length));
        secret_set_length(token, report->token_length);
        if (!token_valid((const char *)secret_view(token), report->token_length))
            return HF_EPROTOCOL;
    }
    *out_token = TAKE(token);
    return HF_OK;
}

/* One question; HF_ENOTFOUND stands for "this was the report". */
static enum hf_error serve_one(struct unsealer *unsealer, int socket, struct ask *ask,
                               struct secret *answer_memory)
{
    struct answer *answer = (struct answer *)(void *)secret_bytes(answer_memory);
    TRY(receive(socket, unsealer->until, ask, sizeof *ask));
    if (ask->kind == ASK_REPORT)
        return HF_ENOTFOUND;
    if (ask->kind == 0 || ask->kind >= sizeof answers / sizeof answers[0])
        return HF_EPROTOCOL;
    ask->name[TOKEN_NAME_MAX] = '\0';
    secret_set_length(answer_memory, 0);
    answer->error = answers[ask->kind](unsealer, ask, answer);
    answer->system = answer->error == HF_EIO ? (uint32_t)errno : 0;
    return io_write(socket, answer, sizeof *answer);
}

enum hf_error unsealer_serve(struct unsealer *unsealer, int socket, struct wire_reply *out_report,
                             struct secret **out_token)
{
    SCOPED(secret) struct secret *answer_memory = NULL;
    struct ask ask;
    TRY(secret_new(sizeof(struct answer), &answer_memory));
    for (unsigned count = 0; count < ASKS_MAX; count++) {
        enum hf_error error = serve_one(unsealer, socket, &ask, answer_memory);
        if (error == HF_OK)
            continue;
        if (error != HF_ENOTFOUND)
            return error;
        TRY(take_report(socket, unsealer->until, &ask.report, out_token));
        *out_report = ask.report;
        return HF_OK;
    }
    return HF_EPROTOCOL;
}
