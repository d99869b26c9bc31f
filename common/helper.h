/* Runs the session helper: one request, one reply, one deadline. */
#ifndef HF_COMMON_HELPER_H
#define HF_COMMON_HELPER_H

#include "common/error.h"
#include "common/io.h"

struct secret;
struct wire_reply;
struct wire_request;

/* Runs the session helper until that time at the most; the deadline and the secrets' lengths in
   *request are set here. The secrets are borrowed and may be NULL; *out_token (the caller's; NULL
   where the reply has none) is only written with HF_OK. The helper and all its children have ended,
   or are being killed, at the return. HF_ECHILD (not installed, or died), HF_EDEADLINE,
   HF_EPROTOCOL, HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error helper_run(struct wire_request *request, deadline_ms until,
                                    const struct secret *first, const struct secret *second,
                                    struct wire_reply *out_reply, struct secret **out_token);

#endif
