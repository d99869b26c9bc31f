#include "tools/hf-token/print.h"

#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "tools/exit.h"
#include "tools/obtain.h"
#include "tools/say.h"

/* What no shell reads as anything but itself. A backslash before any other printable character
   makes it so in sh, csh and fish alike, outside of quotes; before letters it does not in fish. */
static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

static char *append(char *to, const char *text)
{
    const size_t length = strlen(text);
    memcpy(to, text, length);
    return to + length;
}

static enum hf_error put_on(const struct secret *token, const struct dress *dress,
                            struct secret **out_text)
{
    struct secret *text = NULL;
    TRY(secret_new(2 * secret_length(token) + strlen(dress->before) + strlen(dress->after), &text));
    char *to = append((char *)secret_bytes(text), dress->before);
    for (size_t i = 0; i < secret_length(token); i++) {
        const char c = (char)secret_view(token)[i];
        if (dress->escaped && !is_plain(c))
            *to++ = '\\';
        *to++ = c;
    }
    to = append(to, dress->after);
    secret_set_length(text, (size_t)(to - (char *)secret_bytes(text)));
    *out_text = text;
    return HF_OK;
}

int print_token(const struct want *want, bool force, const struct dress *dress)
{
    SCOPED(secret) struct secret *token = NULL;
    SCOPED(secret) struct secret *text = NULL;
    char next[NEXT_MAX];
    if (!force && isatty(STDOUT_FILENO))
        return say_failure(TOOL_FAILED, HF_OK,
                           say_next(next, "%s. To show it all the same: -f", dress->instead),
                           "%s: standard output is a terminal", want->command);
    int code = obtain_token(want, &token);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = put_on(token, dress, &text);
    if (error == HF_OK)
        error = io_write(STDOUT_FILENO, secret_view(text), secret_length(text));
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "%s: standard output", want->command);
    return TOOL_OK;
}
