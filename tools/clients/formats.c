#include "tools/clients/formats.h"

#include <string.h>
#include <strings.h>

#include "tools/clients/plain.h"

const struct format format_token = {.parse = token_parse, .whole = true};
const struct format format_stored = {.parse = stored_parse, .whole = true};
const struct format format_netrc = {.parse = netrc_parse};
const struct format format_git = {.parse = git_file_parse};
const struct format format_shell = {.parse = shell_parse};
const struct format format_history = {.parse = history_parse, .by_hand = true};

static bool is_name(const struct text *text, struct span given, const char *name, size_t length)
{
    return given.length == length && strncasecmp(text->bytes + given.at, name, length) == 0;
}

bool format_is_host(const struct text *text, struct span given, const char *host, bool port)
{
    if (is_name(text, given, "huggingface.co", strlen("huggingface.co")) ||
        is_name(text, given, "hf.co", strlen("hf.co")))
        return true;
    if (host == NULL)
        return false;
    /* An IPv6 address has its colons within brackets, where it has a port as well. */
    const char *colon = host[0] == '[' ? strstr(host, "]:") : strrchr(host, ':');
    size_t length = strlen(host);
    if (!port && colon != NULL)
        length = (size_t)(colon - host) + (host[0] == '[' ? 1 : 0);
    return is_name(text, given, host, length);
}

/* The Python client strips what surrounds it, and reads the file as a whole. */
enum hf_error token_parse(const struct text *text, const char *host, struct finds *finds)
{
    (void)host;
    struct find find = {.line = 1, .token = span_strip(text, (struct span){0, text->length})};
    if (find.token.length == 0)
        return HF_OK;
    for (size_t i = 0; i < find.token.at; i++)
        find.line += text->bytes[i] == '\n';
    if (plain_is_token(text, find.token))
        find.cut = (struct span){0, text->length};
    else
        find.token.length = 0;
    return finds_add(finds, &find);
}

enum hf_error history_parse(const struct text *text, const char *host, struct finds *finds)
{
    (void)host;
    struct line line = {0};
    while (line_next(text, &line)) {
        const struct find find = {.line = line.number};
        TRY(plain_forms(text, line.text, &find, finds));
    }
    return HF_OK;
}

bool format_spent(const struct format *format, const struct text *text)
{
    if (!format->whole)
        return false;
    return span_strip(text, (struct span){0, text->length}).length == 0 ||
           (format == &format_stored && stored_json_spent(text));
}

/* A find without a token is a place alone. */
static bool touches(struct span cut, struct span other)
{
    return cut.at < span_end(other) + (other.length == 0) && other.at < span_end(cut);
}

static bool may_go(const struct text *text, const struct find *find, format_question *may,
                   void *context)
{
    return plain_is_token(text, find->token) &&
           may(context, text->bytes + find->token.at, find->token.length);
}

/* A cut takes with it what else is in it. */
static bool can_cut(const struct text *text, const struct finds *finds, const struct find *find,
                    format_question *may, void *context)
{
    if (find->cut.length == 0)
        return false;
    for (size_t i = 0; i < finds->count; i++) {
        const struct find *other = &finds->all[i];
        if (touches(find->cut, other->token) && !may_go(text, other, may, context))
            return false;
    }
    return true;
}

/* From the last find on: what stands before stays where it is. In JSON one cut moves where the next
   one's comma is, so there is one at a time. */
static const struct find *next_cut(const struct text *text, const struct finds *finds,
                                   format_question *may, void *context)
{
    for (size_t i = finds->count; i > 0; i--)
        if (can_cut(text, finds, &finds->all[i - 1], may, context))
            return &finds->all[i - 1];
    return NULL;
}

static size_t count_kept(const struct text *text, const struct finds *finds, format_question *may,
                         void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < finds->count; i++)
        kept += may_go(text, &finds->all[i], may, context);
    return kept;
}

enum hf_error format_cut(const struct format *format, const char *host, char *bytes, size_t *length,
                         format_question *may, void *context, size_t *out_kept)
{
    for (;;) {
        SCOPED(finds) struct finds finds = {0};
        const struct text text = {bytes, *length};
        TRY(format->parse(&text, host, &finds));
        const struct find *find = next_cut(&text, &finds, may, context);
        if (find == NULL) {
            *out_kept = count_kept(&text, &finds, may, context);
            return HF_OK;
        }
        const struct span cut = find->cut;
        memmove(bytes + cut.at, bytes + span_end(cut), *length - span_end(cut));
        *length -= cut.length;
        explicit_bzero(bytes + *length, cut.length);
    }
}
