#include "keyring/grant.h"

#include <keyutils.h>
#include <limits.h>
#include <string.h>

#include "keyring/kernel.h"
#include "keyring/origin.h"

#define DAY         86400u
#define HEADER_SIZE sizeof(struct ring_grant_header)
#define PAYLOAD_MAX (HEADER_SIZE + GRANT_MAX + TOKEN_MAX)

_Static_assert(HEADER_SIZE == 64, "no padding, whose bytes would be anything");
_Static_assert(PAYLOAD_MAX <= 32767, "a user key's most, user_preparse of the kernel");

void ring_grant_clear(struct ring_grant *grant)
{
    secret_free(grant->grant);
    secret_free(grant->fresh);
    *grant = (struct ring_grant){0};
}

uint64_t grant_due(uint64_t created, uint64_t expires)
{
    if (expires == 0)
        return 0;
    const uint64_t life = expires > created ? expires - created : 0;
    return expires - (life / 10 < DAY ? life / 10 : DAY);
}

static enum hf_error find_grant(ring_serial ring, const char *name, ring_serial *out_key)
{
    return key_find_named(ring, RING_GRANT_PREFIX, name, out_key);
}

static bool texts_valid(const char *grant, size_t grant_length, const char *fresh,
                        size_t fresh_length)
{
    return grant_valid(grant, grant_length) &&
           (fresh_length == 0 || token_valid(fresh, fresh_length));
}

enum hf_error ring_grant_room(struct secret **out_room)
{
    return secret_new(PAYLOAD_MAX, out_room);
}

/* `room` is from ring_grant_room. */
static enum hf_error make_payload(const struct ring_grant *grant, struct secret *room)
{
    const size_t grant_length = secret_length(grant->grant);
    const size_t fresh_length = grant->fresh != NULL ? secret_length(grant->fresh) : 0;
    const char *fresh = grant->fresh != NULL ? (const char *)secret_view(grant->fresh) : "";
    if (!texts_valid((const char *)secret_view(grant->grant), grant_length, fresh, fresh_length))
        return HF_EFORMAT;
    struct ring_grant_header header = {.version = RING_GRANT_VERSION,
                                       .grant_length = (uint32_t)grant_length,
                                       .fresh_length = (uint32_t)fresh_length,
                                       .due = grant->due,
                                       .expires = grant->expires};
    memcpy(header.id, grant->id, sizeof header.id);
    memcpy(header.before, grant->before, sizeof header.before);
    uint8_t *at = secret_bytes(room);
    memcpy(at, &header, HEADER_SIZE);
    memcpy(at + HEADER_SIZE, secret_view(grant->grant), grant_length);
    memcpy(at + HEADER_SIZE + grant_length, fresh, fresh_length);
    secret_set_length(room, HEADER_SIZE + grant_length + fresh_length);
    return HF_OK;
}

enum hf_error ring_grant_put(ring_serial ring, const char *name, const struct ring_grant *grant)
{
    char description[KEY_NAMED_SIZE];
    SCOPED(secret) struct secret *room = NULL;
    ring_serial key = 0;
    TRY(key_named(RING_GRANT_PREFIX, name, description));
    TRY(ring_grant_room(&room));
    TRY(make_payload(grant, room));
    /* No timeout: a grant outlives its token, that is what it is for. */
    return key_place("user", description, secret_view(room), secret_length(room), 0, ring, &key);
}

enum hf_error ring_grant_update(const struct ring_grant *grant, struct secret *room)
{
    TRY(make_payload(grant, room));
    return key_update(grant->key, room);
}

/* The payload, and its header once all of it has been checked. */
static enum hf_error read_payload(ring_serial ring, const char *name, ring_serial *out_key,
                                  struct secret **out_payload, struct ring_grant_header *out_header)
{
    SCOPED(secret) struct secret *payload = NULL;
    struct ring_grant_header header;
    enum hf_error error =
        key_get_named(ring, RING_GRANT_PREFIX, name, PAYLOAD_MAX, out_key, &payload);
    if (error != HF_OK)
        return error == HF_ETOOBIG ? HF_EFORMAT : error;
    if (secret_length(payload) < HEADER_SIZE)
        return HF_EFORMAT;
    memcpy(&header, secret_view(payload), HEADER_SIZE);
    if (header.version != RING_GRANT_VERSION || header.zero != 0 ||
        secret_length(payload) != HEADER_SIZE + (uint64_t)header.grant_length + header.fresh_length)
        return HF_EFORMAT;
    const char *texts = (const char *)secret_view(payload) + HEADER_SIZE;
    if (!texts_valid(texts, header.grant_length, texts + header.grant_length, header.fresh_length))
        return HF_EFORMAT;
    *out_payload = TAKE(payload);
    *out_header = header;
    return HF_OK;
}

enum hf_error ring_grant_get(ring_serial ring, const char *name, struct ring_grant *out_grant)
{
    SCOPED(secret) struct secret *payload = NULL;
    SCOPED(ring_grant) struct ring_grant grant = {0};
    struct ring_grant_header header;
    TRY(read_payload(ring, name, &grant.key, &payload, &header));
    const uint8_t *texts = secret_view(payload) + HEADER_SIZE;
    TRY(secret_copy(texts, header.grant_length, &grant.grant));
    if (header.fresh_length != 0)
        TRY(secret_copy(texts + header.grant_length, header.fresh_length, &grant.fresh));
    grant.due = header.due;
    grant.expires = header.expires;
    memcpy(grant.id, header.id, sizeof grant.id);
    memcpy(grant.before, header.before, sizeof grant.before);
    *out_grant = grant;
    grant = (struct ring_grant){0};
    return HF_OK;
}

