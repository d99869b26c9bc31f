/* ~/.git-credentials, git-credential-store(1): a line for each, SCHEME://USER:PASSWORD@HOST/PATH,
 * percent-encoded. */
#include <string.h>

#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

/* The part of `span` up to the first of `c`; what follows it in *rest. False where there is none.
 */
static bool split(const struct text *text, struct span *rest, char c, struct span *out_before)
{
    const char *start = text->bytes + rest->at;
    const char *end = rest->length == 0 ? NULL : memchr(start, c, rest->length);
    if (end == NULL)
        return false;
    *out_before = (struct span){rest->at, (size_t)(end - start)};
    *rest = (struct span){rest->at + out_before->length + 1, rest->length - out_before->length - 1};
    return true;
}

/* The password of a line that is the Hub's; a token may stand as the user name, too. */
static bool secret_of(const struct text *text, struct span line, const char *host,
                      struct span *out_secret)
{
    struct span scheme, userinfo, path, rest = line;
    if (!split(text, &rest, ':', &scheme) || rest.length < 2 ||
        memcmp(text->bytes + rest.at, "//", 2) != 0 ||
        !(span_equals(text, scheme, "https") || span_equals(text, scheme, "http")))
        return false;
    rest = (struct span){rest.at + 2, rest.length - 2};
    if (!split(text, &rest, '@', &userinfo))
        return false;
    if (!split(text, &rest, '/', &path))
        path = rest;
    struct span user, password = userinfo;
    if ((!split(text, &password, ':', &user) || password.length == 0) &&
        !plain_form(text, userinfo, &password))
        return false;
    *out_secret = password;
    return format_is_host(text, path, host, true);
}

enum hf_error git_file_parse(const struct text *text, const char *host, struct finds *finds)
{
    struct line line = {0};
    while (line_next(text, &line)) {
        struct find find = {.line = line.number};
        struct span secret;
        if (!secret_of(text, span_strip(text, line.text), host, &secret) || secret.length == 0)
            continue;
        if (plain_is_token(text, secret)) {
            find.token = secret;
            find.cut = line.all;
        }
        TRY(finds_add(finds, &find));
    }
    return HF_OK;
}
