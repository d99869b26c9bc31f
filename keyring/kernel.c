#include "keyring/kernel.h"

#include <errno.h>
#include <inttypes.h>
#include <keyutils.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"

enum hf_error kernel_error(void)
{
    switch (errno) {
    case ENOKEY:
    case EKEYREVOKED:
    case EKEYREJECTED:
        return HF_ENOTFOUND;
    case EKEYEXPIRED:
        return HF_EEXPIRED;
    case EDQUOT:
        return HF_EQUOTA;
    case ENOMEM:
        return HF_ENOMEM;
    default:
        return HF_EKERNEL;
    }
}

/* How often another process may replace a key just as this one reads it. */
#define TRIES_MAX 16

enum hf_error key_describe(ring_serial key, struct key_about *out_about)
{
    /* "type;uid;gid;perm;description"; the description comes last and may itself hold semicolons.
     */
    char text[KEY_TYPE_MAX + KEY_DESCRIPTION_MAX + 64];
    struct key_about about = {0};
    uint32_t owner = 0;
    int start = 0;
    long length = keyctl_describe(key, text, sizeof text);
    if (length < 0)
        return kernel_error();
    if ((size_t)length > sizeof text)
        return HF_ENOTFOUND;
    if (sscanf(text, "%31[^;];%" SCNu32 ";%*u;%" SCNx32 ";%n", about.type, &owner,
               &about.permission, &start) != 3 ||
        start == 0 || strlen(text + start) > KEY_DESCRIPTION_MAX)
        return HF_ENOTFOUND;
    about.owner = owner;
    memcpy(about.description, text + start, strlen(text + start) + 1);
    *out_about = about;
    return HF_OK;
}

bool key_is_own(const struct key_about *about, const char *type)
{
    return about->owner == geteuid() && (about->permission & ~RING_PERMISSION) == 0 &&
           strcmp(about->type, type) == 0;
}

static enum hf_error shut_and_link(ring_serial key, unsigned timeout, ring_serial into)
{
    if (keyctl_setperm(key, RING_PERMISSION) != 0)
        return kernel_error();
    if (timeout != 0 && keyctl_set_timeout(key, timeout) != 0)
        return kernel_error();
    if (keyctl_link(key, into) != 0)
        return kernel_error();
    return HF_OK;
}

enum hf_error key_place(const char *type, const char *description, const void *bytes, size_t length,
                        unsigned timeout, ring_serial into, ring_serial *out_key)
{
    /* Only this thread reaches its thread keyring, so there the usual permissions of the first
     * moment are harmless. */
    ring_serial key = add_key(type, description, bytes, length, KEY_SPEC_THREAD_KEYRING);
    if (key < 0)
        return kernel_error();
    enum hf_error error = shut_and_link(key, timeout, into);
    int saved = errno;
    (void)keyctl_unlink(key, KEY_SPEC_THREAD_KEYRING);
    errno = saved;
    TRY(error);
    *out_key = key;
    return HF_OK;
}

enum hf_error key_update(ring_serial key, const struct secret *bytes)
{
    return keyctl_update(key, secret_view(bytes), secret_length(bytes)) == 0 ? HF_OK
                                                                             : kernel_error();
}

enum hf_error key_end(ring_serial key)
{
    return keyctl_invalidate(key) == 0 ? HF_OK : kernel_error();
}

enum hf_error key_find(ring_serial ring, const char *description, ring_serial *out_key)
{
    struct key_about about;
    long key = keyctl_search(ring, "user", description, 0);
    if (key < 0)
        return kernel_error();
    TRY(key_describe((ring_serial)key, &about));
    if (!key_is_own(&about, "user"))
        return HF_ENOTFOUND;
    *out_key = (ring_serial)key;
    return HF_OK;
}

/* HF_ETRYAGAIN: it was updated in between by something longer, and what was read is not the whole.
 */
