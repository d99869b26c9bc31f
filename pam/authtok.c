#include "pam/authtok.h"

#include <inttypes.h>
#include <security/pam_modutil.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/name.h"
#include "keyring/stash.h"
#include "pam/host.h"

#define KEPT_DATA "hf-token.authtok"
/* The PAM environment is all that sshd brings back from the child that authenticates: auth-pam.c,
   import_environments. The variable holds a key's serial, and is gone before the user's shell
   starts. */
#define KEPT_VARIABLE "HF_TOKEN_AUTHTOK"

struct kept {
    pid_t pid;
    deadline_ms until;
    struct secret *password;
    char user[USER_NAME_MAX + 1];
};

/* Runs in forked children of the host too: a secret is gone there already, and only memory is
 * freed. */
static void forget(pam_handle_t *pamh, void *data, int status)
{
    struct kept *kept = data;
    (void)pamh;
    (void)status;
    if (kept == NULL)
        return;
    if (kept->pid == getpid())
        secret_free(kept->password);
    free(kept);
}

static void keep_here(pam_handle_t *pamh, const char *user, struct secret *password)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (kept == NULL || strlen(user) > USER_NAME_MAX) {
        free(kept);
        secret_free(password);
        return;
    }
    kept->pid = getpid();
    kept->until = clock_ms() + (deadline_ms)STASH_SECONDS * 1000;
    kept->password = password;
    memcpy(kept->user, user, strlen(user) + 1);
    if (pam_set_data(pamh, KEPT_DATA, kept, forget) != PAM_SUCCESS)
        forget(pamh, kept, 0);
}

/* sshd names its terminal "ssh" from the start, whatever its service is called: auth-pam.c,
 * sshpam_init. */
static bool host_is_sshd(pam_handle_t *pamh)
{
    return strcmp(host_item(pamh, PAM_TTY), "ssh") == 0;
}

static void keep_in_kernel(pam_handle_t *pamh, const char *user, const struct secret *password)
{
    ring_serial serial = 0;
    char setting[sizeof KEPT_VARIABLE + 16];
    if (stash_put(user, password, &serial) != HF_OK)
        return;
    if (text_format(setting, sizeof setting, KEPT_VARIABLE "=%" PRId32, serial) != HF_OK ||
        pam_putenv(pamh, setting) != PAM_SUCCESS)
        stash_discard(serial);
}

void authtok_keep(pam_handle_t *pamh, const char *user)
{
    const char *text = host_item(pamh, PAM_AUTHTOK);
    struct secret *password = NULL;
    size_t length = strnlen(text, PASSWORD_MAX + 1);
    secret_free(authtok_take(pamh, user));
    if (length == 0 || length > PASSWORD_MAX || secret_copy(text, length, &password) != HF_OK)
        return;
    if (host_is_sshd(pamh))
        keep_in_kernel(pamh, user, password);
    keep_here(pamh, user, password);
}

bool authtok_is_kept(pam_handle_t *pamh)
{
    const void *data = NULL;
    return (pam_get_data(pamh, KEPT_DATA, &data) == PAM_SUCCESS && data != NULL) ||
           pam_getenv(pamh, KEPT_VARIABLE) != NULL;
}

static struct secret *take_from_kernel(pam_handle_t *pamh, const char *user)
{
    struct secret *password = NULL;
    int32_t serial = 0;
    const char *text = pam_getenv(pamh, KEPT_VARIABLE);
    if (text == NULL)
        return NULL;
    /* What the variable says is not trusted: pam_env(8) may have set it. The key itself names its
     * user. */
    if (sscanf(text, "%" SCNd32, &serial) != 1 || serial <= 0 ||
        stash_take(user, serial, &password) != HF_OK)
        password = NULL;
    (void)pam_putenv(pamh, KEPT_VARIABLE);
    return password;
}

static struct secret *take_from_here(pam_handle_t *pamh, const char *user)
{
    const void *data = NULL;
    struct secret *password = NULL;
    if (pam_get_data(pamh, KEPT_DATA, &data) != PAM_SUCCESS || data == NULL)
        return NULL;
    const struct kept *kept = data;
    if (kept->pid == getpid() && strcmp(kept->user, user) == 0 && clock_ms() < kept->until &&
        secret_copy(secret_view(kept->password), secret_length(kept->password), &password) != HF_OK)
        password = NULL;
    /* Replacing the data runs `forget` on it. */
    (void)pam_set_data(pamh, KEPT_DATA, NULL, NULL);
    return password;
}

struct secret *authtok_take(pam_handle_t *pamh, const char *user)
{
    struct secret *here = take_from_here(pamh, user);
    struct secret *kernel = take_from_kernel(pamh, user);
    if (here == NULL)
        return kernel;
    secret_free(kernel);
    return here;
}
