/* The module's request, as both halves of the session helper use it. */
#ifndef HF_SESSION_REQUEST_H
#define HF_SESSION_REQUEST_H

#include <stdbool.h>

#include "common/account.h"
#include "common/io.h"
#include "common/secret.h"
#include "common/wire.h"

/* Reads and checks the fixed part, up to the secrets. HF_EPROTOCOL, HF_EDEADLINE, HF_EIO. */
HF_CHECKED enum hf_error request_read(int fd, deadline_ms until, struct wire_request *out_request);

/* Reads one of the secrets behind it: NULL for a length of 0. The caller owns it. HF_EPROTOCOL,
   HF_EDEADLINE, HF_ENOMEM, HF_EIO. */
HF_CHECKED enum hf_error request_secret(int fd, deadline_ms until, size_t length,
                                        struct secret **out_secret);

/* Whether it goes by the configuration that a refresh goes by, too: the module's option conf= may
   name another. */
bool request_is_usual(const struct wire_request *request);

/* The user that the request is about. */
void request_account(const struct wire_request *request, struct account *out_account);

#endif
