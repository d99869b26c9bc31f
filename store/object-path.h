/* Where objects lie in an engine: "head", "users/USER", "hosts/HEX" and "seen/HEX". */
#ifndef HF_STORE_OBJECT_PATH_H
#define HF_STORE_OBJECT_PATH_H

#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "store/slot.h"

/* All of USER but A-Z a-z 0-9 . _ - is percent-encoded, in capitals; HEX is the host's public key,
   in small letters. */
#define OBJECT_HEAD     "head"
#define OBJECT_USERS    "users/"
#define OBJECT_HOSTS    "hosts/"
#define OBJECT_SEEN     "seen/"
#define OBJECT_PATH_MAX (8 + 3 * USER_NAME_MAX)
struct object_path {
    char text[OBJECT_PATH_MAX + 1];
};

/* HF_ENAME for what is no user's name. */
HF_CHECKED enum hf_error object_path_user(const char *user, struct object_path *out_path);

/* `folder` is OBJECT_HOSTS or OBJECT_SEEN. HF_ENAME. */
HF_CHECKED enum hf_error object_path_host(const char *folder, const uint8_t host[static KEY_BYTES],
                                          struct object_path *out_path);

/* The user of a path that object_path_user makes, and of no other. HF_EFORMAT. */
HF_CHECKED enum hf_error object_path_parse_user(const char *path, char out_user[USER_NAME_MAX + 1]);

#endif
