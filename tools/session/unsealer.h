/* The root half of the session helper: it has the keys and the password, and parses nothing. */
#ifndef HF_SESSION_UNSEALER_H
#define HF_SESSION_UNSEALER_H

#include "common/io.h"
#include "common/secret.h"
#include "common/wire.h"

struct unsealer;

/* `request` is borrowed until unsealer_free; the two passwords are moved in, and may be NULL.
 * HF_ENOMEM. */
HF_CHECKED enum hf_error unsealer_new(const struct wire_request *request, struct secret *password,
                                      struct secret *new_password, deadline_ms until,
                                      struct unsealer **out_unsealer);
void unsealer_free(struct unsealer *unsealer);
DEFINE_SCOPED(unsealer, struct unsealer *, unsealer_free, NULL);

/* Answers what comes over the socket until the report. *out_token (the caller's) becomes NULL
   unless the report brings one. HF_EPROTOCOL (a malformed message, too many, or an end before the
   report), HF_EDEADLINE, HF_EIO. */
HF_CHECKED enum hf_error unsealer_serve(struct unsealer *unsealer, int socket,
                                        struct wire_reply *out_report, struct secret **out_token);

#endif
