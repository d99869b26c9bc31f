#include "tools/holdings/place.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>
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

bool place_origin(const struct holding *holding, uint64_t now, struct ring_origin *out_origin)
{
    if (strcmp(holding->source, SOURCE_OWN) == 0)
        return false;
    *out_origin = (struct ring_origin){.version = RING_ORIGIN_VERSION,
                                       .state = ORIGIN_PLACED,
                                       .expires = holding->sealed->expires,
                                       .confirmed = now,
                                       .asked = 1};
    memcpy(out_origin->id, holding->sealed->id, sizeof out_origin->id);
    memccpy(out_origin->source, holding->source, '\0', sizeof out_origin->source - 1);
    return true;
}
