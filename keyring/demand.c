#include "keyring/demand.h"

#include <errno.h>
#include <keyutils.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "keyring/kernel.h"

#define DEMAND_DESCRIPTION_SIZE (sizeof DEMAND_PREFIX + TOKEN_NAME_MAX)

/* As many keys as a user may have by default, and some more: proc(5), kernel.keys.maxkeys. */
#define USER_KEYS_MAX 1024

/* A refusal's errno is what the kernel gives for its key; the first row of each is its meaning.
   These are none that it has reasons of its own for, but ENOKEY: a program that failed is that,
   too.
 */
static const struct refusal {
    enum hf_error error;
    int number;
} refusals[] = {
    {HF_ENOTFOUND,   ENOKEY      },
    {HF_ENAME,       ENOKEY      },
    {HF_EEXPIRED,    ETIME       },
    {HF_EPOLICY,     EKEYREJECTED},
    {HF_ENOPASSWORD, ENOTCONN    },
    {HF_ENOSLOT,     ENOTCONN    },
    {HF_ENOIDENTITY, ENOTCONN    },
    {HF_EALTERED,    EBADMSG     },
    {HF_EUNSIGNED,   EBADMSG     },
    {HF_EROLLBACK,   EBADMSG     },
    {HF_EOUTDATED,   EBADMSG     },
    {HF_EFUTURE,     EBADMSG     },
    {HF_EUSER,       EBADMSG     },
    {HF_ETRYAGAIN,   EBUSY       },
    {HF_EDEADLINE,   ETIMEDOUT   },
    {HF_EQUOTA,      EDQUOT      },
    {HF_ECONFIG,     ENOEXEC     },
    {HF_EUNAVAIL,    EHOSTUNREACH},
};

int demand_errno(enum hf_error error)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].error == error)
            return refusals[i].number;
    return EHOSTUNREACH;
}

enum hf_error demand_error(int number)
{
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].number == number)
            return refusals[i].error;
    return HF_EKERNEL;
}

bool demand_enabled(void)
{
    return access(DEMAND_RULE, F_OK) == 0;
}

/* The kernel looks for the key before it runs anything, but only where this process's keyrings
   lead; in a service they do not lead to the user keyring. */
static long request_linked(const char *description)
{
    if (keyctl_link(KEY_SPEC_USER_KEYRING, KEY_SPEC_THREAD_KEYRING) != 0)
        return -1;
    long key = request_key("user", description, "-", KEY_SPEC_USER_KEYRING);
    int saved = errno;
    (void)keyctl_unlink(KEY_SPEC_USER_KEYRING, KEY_SPEC_THREAD_KEYRING);
    errno = saved;
    return key;
}

/* Whether the key of a search is a refusal that was given before. An expired one has to be asked
   for again, and so has one of somebody else's, which gives EACCES: the new one takes its place. */
static bool is_refusal(int number)
{
    return number != ENOKEY && demand_error(number) != HF_EKERNEL;
}

/* request_key(2) alone would forget refusals: what its search finds in one keyring, other than
   ENOKEY, counts less than that another one has nothing, search_cred_keyrings_rcu of the kernel. */
static enum hf_error request(const char *description, ring_serial *out_key)
{
    long key = keyctl_search(KEY_SPEC_USER_KEYRING, "user", description, 0);
    if (key < 0 && !is_refusal(errno))
        key = request_linked(description);
    if (key < 0)
        return errno == ENOMEM ? HF_ENOMEM : demand_error(errno);
    *out_key = (ring_serial)key;
    return HF_OK;
}

static enum hf_error read_if_own(ring_serial key, struct secret **out_token)
{
    struct key_about about;
    /* Another's key cannot even be described. */
    if (key_describe(key, &about) != HF_OK || !key_is_own(&about, "user"))
        return HF_EOWNER;
    return key_read(key, TOKEN_MAX, out_token);
}

enum hf_error demand_token(const char *name, struct secret **out_token)
{
    char description[DEMAND_DESCRIPTION_SIZE];
    ring_serial key = 0;
    if (name[0] != '\0' && !token_name_valid(name))
        return HF_ENAME;
    TRY(text_format(description, sizeof description, DEMAND_PREFIX "%s", name));
    TRY(request(description, &key));
    enum hf_error error = read_if_own(key, out_token);
    /* Who had a shell by su(1) from a session of this user can have left a key of their own there;
       and one may end just now. */
    if (error == HF_EOWNER || error == HF_ENOTFOUND || error == HF_EEXPIRED) {
        (void)keyctl_unlink(key, KEY_SPEC_USER_KEYRING);
        TRY(request(description, &key));
        error = read_if_own(key, out_token);
    }
    return error;
}

static bool is_demand(ring_serial key)
{
    struct key_about about;
    return key_describe(key, &about) == HF_OK && strcmp(about.type, "user") == 0 &&
           strncmp(about.description, DEMAND_PREFIX, strlen(DEMAND_PREFIX)) == 0;
}

enum hf_error demand_clear(size_t *out_count)
{
    key_serial_t keys[USER_KEYS_MAX];
    size_t count = 0;
    long size = keyctl_read(KEY_SPEC_USER_KEYRING, (char *)keys, sizeof keys);
    if (size < 0)
        return kernel_error();
    size_t entries = ((size_t)size < sizeof keys ? (size_t)size : sizeof keys) / sizeof keys[0];
    for (size_t i = 0; i < entries; i++) {
        if (!is_demand(keys[i]))
            continue;
        if (keyctl_unlink(keys[i], KEY_SPEC_USER_KEYRING) == 0)
            count++;
        /* Whatever else leads to it: a process of the user's may have linked it. */
        (void)keyctl_invalidate(keys[i]);
    }
    *out_count = count;
    return HF_OK;
}
