#include "tools/session/asking.h"

#include <errno.h>
#include <string.h>

#include "common/io.h"

enum hf_error asking(int socket, const struct ask *ask, struct secret **out_key,
                     struct identity *out_identity)
{
    SCOPED(secret) struct secret *memory = NULL;
    size_t length = 0;
    TRY(secret_new(sizeof(struct answer), &memory));
    struct answer *answer = (struct answer *)(void *)secret_bytes(memory);
    TRY(io_write(socket, ask, sizeof *ask));
    TRY(io_read(socket, answer, sizeof *answer, &length));
    if (length != sizeof *answer || answer->error >= HF_ERROR_COUNT)
        return HF_EPROTOCOL;
    errno = (int)answer->system;
    TRY((enum hf_error)answer->error);
    if (out_key != NULL)
        TRY(secret_copy(answer->key, KEY_BYTES, out_key));
    if (out_identity != NULL)
        *out_identity = answer->identity;
    return HF_OK;
}

enum hf_error asking_report(int socket, struct wire_reply *report, const struct secret *token)
{
    struct ask ask = {.kind = ASK_REPORT};
    report->magic = WIRE_MAGIC;
    report->token_length = token != NULL ? (uint32_t)secret_length(token) : 0;
    ask.report = *report;
    TRY(io_write(socket, &ask, sizeof ask));
    if (token == NULL)
        return HF_OK;
    return io_write(socket, secret_view(token), secret_length(token));
}
