#include "keyring/origin.h"

#include <keyutils.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "keyring/kernel.h"

/* Of a payload of version 1. */
#define FIRST_SIZE offsetof(struct ring_origin, recipient)

_Static_assert(FIRST_SIZE == 88, "what version 1 was");
_Static_assert(sizeof(struct ring_origin) == FIRST_SIZE + RING_RECIPIENT_BYTES + 8,
               "no padding, whose bytes would be anything");

static enum hf_error find_origin(ring_serial ring, const char *name, ring_serial *out_key)
{
    return key_find_named(ring, RING_ORIGIN_PREFIX, name, out_key);
}

/* In the key that is there: whoever has taken it out of the ring, or put another in its place,
   stays right. */
static enum hf_error update(ring_serial key, const struct ring_origin *origin)
{
    return keyctl_update(key, origin, sizeof *origin) == 0 ? HF_OK : kernel_error();
}

static enum hf_error put(ring_serial ring, const char *name, const struct ring_origin *origin,
                         ring_serial *out_key)
{
    char description[KEY_NAMED_SIZE];
    TRY(key_named(RING_ORIGIN_PREFIX, name, description));
    /* No timeout: it says what became of a token that is there no more. */
    return key_place("user", description, origin, sizeof *origin, 0, ring, out_key);
}

enum hf_error ring_origin_put(ring_serial ring, const char *name, const struct ring_origin *origin)
{
    ring_serial key = 0;
    return put(ring, name, origin, &key);
}

static bool is_sane(const struct ring_origin *origin)
{
    return origin->state >= ORIGIN_PLACED && origin->state < ORIGIN_STATE_COUNT &&
           origin->key < ORIGIN_KEY_COUNT && origin->asked <= 1 &&
           origin->source[SOURCE_NAME_MAX] == '\0' && source_name_valid(origin->source);
}

static enum hf_error read_payload(const uint8_t *bytes, size_t length,
                                  struct ring_origin *out_origin)
{
    struct ring_origin origin = {0};
    const uint32_t version = length == FIRST_SIZE ? 1 : RING_ORIGIN_VERSION;
    if (length != FIRST_SIZE && length != sizeof origin)
        return HF_EFORMAT;
    memcpy(&origin, bytes, length);
    if (origin.version != version || !is_sane(&origin) ||
        (version == 1 && (origin.key != 0 || origin.asked != 0)))
        return HF_EFORMAT;
    if (version == 1)
        origin.token_expires = origin.expires;
    origin.version = RING_ORIGIN_VERSION;
    *out_origin = origin;
    return HF_OK;
}

enum hf_error ring_origin_get(ring_serial ring, const char *name, struct ring_origin *out_origin)
{
    SCOPED(secret) struct secret *payload = NULL;
    ring_serial key = 0;
    enum hf_error error =
        key_get_named(ring, RING_ORIGIN_PREFIX, name, sizeof *out_origin, &key, &payload);
    if (error != HF_OK)
        return error == HF_ETOOBIG ? HF_EFORMAT : error;
    return read_payload(secret_view(payload), secret_length(payload), out_origin);
}

enum hf_error ring_origin_remove(ring_serial ring, const char *name)
{
    return key_remove_named(ring, RING_ORIGIN_PREFIX, name);
}

enum hf_error ring_origin_names(ring_serial ring, char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1],
                                size_t *out_count)
{
    return key_names(ring, RING_ORIGIN_PREFIX, names, out_count);
}

uint64_t ring_origin_end(const struct ring_origin *origin)
{
    const uint64_t limit = origin->lifetime != 0 ? origin->confirmed + origin->lifetime : 0;
    if (origin->expires == 0 || limit == 0)
        return origin->expires + limit;
    return origin->expires < limit ? origin->expires : limit;
}

