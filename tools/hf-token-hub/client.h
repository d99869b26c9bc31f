/* The OAuth client id that a login in the browser is made with, and who gave it. */
#ifndef HF_HUB_CLIENT_H
#define HF_HUB_CLIENT_H

#include "common/error.h"
#include "hub/oauth.h"

#define CLIENT_VARIABLE "HF_DEVICE_CODE_OAUTH_CLIENT_ID"

struct client {
    char id[CLIENT_ID_MAX + 1];
    const char *origin; /* static: the variable, the configuration, or the program itself */
};

/* The variable's, else the configuration's, else the one that the program was built with.
   HF_ENOTFOUND: nobody gives one. HF_EFORMAT: *out_client->origin gives one that has not the form
   of any. Else what switch_read gives, where the configuration cannot be read. */
HF_CHECKED enum hf_error client_find(struct client *out_client);

#endif
