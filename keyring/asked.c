#include "keyring/asked.h"

#include <inttypes.h>
#include <keyutils.h>
#include <stdlib.h>
#include <string.h>

#include "common/character.h"
#include "common/io.h"
#include "common/secret.h"
#include "keyring/kernel.h"

#define TIME_DIGITS 15

static const char *const marks[ASKED_KIND_COUNT] = {
    [ASKED_SILENT] = "", [ASKED_UNOPENED] = "not opened: "};

enum hf_error asked_print(const struct asked *asked, char out_text[static ASKED_TEXT_MAX + 1])
{
    size_t used = 0;
    TRY(text_format(out_text, ASKED_TEXT_MAX + 1, "%" PRIu64 "\n", asked->when));
    for (size_t i = 0; i < asked->count; i++) {
        used += strlen(out_text + used);
        TRY(text_format(out_text + used, ASKED_TEXT_MAX + 1 - used, "%s %s%s\n",
                        asked->sources[i].name, marks[asked->sources[i].kind],
                        asked->sources[i].why));
    }
    return HF_OK;
}

/* A line without its end, and with a zero byte in its place; NULL where there is none. */
static char *next_line(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');
    if (end == NULL)
        return NULL;
    *end = '\0';
    *rest = end + 1;
    return line;
}

static bool parse_time(const char *text, uint64_t *out_when)
{
    const size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > TIME_DIGITS || text[digits] != '\0')
        return false;
    *out_when = strtoull(text, NULL, 10);
    return true;
}

/* Takes the mark off. */
static enum asked_kind parse_kind(const char **why)
{
    const char *const mark = marks[ASKED_UNOPENED];
    if (strncmp(*why, mark, strlen(mark)) != 0)
        return ASKED_SILENT;
    *why += strlen(mark);
    return ASKED_UNOPENED;
}

static bool parse_source(char *line, struct asked *asked)
{
    char *space = strchr(line, ' ');
    if (space == NULL || asked->count == ASKED_MAX)
        return false;
    *space = '\0';
    struct asked_source *source = &asked->sources[asked->count++];
    const char *why = space + 1;
    source->kind = parse_kind(&why);
    return source_name_valid(line) && why[0] != '\0' && character_all_shown(why) &&
           text_format(source->name, sizeof source->name, "%s", line) == HF_OK &&
           text_format(source->why, sizeof source->why, "%s", why) == HF_OK;
}

enum hf_error asked_parse(const char *text, size_t length, struct asked *out_asked)
{
    char copy[ASKED_TEXT_MAX + 1];
    struct asked asked = {0};
    char *rest = copy;
    if (length > ASKED_TEXT_MAX)
        return HF_EFORMAT;
    memcpy(copy, text, length);
    copy[length] = '\0';
    char *line = next_line(&rest);
    if (strlen(copy) + (line != NULL ? strlen(rest) + 1 : 0) != length || line == NULL ||
        !parse_time(line, &asked.when))
        return HF_EFORMAT;
    while ((line = next_line(&rest)) != NULL)
        if (!parse_source(line, &asked))
            return HF_EFORMAT;
    if (*rest != '\0' || asked.count == 0)
        return HF_EFORMAT;
    *out_asked = asked;
    return HF_OK;
}

void asked_add(struct asked *asked, const char *source, enum asked_kind kind, const char *why)
{
    if (asked->count == ASKED_MAX || why[0] == '\0' || asked_find(asked, source) != NULL)
        return;
    struct asked_source *added = &asked->sources[asked->count++];
    added->kind = kind;
    (void)!text_format(added->name, sizeof added->name, "%s", source);
    (void)!text_format(added->why, sizeof added->why, "%s", why);
}

enum hf_error asked_keep(const struct asked *asked)
{
    char text[ASKED_TEXT_MAX + 1];
    ring_serial key = 0;
    if (asked->count == 0) {
        const long found = keyctl_search(KEY_SPEC_USER_KEYRING, "user", ASKED_DESCRIPTION, 0);
        if (found > 0)
            (void)keyctl_unlink((key_serial_t)found, KEY_SPEC_USER_KEYRING);
        return HF_OK;
    }
    TRY(asked_print(asked, text));
    return key_place("user", ASKED_DESCRIPTION, text, strlen(text), ASKED_LIFETIME,
                     KEY_SPEC_USER_KEYRING, &key);
}

enum hf_error asked_read(struct asked *out_asked)
{
    SCOPED(secret) struct secret *text = NULL;
    ring_serial key = 0;
    TRY(key_get(KEY_SPEC_USER_KEYRING, ASKED_DESCRIPTION, ASKED_TEXT_MAX, &key, &text));
    return asked_parse((const char *)secret_view(text), secret_length(text), out_asked);
}

const struct asked_source *asked_find(const struct asked *asked, const char *source)
{
    for (size_t i = 0; i < asked->count; i++)
        if (strcmp(asked->sources[i].name, source) == 0)
            return &asked->sources[i];
    return NULL;
}
