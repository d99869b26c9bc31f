/* Which PAM services have the module: reading /etc/pam.d as pam.d(5) describes it. */
#ifndef HF_DOCTOR_STACK_H
#define HF_DOCTOR_STACK_H

#include <stdbool.h>

/* Whether a service's stack of this type (auth, account, session, password) has pam_hf_token.so,
   itself or in what it includes. False for a service that is not there. */
bool stack_has(const char *service, const char *type);

/* The same from another folder than /etc/pam.d, for tests. */
bool stack_in_folder_has(const char *folder, const char *service, const char *type);

#endif
