/* The placer's side of the questions to the unsealer. */
#ifndef HF_SESSION_ASKING_H
#define HF_SESSION_ASKING_H

#include "common/error.h"
#include "common/secret.h"
#include "tools/session/ask.h"

/* Sends a question and returns what the unsealer says to it, or HF_EPROTOCOL, HF_EIO, HF_ENOMEM.
   Where the answer has bytes they are moved to `out_key` (a new secret of KEY_BYTES) or
   *out_identity; NULL for neither. */
HF_CHECKED enum hf_error asking(int socket, const struct ask *ask, struct secret **out_key,
                                struct identity *out_identity);

/* Sends the report, and the token behind it unless NULL. */
HF_CHECKED enum hf_error asking_report(int socket, struct wire_reply *report,
                                       const struct secret *token);

#endif
