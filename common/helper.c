#include "common/helper.h"

#include <sys/socket.h>

#include "common/child.h"
#include "common/secret.h"
#include "common/wire.h"

#define HELPER_PATH HF_HELPER_FOLDER "/hf-token-session"

static enum hf_error send_secret(int fd, const struct secret *secret)
{
    return secret == NULL ? HF_OK : io_write(fd, secret_view(secret), secret_length(secret));
}

static uint32_t length_of(const struct secret *secret)
{
    return secret == NULL ? 0 : (uint32_t)secret_length(secret);
}

static enum hf_error read_reply(int fd, deadline_ms until, struct wire_reply *out_reply,
                                struct secret **out_token)
{
    SCOPED(secret) struct secret *token = NULL;
    struct wire_reply reply;
    size_t length = 0;
    TRY(io_read_until(fd, until, &reply, sizeof reply, &length));
    /* An end without a reply: it could not be started, or died. */
    if (length == 0)
        return HF_ECHILD;
    if (length != sizeof reply || reply.magic != WIRE_MAGIC || reply.token_length > TOKEN_MAX)
        return HF_EPROTOCOL;
    reply.source[SOURCE_NAME_MAX] = '\0';
    if (reply.token_length > 0) {
        TRY(secret_new(reply.token_length, &token));
        TRY(io_read_until(fd, until, secret_bytes(token), reply.token_length, &length));
        if (length != reply.token_length)
            return HF_EPROTOCOL;
        secret_set_length(token, length);
    }
    *out_reply = reply;
    *out_token = TAKE(token);
    return HF_OK;
}

enum hf_error helper_run(struct wire_request *request, deadline_ms until,
                         const struct secret *first, const struct secret *second,
                         struct wire_reply *out_reply, struct secret **out_token)
{
    static const char *const argv[] = {"hf-token-session", NULL};
    SCOPED(secret) struct secret *token = NULL;
    SCOPED(child) struct child child = {0};
    struct wire_reply reply;
    int ends[2], status = 0;
    deadline_ms left = until - clock_ms();
    if (left <= 0)
        return HF_EDEADLINE;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return HF_EIO;
    SCOPED(fd) int ours = ends[0];
    const struct child_plan plan = {
        .path = HELPER_PATH, .argv = argv, .input = ends[1], .output = -1};
    enum hf_error started = child_start(&plan, &child);
    close(ends[1]);
    TRY(started);
    request->deadline_ms = (uint32_t)left;
    request->secret_length[0] = length_of(first);
    request->secret_length[1] = length_of(second);
    TRY(io_write(ours, request, sizeof *request));
    TRY(send_secret(ours, first));
    TRY(send_secret(ours, second));
    TRY(read_reply(ours, until, &reply, &token));
    /* The verdict is the reply; how the process ended adds nothing to it. */
    (void)!child_wait(&child, until, &status);
    *out_reply = reply;
    *out_token = TAKE(token);
    return HF_OK;
}