enum hf_error ring_grant_remove(ring_serial ring, const char *name)
{
    return key_remove_named(ring, RING_GRANT_PREFIX, name);
}

enum hf_error ring_grant_end(const struct ring_grant *grant)
{
    return key_end(grant->key);
}

bool ring_grant_exists(ring_serial ring, const char *name)
{
    ring_serial key = 0;
    return find_grant(ring, name, &key) == HF_OK;
}

bool ring_grant_is_due(ring_serial ring, const char *name, uint64_t now)
{
    SCOPED(secret) struct secret *payload = NULL;
    struct ring_grant_header header;
    ring_serial key = 0;
    return read_payload(ring, name, &key, &payload, &header) == HF_OK && header.due != 0 &&
           header.due <= now;
}

/* Whether there is one before, and it is that. */
static bool was(const uint8_t before[static RING_ID_BYTES], const uint8_t id[static RING_ID_BYTES])
{
    static const uint8_t none[RING_ID_BYTES];
    return memcmp(before, none, RING_ID_BYTES) != 0 && memcmp(before, id, RING_ID_BYTES) == 0;
}

bool ring_grant_is_of(const struct ring_grant *grant, const uint8_t id[static RING_ID_BYTES])
{
    return memcmp(grant->id, id, RING_ID_BYTES) == 0 || was(grant->before, id);
}

bool ring_grant_is_newer(ring_serial ring, const char *name, const uint8_t id[static RING_ID_BYTES])
{
    SCOPED(secret) struct secret *payload = NULL;
    struct ring_grant_header header;
    ring_serial key = 0;
    return read_payload(ring, name, &key, &payload, &header) == HF_OK && was(header.before, id);
}

static unsigned seconds_left(uint64_t expires, uint64_t now)
{
    const uint64_t left = expires == 0 ? 0 : expires - now;
    return left > UINT_MAX ? UINT_MAX : (unsigned)left;
}

static bool is_current(ring_serial ring, const char *name, const struct ring_grant *grant)
{
    ring_serial key = 0;
    return find_grant(ring, name, &key) == HF_OK && key == grant->key;
}

static enum hf_error put_fresh(ring_serial ring, const char *name, const struct ring_grant *grant,
                               unsigned timeout)
{
    ring_serial key = 0;
    if (!is_current(ring, name, grant))
        return HF_ENOTFOUND;
    TRY(ring_put_key(ring, name, grant->fresh, timeout, &key));
    if (is_current(ring, name, grant))
        return HF_OK;
    (void)!key_end(key);
    return HF_ENOTFOUND;
}

enum hf_error ring_grant_place_fresh(ring_serial ring, const char *name,
                                     const struct ring_grant *grant, uint64_t now)
{
    ring_serial key = 0;
    if (grant->expires != 0 && grant->expires <= now)
        return HF_EEXPIRED;
    const unsigned timeout = seconds_left(grant->expires, now);
    /* The token is looked for before the grant. Who puts others in their place, or takes them out,
       begins with the grant: so this token is no newer than that. */
    enum hf_error error = ring_token_key(ring, name, &key);
    if (!is_current(ring, name, grant))
        return HF_ENOTFOUND;
    if (error == HF_OK)
        error = key_update(key, grant->fresh);
    /* An update takes the timeout away. */
    if (error == HF_OK && timeout != 0 && keyctl_set_timeout(key, timeout) != 0)
        error = kernel_error();
    return error == HF_ENOTFOUND || error == HF_EEXPIRED ? put_fresh(ring, name, grant, timeout)
                                                         : error;
}

static enum hf_error place_grant(ring_serial ring, const struct ring_entry *entry)
{
    if (entry->grant == NULL) {
        enum hf_error error = ring_grant_remove(ring, entry->name);
        return error == HF_ENOTFOUND ? HF_OK : error;
    }
    SCOPED(ring_grant)
    struct ring_grant grant = {.due = grant_due(entry->created, entry->expires),
                               .expires = entry->expires};
    memcpy(grant.id, entry->id, sizeof grant.id);
    TRY(secret_copy(secret_view(entry->grant), secret_length(entry->grant), &grant.grant));
    return ring_grant_put(ring, entry->name, &grant);
}

enum hf_error ring_place(ring_serial ring, const struct ring_entry *entry, uint64_t now)
{
    /* The grant first: whoever reads between the two has an old token with a new grant, which
       refreshes to a new token. The other way round, an old grant could be used up for a token that
       is there no more. */
    TRY(place_grant(ring, entry));
    if (entry->origin != NULL)
        return ring_origin_place(ring, entry->name, entry->token, entry->origin, now);
    if (entry->expires != 0 && entry->expires <= now)
        return entry->grant != NULL ? HF_OK : HF_EEXPIRED;
    return ring_put(ring, entry->name, entry->token, seconds_left(entry->expires, now));
}
