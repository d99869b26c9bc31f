#include "keyring/stash.h"

#include <inttypes.h>
#include <keyutils.h>
#include <string.h>
#include <sys/random.h>

#include "common/io.h"
#include "keyring/kernel.h"

#define STASH_PREFIX "hf-token.authtok:"
/* Prefix, 16 random digits that keep two logins of one user apart, a colon, the user's name. */
#define STASH_DIGITS 16
#define STASH_SIZE   (sizeof STASH_PREFIX + STASH_DIGITS + 1 + USER_NAME_MAX)

enum hf_error stash_put(const char *user, const struct secret *password, ring_serial *out_serial)
{
    uint64_t random;
    char description[STASH_SIZE];
    if (!user_name_valid(user))
        return HF_ENAME;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        return HF_EKERNEL;
    TRY(text_format(description, sizeof description, STASH_PREFIX "%016" PRIx64 ":%s", random,
                    user));
    return key_place("user", description, secret_view(password), secret_length(password),
                     STASH_SECONDS, KEY_SPEC_USER_KEYRING, out_serial);
}

static bool is_stash_of(const struct key_about *about, const char *user)
{
    size_t prefix = strlen(STASH_PREFIX);
    const char *rest = about->description + prefix + STASH_DIGITS;
    return key_is_own(about, "user") && strncmp(about->description, STASH_PREFIX, prefix) == 0 &&
           strlen(about->description) > prefix + STASH_DIGITS && rest[0] == ':' &&
           strcmp(rest + 1, user) == 0;
}

/* Revoking frees the payload at once; the unlinked shell is collected later. */
void stash_discard(ring_serial serial)
{
    (void)keyctl_revoke(serial);
    (void)keyctl_unlink(serial, KEY_SPEC_USER_KEYRING);
}

enum hf_error stash_take(const char *user, ring_serial serial, struct secret **out_password)
{
    struct key_about about;
    TRY(key_describe(serial, &about));
    if (!is_stash_of(&about, user))
        return HF_EUSER;
    enum hf_error error = key_read(serial, PASSWORD_MAX, out_password);
    stash_discard(serial);
    return error;
}
