/* A user of the system, as the name service tells it. */
#ifndef HF_COMMON_ACCOUNT_H
#define HF_COMMON_ACCOUNT_H

#include <sys/types.h>

#include "common/error.h"
#include "common/name.h"

#define HOME_PATH_MAX 1023

/* The module's minimum_uid where its option does not say otherwise; adduser(8) begins there. */
#define ACCOUNT_MINIMUM_UID 1000

struct account {
    uid_t uid;
    gid_t gid;
    char name[USER_NAME_MAX + 1];
    char home[HOME_PATH_MAX + 1];
};

/* Looks up a user; the whole struct is written on success only. HF_ENOTFOUND (errno 0: the name
   service says so; another: it may also be that a part of it is away, getpwnam(3)), HF_ENAME (a
   name or home that we cannot use), HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error account_by_name(const char *name, struct account *out_account);
HF_CHECKED enum hf_error account_by_uid(uid_t uid, struct account *out_account);

#endif
