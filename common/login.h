/* The login name that a uid's sessions have, for which sources are asked: several names may have
 * one uid. It stands in the lock file of the uid, which only root can make, and which does not
 * outlive the machine's uptime. */
#ifndef HF_COMMON_LOGIN_H
#define HF_COMMON_LOGIN_H

#include <stdbool.h>

#include "common/account.h"
#include "common/error.h"

/* HF_RUN_FOLDER/user.UID */
#define LOGIN_FILE_PREFIX "user."
#define LOGIN_PATH_MAX    1024

void login_path(uid_t uid, char out_path[static LOGIN_PATH_MAX]);

/* Whether the module has opened a session of that uid since the machine started. */
bool login_seen(uid_t uid);

/* Keeps the name of a session that is being opened; a second one beside another makes both unknown,
   unless the name service has the second in the place of the first. The file is made where it is
   missing. HF_EIO. */
HF_CHECKED enum hf_error login_note(uid_t uid, const char *user);

/* HF_ENOTFOUND: there is no name; HF_EDUPLICATE: sessions have had several. HF_EIO, HF_EFORMAT. */
HF_CHECKED enum hf_error login_name(uid_t uid, char out_user[static USER_NAME_MAX + 1]);

#endif
