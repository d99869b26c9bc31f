#include "keyring/find.h"

#include <errno.h>
#include <inttypes.h>
#include <keyutils.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "keyring/kernel.h"

DEFINE_SCOPED(stream, FILE *, fclose, NULL);

enum hf_error ring_check(ring_serial ring)
{
    struct key_about about;
    TRY(key_describe(ring, &about));
    if (!key_is_own(&about, "keyring") || strcmp(about.description, RING_DESCRIPTION) != 0)
        return HF_ENOTFOUND;
    return HF_OK;
}

static enum hf_error find_by_session(ring_serial *out_ring)
{
    long found = keyctl_search(KEY_SPEC_SESSION_KEYRING, "keyring", RING_DESCRIPTION, 0);
    if (found < 0)
        return kernel_error();
    TRY(ring_check((ring_serial)found));
    *out_ring = (ring_serial)found;
    return HF_OK;
}

static enum hf_error parse_serial(const struct secret *text, ring_serial *out_serial)
{
    int64_t number = 0;
    for (size_t i = 0; i < secret_length(text); i++) {
        uint8_t digit = secret_view(text)[i];
        if (digit < '0' || digit > '9')
            return HF_ENOTFOUND;
        number = number * 10 + (digit - '0');
        if (number > INT32_MAX)
            return HF_ENOTFOUND;
    }
    if (number == 0)
        return HF_ENOTFOUND;
    *out_serial = (ring_serial)number;
    return HF_OK;
}

static enum hf_error find_by_pointer(ring_serial *out_ring)
{
    SCOPED(secret) struct secret *text = NULL;
    ring_serial ring = 0;
    long pointer = keyctl_search(KEY_SPEC_USER_KEYRING, "user", RING_POINTER, 0);
    if (pointer < 0)
        return kernel_error();
    TRY(key_read((ring_serial)pointer, 10, &text));
    TRY(parse_serial(text, &ring));
    /* The serial may belong to another key by now; the check tells. */
    TRY(ring_check(ring));
    *out_ring = ring;
    return HF_OK;
}

/* A line of /proc/keys, proc(5): serial, flags, usage, timeout, permissions, uid, gid, type,
 * description. */
static bool line_is_ring(const char *line, ring_serial *out_ring)
{
    uint32_t serial = 0, owner = 0;
    char type[KEY_TYPE_MAX + 1], description[64];
    if (sscanf(line, "%" SCNx32 " %*s %*s %*s %*s %" SCNu32 " %*s %31s %63s", &serial, &owner, type,
               description) != 4)
        return false;
    if (owner != geteuid() || strcmp(type, "keyring") != 0 ||
        strcmp(description, RING_DESCRIPTION ":") != 0)
        return false;
    *out_ring = (ring_serial)serial;
    return ring_check(*out_ring) == HF_OK;
}

enum hf_error ring_listing(ring_serial rings[FIND_RINGS_MAX], size_t *out_count)
{
    SCOPED(stream) FILE *keys = fopen("/proc/keys", "re");
    SCOPED(text) char *line = NULL;
    size_t room = 0, count = 0;
    if (keys == NULL)
        return HF_EIO;
    while (count < FIND_RINGS_MAX && getline(&line, &room, keys) > 0)
        if (line_is_ring(line, &rings[count]))
            count++;
    *out_count = count;
    return HF_OK;
}

static enum hf_error find_by_listing(ring_serial *out_ring)
{
    ring_serial rings[FIND_RINGS_MAX];
    size_t count = 0;
    if (ring_listing(rings, &count) != HF_OK || count == 0)
        return HF_ENOTFOUND;
    *out_ring = rings[0];
    return HF_OK;
}

static enum hf_error (*const ways[])(ring_serial *) = {
    [RING_BY_SESSION] = find_by_session,
    [RING_BY_POINTER] = find_by_pointer,
    [RING_BY_LISTING] = find_by_listing,
};

/* A kernel without keyrings, or a container's filter of keyctl(2): no other way leads further. */
static bool kernel_refuses(enum hf_error error)
{
    return error == HF_EKERNEL && (errno == ENOSYS || errno == EPERM);
}

enum hf_error ring_find(ring_serial *out_ring, enum ring_way *out_way)
{
    for (enum ring_way way = RING_BY_SESSION; way <= RING_BY_LISTING; way++) {
        enum hf_error error = ways[way](out_ring);
        if (error == HF_OK) {
            *out_way = way;
            return HF_OK;
        }
        if (kernel_refuses(error))
            return error;
    }
    return HF_ENOTFOUND;
}
