/* stored_tokens as huggingface_hub writes it, with Python's configparser: a section for each token,
 * `[name]`, with hf_token and, after a login in the browser, refresh_token and expires_at. */
#include <string.h>
#include <strings.h>

#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

struct section {
    struct span name;
    size_t start, first; /* of its bytes; its first find */
    bool refresh;
    struct find *open; /* the find whose value the next line may go on with; in `finds` */
};

/* The section goes as a whole, up to the next one. */
static void end_section(const struct section *section, struct finds *finds, size_t end)
{
    for (size_t i = section->first; i < finds->count; i++) {
        struct find *find = &finds->all[i];
        find->refresh = section->refresh;
        find->name = section->name;
        if (section->name.length > 0 && find->cut.length > 0)
            find->cut = (struct span){section->start, end - section->start};
        else
            find->cut.length = 0;
    }
}

/* configparser takes all between the first [ and the last ]. */
static bool header(const struct text *text, struct span line, struct span *out_name)
{
    const char *start = text->bytes + line.at;
    const char *end = line.length == 0 ? NULL : memrchr(start, ']', line.length);
    if (end == NULL || *start != '[' || end - start < 2)
        return false;
    *out_name = (struct span){line.at + 1, (size_t)(end - start) - 1};
    return true;
}

/* KEY = VALUE or KEY: VALUE; keys are in any case. */
static bool option(const struct text *text, struct span line, const char *key,
                   struct span *out_value)
{
    size_t length = 0;
    while (length < line.length && text->bytes[line.at + length] != '=' &&
           text->bytes[line.at + length] != ':')
        length++;
    const struct span name = span_strip(text, (struct span){line.at, length});
    if (length == line.length || name.length != strlen(key) ||
        strncasecmp(text->bytes + name.at, key, name.length) != 0)
        return false;
    *out_value = span_strip(text, (struct span){line.at + length + 1, line.length - length - 1});
    return true;
}

static enum hf_error add_token(const struct text *text, struct finds *finds,
                               struct section *section, unsigned line, struct span value)
{
    struct find find = {
        .line = line, .token = {value.at, 0}
    };
    if (value.length == 0)
        return HF_OK;
    if (plain_is_token(text, value)) {
        find.token = value;
        find.cut = value;
    }
    TRY(finds_add(finds, &find));
    section->open = &finds->all[finds->count - 1];
    return HF_OK;
}

static enum hf_error read_line(const struct text *text, struct finds *finds,
                               struct section *section, const struct line *line)
{
    const struct span stripped = span_strip(text, line->text);
    const struct find other = {.line = line->number};
    struct span value;
    section->open = NULL;
    if (option(text, stripped, "hf_token", &value))
        return add_token(text, finds, section, line->number, value);
    if (section->name.length > 0 && option(text, stripped, "refresh_token", &value)) {
        section->refresh = true;
        return HF_OK;
    }
    return plain_forms(text, line->text, &other, finds);
}

/* An indented line goes on with the value before it, which is then no token. */
static bool continues(const struct text *text, struct section *section, const struct line *line)
{
    const char *first = text->bytes + line->text.at;
    if (section->open == NULL || span_strip(text, line->text).length == 0 ||
        (*first != ' ' && *first != '\t'))
        return false;
    section->open->token.length = section->open->cut.length = 0;
    return true;
}

/* A refresh token without an access token is something in clear, too. */
static enum hf_error end_refresh(const struct section *section, struct finds *finds, unsigned line)
{
    const struct find alone = {.line = line};
    return section->refresh && section->first == finds->count ? finds_add(finds, &alone) : HF_OK;
}

static enum hf_error ini_parse(const struct text *text, struct finds *finds)
{
    struct section section = {0};
    struct line line = {0};
    unsigned started = 1;
    while (line_next(text, &line)) {
        struct span name;
        if (continues(text, &section, &line))
            continue;
        if (!header(text, span_strip(text, line.text), &name)) {
            TRY(read_line(text, finds, &section, &line));
            continue;
        }
        TRY(end_refresh(&section, finds, started));
        end_section(&section, finds, line.all.at);
        section = (struct section){.name = name, .start = line.all.at, .first = finds->count};
        started = line.number;
    }
    TRY(end_refresh(&section, finds, started));
    end_section(&section, finds, text->length);
    return HF_OK;
}

/* The Rust client's JSON, where it is that; what is neither is searched for what looks like tokens.
 */
enum hf_error stored_parse(const struct text *text, const char *host, struct finds *finds)
{
    const struct span all = span_strip(text, (struct span){0, text->length});
    if (all.length > 0 && text->bytes[all.at] == '{')
        return stored_json_parse(text, host, finds);
    return ini_parse(text, finds);
}
