/* The module's side of the session helper: one request, one reply, one deadline. */
#ifndef HF_PAM_HELPER_H
#define HF_PAM_HELPER_H

#include "common/account.h"
#include "common/io.h"
#include "common/secret.h"
#include "common/wire.h"
#include "pam/options.h"

/* Fills in the fixed part of a request. */
void helper_request(struct wire_request *request, enum wire_operation operation,
                    const struct account *account, const struct options *options);

/* When everything that this call of the module does must be over. */
deadline_ms helper_deadline(const struct options *options);

/* Runs the session helper until that time at the most. The secrets are borrowed and may be NULL;
   *out_token (the caller's; NULL where the reply has none) is only written with HF_OK. The helper
   and all its children have ended, or are being killed, at the return. HF_ECHILD (not installed, or
   died), HF_EDEADLINE, HF_EPROTOCOL, HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error helper_run(struct wire_request *request, deadline_ms until,
                                    const struct secret *first, const struct secret *second,
                                    struct wire_reply *out_reply, struct secret **out_token);

#endif
