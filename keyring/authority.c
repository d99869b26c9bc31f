#include "keyring/authority.h"

#include <errno.h>
#include <keyutils.h>
#include <string.h>

#include "common/secret.h"
#include "keyring/demand.h"
#include "keyring/kernel.h"

static enum hf_error assume(ring_serial key)
{
    return keyctl_assume_authority(key) >= 0 ? HF_OK : HF_EKERNEL;
}

/* request_key_auth of the kernel stays with a process's children, so it is only had for a moment:
   they would reach the requester's keyrings by it. */
static void divest(void)
{
    int saved = errno;
    (void)keyctl_assume_authority(0);
    errno = saved;
}

/* The name behind the prefix; HF_ENAME where it is none. */
static enum hf_error demanded_name(const struct key_about *about, char name[TOKEN_NAME_MAX + 1])
{
    const size_t prefix = strlen(DEMAND_PREFIX);
    const char *behind = about->description + prefix;
    if (strcmp(about->type, "user") != 0 || strncmp(about->description, DEMAND_PREFIX, prefix) != 0)
        return HF_ENAME;
    if (behind[0] != '\0' && !token_name_valid(behind))
        return HF_ENAME;
    memcpy(name, behind, strlen(behind) + 1);
    return HF_OK;
}

enum hf_error authority_demand(ring_serial key, struct demand *out_demand)
{
    struct key_about about;
    TRY(assume(key));
    enum hf_error error = key_describe(key, &about);
    divest();
    if (error != HF_OK)
        return HF_EKERNEL;
    out_demand->owner = about.owner;
    out_demand->name[0] = '\0';
    return demanded_name(&about, out_demand->name);
}

/* The order matters: no moment with a token and default permissions, and no way to set a timeout
   when the authority ends with the instantiation. */
static enum hf_error instantiate(ring_serial key, const struct secret *token, unsigned seconds)
{
    if (keyctl_setperm(key, RING_PERMISSION) != 0)
        return errno == EACCES ? HF_EPOLICY : HF_EKERNEL;
    if (keyctl_set_timeout(key, seconds) != 0)
        return HF_EKERNEL;
    if (keyctl_instantiate(key, secret_view(token), secret_length(token), 0) != 0)
        return kernel_error();
    return HF_OK;
}

enum hf_error authority_grant(ring_serial key, const struct secret *token, unsigned seconds)
{
    TRY(assume(key));
    enum hf_error error = instantiate(key, token, seconds);
    divest();
    return error;
}

enum hf_error authority_refuse(ring_serial key, enum hf_error why)
{
    TRY(assume(key));
    long rejected = keyctl_reject(key, AUTHORITY_REFUSED, (unsigned)demand_errno(why), 0);
    divest();
    return rejected == 0 ? HF_OK : HF_EKERNEL;
}
