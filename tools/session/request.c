#include "tools/session/request.h"

#include <string.h>

/* Whether this is a request that the module can have made. */
static bool is_sane(struct wire_request *request)
{
    request->user[sizeof request->user - 1] = '\0';
    request->home[sizeof request->home - 1] = '\0';
    request->configuration[sizeof request->configuration - 1] = '\0';
    return request->magic == WIRE_MAGIC && user_name_valid(request->user) && request->uid != 0 &&
           request->uid != (uid_t)-1 && request->gid != (gid_t)-1 &&
           (request->operation == WIRE_OPEN || request->operation == WIRE_REWRAP) &&
           request->home[0] == '/' && request->configuration[0] == '/' &&
           request->secret_length[0] <= PASSWORD_MAX && request->secret_length[1] <= PASSWORD_MAX;
}

enum hf_error request_read(int fd, deadline_ms until, struct wire_request *out_request)
{
    size_t length = 0;
    TRY(io_read_until(fd, until, out_request, sizeof *out_request, &length));
    return length == sizeof *out_request && is_sane(out_request) ? HF_OK : HF_EPROTOCOL;
}

enum hf_error request_secret(int fd, deadline_ms until, size_t length, struct secret **out_secret)
{
    SCOPED(secret) struct secret *secret = NULL;
    size_t got = 0;
    if (length == 0) {
        *out_secret = NULL;
        return HF_OK;
    }
    TRY(secret_new(length, &secret));
    TRY(io_read_until(fd, until, secret_bytes(secret), length, &got));
    if (got != length)
        return HF_EPROTOCOL;
    secret_set_length(secret, length);
    *out_secret = TAKE(secret);
    return HF_OK;
}

void request_account(const struct wire_request *request, struct account *out_account)
{
    *out_account = (struct account){.uid = request->uid, .gid = request->gid};
    memcpy(out_account->name, request->user, sizeof out_account->name);
    memcpy(out_account->home, request->home, sizeof out_account->home);
}
