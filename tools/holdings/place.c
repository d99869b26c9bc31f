#include "tools/holdings/place.h"

#include <limits.h>
#include <stdbool.h>
#include <unistd.h>

#include "keyring/session.h"
#include "tools/holdings/holdings.h"
#include "tools/when.h"

enum hf_error place_ring(ring_serial *out_ring)
{
    enum ring_way way;
    bool linked = false;
    if (session_belongs_to(geteuid()))
        return ring_ensure(out_ring, &linked);
    enum hf_error error = ring_find(out_ring, &way);
    return error == HF_ENOTFOUND ? HF_ENOSESSION : error;
}

enum hf_error place_token(ring_serial ring, const char *name, const struct secret *token,
                          uint64_t expires)
{
    const uint64_t now = when_now();
    if (expires != 0 && expires <= now)
        return HF_EEXPIRED;
    const uint64_t left = expires == 0 ? 0 : expires - now;
    return ring_put(ring, name, token, left > UINT_MAX ? UINT_MAX : (unsigned)left);
}

enum hf_error place_default(ring_serial ring, const struct holdings *holdings)
{
    if (holdings->default_name[0] == '\0')
        return HF_OK;
    return ring_set_default(ring, holdings->default_name);
}