static enum hf_error read_once(ring_serial key, size_t maximum, struct secret **out_bytes)
{
    SCOPED(secret) struct secret *bytes = NULL;
    long size = keyctl_read(key, NULL, 0);
    if (size < 0)
        return kernel_error();
    if (size == 0 || (size_t)size > maximum)
        return HF_ETOOBIG;
    TRY(secret_new((size_t)size, &bytes));
    long length = keyctl_read(key, (char *)secret_bytes(bytes), (size_t)size);
    if (length < 0)
        return kernel_error();
    if (length > size)
        return HF_ETRYAGAIN;
    secret_set_length(bytes, (size_t)length);
    *out_bytes = TAKE(bytes);
    return HF_OK;
}

enum hf_error key_read(ring_serial key, size_t maximum, struct secret **out_bytes)
{
    enum hf_error error = HF_ETRYAGAIN;
    for (int i = 0; error == HF_ETRYAGAIN && i < TRIES_MAX; i++)
        error = read_once(key, maximum, out_bytes);
    return error == HF_ETRYAGAIN ? HF_EKERNEL : error;
}

static enum hf_error read_own(ring_serial key, size_t maximum, struct secret **out_bytes)
{
    struct key_about about;
    TRY(key_describe(key, &about));
    return key_is_own(&about, "user") ? key_read(key, maximum, out_bytes) : HF_ENOTFOUND;
}

enum hf_error key_get(ring_serial ring, const char *description, size_t maximum,
                      ring_serial *out_key, struct secret **out_bytes)
{
    enum hf_error error = HF_ENOTFOUND;
    for (int i = 0; error == HF_ENOTFOUND && i < TRIES_MAX; i++) {
        long key = keyctl_search(ring, "user", description, 0);
        if (key < 0)
            return kernel_error();
        error = read_own((ring_serial)key, maximum, out_bytes);
        *out_key = (ring_serial)key;
    }
    return error;
}

enum hf_error key_named(const char *prefix, const char *name,
                        char out_description[static KEY_NAMED_SIZE])
{
    if (!token_name_valid(name))
        return HF_ENAME;
    return text_format(out_description, KEY_NAMED_SIZE, "%s%s", prefix, name);
}

enum hf_error key_find_named(ring_serial ring, const char *prefix, const char *name,
                             ring_serial *out_key)
{
    char description[KEY_NAMED_SIZE];
    TRY(key_named(prefix, name, description));
    return key_find(ring, description, out_key);
}

enum hf_error key_get_named(ring_serial ring, const char *prefix, const char *name, size_t maximum,
                            ring_serial *out_key, struct secret **out_bytes)
{
    char description[KEY_NAMED_SIZE];
    TRY(key_named(prefix, name, description));
    return key_get(ring, description, maximum, out_key, out_bytes);
}

enum hf_error key_remove_named(ring_serial ring, const char *prefix, const char *name)
{
    ring_serial key = 0;
    TRY(key_find_named(ring, prefix, name, &key));
    return keyctl_unlink(key, ring) == 0 ? HF_OK : kernel_error();
}

/* The name, when the key can be read now: one that has expired may not have been collected yet. */
static bool name_of(ring_serial key, const char *prefix, char out_name[TOKEN_NAME_MAX + 1])
{
    struct key_about about;
    const size_t length = strlen(prefix);
    if (key_describe(key, &about) != HF_OK || !key_is_own(&about, "user"))
        return false;
    const char *name = about.description + length;
    if (strncmp(about.description, prefix, length) != 0 || !token_name_valid(name) ||
        keyctl_read(key, NULL, 0) < 0)
        return false;
    memcpy(out_name, name, strlen(name) + 1);
    return true;
}

enum hf_error key_names(ring_serial ring, const char *prefix,
                        char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1], size_t *out_count)
{
    /* The tokens, their grants and origins, the default, and expired keys that the kernel has not
     * collected yet. */
    key_serial_t keys[6 * RING_TOKENS_MAX];
    size_t count = 0;
    long size = keyctl_read(ring, (char *)keys, sizeof keys);
    if (size < 0)
        return kernel_error();
    size_t entries = ((size_t)size < sizeof keys ? (size_t)size : sizeof keys) / sizeof keys[0];
    for (size_t i = 0; i < entries && count < RING_TOKENS_MAX; i++)
        if (name_of(keys[i], prefix, names[count]))
            count++;
    *out_count = count;
    return HF_OK;
}
