#include "keyring/ring.h"

#include <errno.h>
#include <inttypes.h>
#include <keyutils.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "keyring/find.h"
#include "keyring/grant.h"
#include "keyring/kernel.h"
#include "keyring/origin.h"
#include "keyring/session.h"

static enum hf_error point_to(ring_serial ring)
{
    char text[12];
    ring_serial pointer;
    TRY(text_format(text, sizeof text, "%" PRId32, ring));
    return key_place("user", RING_POINTER, text, strlen(text), 0, KEY_SPEC_USER_KEYRING, &pointer);
}

enum hf_error ring_ensure(ring_serial *out_ring, bool *out_linked)
{
    ring_serial ring = 0;
    enum ring_way way;
    if (!session_belongs_to(geteuid()))
        return HF_ENOSESSION;
    enum hf_error found = ring_find(&ring, &way);
    if (found == HF_OK && way == RING_BY_SESSION) {
        *out_ring = ring;
        *out_linked = false;
        return HF_OK;
    }
    /* A ring on its way out may refuse the link: then this session starts a new one. */
    if (found != HF_OK || keyctl_link(ring, KEY_SPEC_SESSION_KEYRING) != 0)
        TRY(key_place("keyring", RING_DESCRIPTION, NULL, 0, 0, KEY_SPEC_SESSION_KEYRING, &ring));
    *out_linked = true;
    *out_ring = ring;
    return point_to(ring);
}

enum hf_error ring_put_key(ring_serial ring, const char *name, const struct secret *token,
                           unsigned timeout, ring_serial *out_key)
{
    char description[KEY_NAMED_SIZE];
    TRY(key_named(RING_TOKEN_PREFIX, name, description));
    return key_place("user", description, secret_view(token), secret_length(token), timeout, ring,
                     out_key);
}

static enum hf_error remove_origin(ring_serial ring, const char *name)
{
    enum hf_error error = ring_origin_remove(ring, name);
    return error == HF_ENOTFOUND ? HF_OK : error;
}

static bool is_current(ring_serial ring, const char *name, ring_serial token)
{
    ring_serial key = 0;
    return ring_token_key(ring, name, &key) == HF_OK && key == token;
}

static enum hf_error put_own(ring_serial ring, const char *name, const struct secret *token,
                             unsigned timeout, ring_serial *out_key)
{
    /* Before, so that no refresh takes this token for the one that an administrator gave; and
       after, where a login has placed that one at the same time. */
    TRY(remove_origin(ring, name));
    TRY(ring_put_key(ring, name, token, timeout, out_key));
    return remove_origin(ring, name);
}

enum hf_error ring_put(ring_serial ring, const char *name, const struct secret *token,
                       unsigned timeout)
{
    ring_serial key = 0;
    TRY(put_own(ring, name, token, timeout, &key));
    /* A refresh that had found the origin may have put the administrator's over it, once. */
    return is_current(ring, name, key) ? HF_OK : put_own(ring, name, token, timeout, &key);
}

enum hf_error ring_token_key(ring_serial ring, const char *name, ring_serial *out_key)
{
    return key_find_named(ring, RING_TOKEN_PREFIX, name, out_key);
}

enum hf_error ring_get(ring_serial ring, const char *name, struct secret **out_token)
{
    ring_serial key = 0;
    return key_get_named(ring, RING_TOKEN_PREFIX, name, TOKEN_MAX, &key, out_token);
}

/* The grant and the origin first: a token without them is never refreshed. */
enum hf_error ring_remove(ring_serial ring, const char *name)
{
    TRY(remove_origin(ring, name));
    enum hf_error grant = ring_grant_remove(ring, name);
    if (grant != HF_OK && grant != HF_ENOTFOUND)
        return grant;
    enum hf_error token = key_remove_named(ring, RING_TOKEN_PREFIX, name);
    bool gone = token == HF_ENOTFOUND || token == HF_EEXPIRED;
    return gone && grant == HF_OK ? HF_OK : token;
}

enum hf_error ring_names(ring_serial ring, char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1],
                         size_t *out_count)
{
    return key_names(ring, RING_TOKEN_PREFIX, names, out_count);
}

enum hf_error ring_default(ring_serial ring, char out_name[TOKEN_NAME_MAX + 1])
{
    SCOPED(secret) struct secret *name = NULL;
    ring_serial key = 0;
    TRY(key_get(ring, RING_DEFAULT, TOKEN_NAME_MAX, &key, &name));
    /* secret_bytes ends with a zero byte of its own. */
    if (!token_name_valid((const char *)secret_view(name)))
        return HF_ENOTFOUND;
    memcpy(out_name, secret_view(name), secret_length(name) + 1);
    return HF_OK;
}

enum hf_error ring_set_default(ring_serial ring, const char *name)
{
    ring_serial key = 0;
    if (!token_name_valid(name))
        return HF_ENAME;
    return key_place("user", RING_DEFAULT, name, strlen(name), 0, ring, &key);
}

bool ring_is_empty(ring_serial ring)
{
    return keyctl_read(ring, NULL, 0) == 0;
}

bool ring_is_locked(ring_serial ring)
{
    ring_serial mark = 0;
    return key_find(ring, RING_LOCKED, &mark) == HF_OK;
}

enum hf_error ring_unlock(ring_serial ring)
{
    ring_serial mark = 0;
    const enum hf_error error = key_find(ring, RING_LOCKED, &mark);
    if (error != HF_OK)
        return error == HF_ENOTFOUND ? HF_OK : error;
    return keyctl_unlink(mark, ring) == 0 ? HF_OK : kernel_error();
}

/* The mark alone tells why; emptied it is without it, too. */
static void leave_mark(ring_serial ring)
{
    ring_serial mark = 0;
    (void)!key_place("user", RING_LOCKED, "1", 1, 0, ring, &mark);
}

static enum hf_error clear_all(bool locks, size_t *out_count)
{
    ring_serial rings[FIND_RINGS_MAX];
    enum ring_way way;
    size_t count = 0;
    /* Without /proc there is still the one that this process finds. */
    if (ring_listing(rings, &count) != HF_OK)
        count = ring_find(&rings[0], &way) == HF_OK ? 1 : 0;
    for (size_t i = 0; i < count; i++) {
        if (keyctl_clear(rings[i]) != 0)
            return kernel_error();
        if (locks)
            leave_mark(rings[i]);
    }
    *out_count = count;
    return HF_OK;
}

enum hf_error ring_clear_all(size_t *out_count)
{
    return clear_all(false, out_count);
}

enum hf_error ring_lock_all(size_t *out_count)
{
    return clear_all(true, out_count);
}