enum hf_error ring_origin_left(const struct ring_origin *origin, uint64_t now,
                               unsigned *out_seconds)
{
    const uint64_t end = ring_origin_end(origin);
    if (end != 0 && end <= now)
        return HF_EEXPIRED;
    const uint64_t left = end == 0 ? 0 : end - now;
    *out_seconds = left > UINT_MAX ? UINT_MAX : (unsigned)left;
    return HF_OK;
}

enum hf_error ring_origin_place(ring_serial ring, const char *name, const struct secret *token,
                                const struct ring_origin *origin, uint64_t now)
{
    struct ring_origin nothing = *origin;
    ring_serial key = 0, token_key = 0;
    unsigned timeout = 0;
    TRY(ring_origin_left(origin, now, &timeout));
    /* Whoever is killed on the way leaves an origin of no token, which the next refresh exchanges;
       and the user's own token, put in the place of this one meanwhile, has taken that key away. */
    memset(nothing.id, 0, sizeof nothing.id);
    TRY(put(ring, name, &nothing, &key));
    TRY(ring_put_key(ring, name, token, timeout, &token_key));
    return update(key, origin);
}

/* The token's key, 0 where there is none, and the origin's. The token is looked for first: who puts
   their own in its place begins with the origin, so that while that is there the token is no newer.
 */
static enum hf_error find_both(ring_serial ring, const char *name, ring_serial *out_token,
                               ring_serial *out_origin)
{
    ring_serial token = 0;
    enum hf_error error = ring_token_key(ring, name, &token);
    if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        return error;
    TRY(find_origin(ring, name, out_origin));
    *out_token = error == HF_OK ? token : 0;
    return HF_OK;
}

static enum hf_error set_timeout(ring_serial key, unsigned timeout)
{
    return keyctl_set_timeout(key, timeout) == 0 ? HF_OK : kernel_error();
}

enum hf_error ring_origin_extend(ring_serial ring, const char *name,
                                 const struct ring_origin *origin, uint64_t now)
{
    ring_serial token = 0, key = 0;
    unsigned timeout = 0;
    TRY(ring_origin_left(origin, now, &timeout));
    TRY(find_both(ring, name, &token, &key));
    if (token == 0)
        return HF_EEXPIRED;
    TRY(set_timeout(token, timeout));
    return update(key, origin);
}

static bool is_current(ring_serial ring, const char *name, ring_serial origin)
{
    ring_serial key = 0;
    return find_origin(ring, name, &key) == HF_OK && key == origin;
}

/* A new key, with its timeout from the beginning: an update takes the timeout away, and whoever is
   killed before it is set again leaves a token without end. */
static enum hf_error put_anew(ring_serial ring, const char *name, const struct secret *token,
                              unsigned timeout, ring_serial origin)
{
    ring_serial key = 0;
    if (!is_current(ring, name, origin))
        return HF_ENOTFOUND;
    TRY(ring_put_key(ring, name, token, timeout, &key));
    if (is_current(ring, name, origin))
        return HF_OK;
    (void)!key_end(key);
    return HF_ENOTFOUND;
}

enum hf_error ring_origin_exchange(ring_serial ring, const char *name, const struct secret *token,
                                   const struct ring_origin *origin, uint64_t now)
{
    ring_serial old = 0, key = 0;
    unsigned timeout = 0;
    TRY(ring_origin_left(origin, now, &timeout));
    TRY(find_both(ring, name, &old, &key));
    TRY(put_anew(ring, name, token, timeout, key));
    /* It is out of the ring, but may be linked elsewhere. */
    if (old != 0)
        (void)!key_end(old);
    return update(key, origin);
}

enum hf_error ring_origin_end_token(ring_serial ring, const char *name,
                                    const struct ring_origin *origin)
{
    ring_serial token = 0, key = 0;
    TRY(find_both(ring, name, &token, &key));
    enum hf_error error = token != 0 ? key_end(token) : HF_OK;
    if (error != HF_OK && error != HF_ENOTFOUND && error != HF_EEXPIRED)
        return error;
    return update(key, origin);
}
