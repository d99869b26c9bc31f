#include "tools/session/request.h"

#include <string.h>

/* What the fields of an operation may hold. */
static const struct rule {
    uint32_t flags;
    bool secrets, named, skips;
} rules[] = {
    [WIRE_OPEN] = {.flags = WIRE_WANT_TOKEN | WIRE_LOOK_ONLY, .secrets = true},
    [WIRE_REWRAP] = {.secrets = true                                        },
    [WIRE_REFRESH] = {.skips = true},
    [WIRE_FETCH] = {.named = true                                        },
};

static bool fits_operation(const struct wire_request *request)
{
    if (request->operation == 0 || request->operation >= sizeof rules / sizeof rules[0])
        return false;
    const struct rule *rule = &rules[request->operation];
    const bool has_secret = request->secret_length[0] != 0 || request->secret_length[1] != 0;
    return (request->flags & ~rule->flags) == 0 && (rule->secrets || !has_secret) &&
           (rule->skips || request->skip == 0) &&
           (request->name[0] == '\0' || (rule->named && token_name_valid(request->name)));
}

/* Whether this is a request that one of our programs can have made. */
static bool is_sane(struct wire_request *request)
{
    request->user[sizeof request->user - 1] = '\0';
    request->home[sizeof request->home - 1] = '\0';
    request->configuration[sizeof request->configuration - 1] = '\0';
    request->name[sizeof request->name - 1] = '\0';
    return request->magic == WIRE_MAGIC && user_name_valid(request->user) && request->uid != 0 &&
           request->uid != (uid_t)-1 && request->gid != (gid_t)-1 && fits_operation(request) &&
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

bool request_is_usual(const struct wire_request *request)
{
    return strcmp(request->configuration, HF_CONF_FILE) == 0;
}

void request_account(const struct wire_request *request, struct account *out_account)
{
    *out_account = (struct account){.uid = request->uid, .gid = request->gid};
    memcpy(out_account->name, request->user, sizeof out_account->name);
    memcpy(out_account->home, request->home, sizeof out_account->home);
}
