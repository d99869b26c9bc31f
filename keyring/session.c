#include "keyring/session.h"

#include <errno.h>
#include <keyutils.h>
#include <string.h>

#include "keyring/kernel.h"

/* What @s resolves to for a process without a session keyring: user-session-keyring(7). */
#define STAND_IN "_uid_ses."

ring_serial session_serial(void)
{
    key_serial_t serial = keyctl_get_keyring_ID(KEY_SPEC_SESSION_KEYRING, 0);
    return serial > 0 ? serial : 0;
}

bool session_belongs_to(uid_t uid)
{
    struct key_about about;
    ring_serial session = session_serial();
    return session != 0 && key_describe(session, &about) == HF_OK && about.owner == uid &&
           strncmp(about.description, STAND_IN, strlen(STAND_IN)) != 0;
}

enum hf_error session_shed(void)
{
    if (keyctl_join_session_keyring(NULL) >= 0)
        return HF_OK;
    /* No keyrings in this kernel, or a filter that children inherit: they can reach none either. */
    return errno == ENOSYS || errno == EPERM ? HF_OK : kernel_error();
}

enum hf_error session_join(uid_t uid, gid_t gid, ring_serial *out_session)
{
    key_serial_t session = keyctl_join_session_keyring(NULL);
    if (session < 0)
        return kernel_error();
    if (keyctl_chown(session, uid, gid) != 0)
        return kernel_error();
    *out_session = session;
    return HF_OK;
}

void session_revoke(ring_serial session)
{
    if (session != 0 && session_serial() == session)
        (void)keyctl_revoke(session);
}

void session_unlink(ring_serial session, ring_serial ring)
{
    if (session != 0 && session_serial() == session)
        (void)keyctl_unlink(ring, session);
}
