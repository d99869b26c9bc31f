/* What git writes to a credential helper: git-credential(1), "INPUT/OUTPUT FORMAT". */
#ifndef HF_CLIENTS_GIT_PROTOCOL_H
#define HF_CLIENTS_GIT_PROTOCOL_H

#include <stdbool.h>

#include "common/error.h"
#include "tools/clients/finds.h"

/* More is not read: there may be some headers of the server's in it, and a password. */
#define GIT_REQUEST_MAX 65536

struct endpoint;

/* Parts of the text; length 0: not given. Other lines are passed over, as git wants it. */
struct git_request {
    struct span protocol, host, path, username, password;
};

/* Reads KEY=VALUE lines up to an empty one or the end; the last one of a key counts. HF_EFORMAT for
   a line without =, and for a zero byte. */
HF_CHECKED enum hf_error git_request_parse(const struct text *text,
                                           struct git_request *out_request);

/* Whether it asks for what lies at this Hub: the same protocol, host and port, and a path within
   the endpoint's, where git tells one. */
bool git_request_is_for(const struct text *text, const struct git_request *request,
                        const struct endpoint *endpoint);

#endif
