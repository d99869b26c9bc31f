#include "tools/fleet/taken.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/secret.h"
#include "store/fleet.h"
#include "tools/exit.h"
#include "tools/fleet/fleet.h"
#include "tools/fleet/taken-entry.h"
#include "tools/say.h"

/* 40,000 lines at the least. */
#define TEXT_MAX (64u << 20)

/* Of one name the last ones are kept. */
#define KEPT 8

/* A date and a line end. */
#define ROTATED_MAX 16

/* So far apart clocks of administrators may be, seconds. */
#define CLOCKS_APART 3600

void taken_clear(struct taken *taken)
{
    names_clear(&taken->lines);
}

static enum hf_error add_line(const char *line, struct names *lines)
{
    struct taken_entry entry;
    TRY(taken_entry_parse(line, &entry));
    return names_add(lines, line);
}

enum hf_error taken_read(const struct fleet *fleet, struct taken *taken)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    const enum hf_error error = fleet_read(fleet, FLEET_TAKEN_FILE, TEXT_MAX, &text, &length);
    if (error == HF_ENOTFOUND || error == HF_EEMPTY)
        return HF_OK;
    TRY(error);
    for (char *line = text, *end; line < text + length; line = end + 1) {
        end = memchr(line, '\n', (size_t)(text + length - line));
        if (end == NULL)
            return HF_EFORMAT;
        *end = '\0';
        TRY(add_line(line, &taken->lines));
    }
    names_sort(&taken->lines);
    return HF_OK;
}

int taken_say(const struct fleet *fleet, enum hf_error error)
{
    char path[FLEET_FOLDER_MAX + 1];
    const int system = errno;
    memcpy(path, fleet->folder, sizeof path);
    (void)say_clean(path);
    errno = system;
    return say_failure(TOOL_FAILED, error,
                       "It says what rotate and revoke took back, and without it an old list may "
                       "bring that back: mend those lists first. Then mend it, or move it away.",
                       "%s: %s/" FLEET_TAKEN_FILE, fleet->command, path);
}

/* The lines of this prefix stand together: *out_count of them, from the index that it gives. */
static size_t find_lines(const struct names *lines, const char *prefix, size_t *out_count)
{
    const size_t length = strlen(prefix);
    size_t low = 0, high = lines->count, count = 0;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strncmp(lines->all[middle], prefix, length) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (low + count < lines->count && strncmp(lines->all[low + count], prefix, length) == 0)
        count++;
    *out_count = count;
    return low;
}

static bool same_mark(const struct taken_entry *entry, const struct sealed_token *published)
{
    return published->has_mark && strcmp(entry->name, published->name) == 0 &&
           memcmp(entry->mark, published->mark, sizeof entry->mark) == 0;
}

/* Whether an entry is, or under the same name may be, this token. */
static enum hf_error match(const struct fleet *fleet, const struct taken_entry *entry,
                           const char *user, const char *name, const struct secret *token,
                           bool *out_is, bool *out_unsure)
{
    uint8_t mark[TOKEN_MARK_BYTES];
    *out_unsure = memcmp(entry->identity, fleet->identity.public_key, KEY_BYTES) != 0;
    *out_is = *out_unsure && strcmp(entry->name, name) == 0;
    if (*out_unsure)
        return HF_OK;
    TRY(fleet_mark(&fleet->identity, user, entry->name, entry->expires, token,
                   (const uint8_t(*)[KEY_BYTES])entry->keys, entry->key_count, mark));
    *out_is = memcmp(mark, entry->mark, sizeof mark) == 0;
    return HF_OK;
}

enum hf_error taken_find(const struct fleet *fleet, const struct taken *taken, const char *user,
                         const char *name, const struct secret *token,
                         const struct sealed_token *published, struct taken_back *out_back)
{
    char prefix[TAKEN_PREFIX_SIZE];
    size_t count = 0;
    *out_back = (struct taken_back){.kind = TAKEN_NOT};
    TRY(taken_entry_prefix(user, NULL, prefix));
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (size_t i = first; i < first + count; i++) {
        struct taken_entry entry;
        bool is = false, unsure = false;
        TRY(taken_entry_parse(taken->lines.all[i], &entry));
        TRY(match(fleet, &entry, user, name, token, &is, &unsure));
        const bool elsewhere = strcmp(entry.name, name) != 0;
        const bool live = published != NULL && same_mark(&entry, published);
        const bool stale = is && live && entry.kind == TAKEN_ROTATED;
        out_back->stale = out_back->stale || stale;
        if (!is || stale || (elsewhere && out_back->kind != TAKEN_NOT))
            continue;
        *out_back = (struct taken_back){.kind = entry.kind,
                                        .when = entry.when,
                                        .unsure = unsure,
                                        .elsewhere = elsewhere,
                                        .published = live,
                                        .stale = out_back->stale};
    }
    return HF_OK;
}

/* What an engine that went back has may have another mark: by another end or other recipients, as
   it was before. It is from before it was taken back, all the same. */
static bool is_older(const struct taken_entry *entry, const struct sealed_token *published)
{
    return strcmp(entry->name, published->name) == 0 &&
           published->created + CLOCKS_APART < entry->when;
}

enum hf_error taken_find_mark(const struct taken *taken, const char *user,
                              const struct sealed_token *published, struct taken_back *out_back)
{
    char prefix[TAKEN_PREFIX_SIZE];
    size_t count = 0;
    *out_back = (struct taken_back){.kind = TAKEN_NOT};
    TRY(taken_entry_prefix(user, published->name, prefix));
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (size_t i = first; i < first + count; i++) {
        struct taken_entry entry;
        TRY(taken_entry_parse(taken->lines.all[i], &entry));
        if ((same_mark(&entry, published) || is_older(&entry, published)) &&
            out_back->kind != TAKEN_REVOKED)
            *out_back =
                (struct taken_back){.kind = entry.kind, .when = entry.when, .published = true};
    }
    return HF_OK;
}

enum hf_error taken_forget(const struct fleet *fleet, struct taken *taken, const char *user,
                           const char *name, const struct secret *token, bool doubtful)
{
    char prefix[TAKEN_PREFIX_SIZE];
    size_t count = 0;
    TRY(taken_entry_prefix(user, NULL, prefix));
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (size_t i = first + count; i > first; i--) {
        struct taken_entry entry;
        bool is = false, unsure = false;
        TRY(taken_entry_parse(taken->lines.all[i - 1], &entry));
        TRY(match(fleet, &entry, user, name, token, &is, &unsure));
        if (!is || (unsure && !doubtful))
            continue;
        names_remove_at(&taken->lines, i - 1);
        taken->changed = true;
    }
    return HF_OK;
}

/* A line's date, and which it is. */
struct dated {
    uint64_t when;
    size_t index;
};

static int compare_dated(const void *one, const void *other)
{
    const struct dated *first = one, *second = other;
    return (first->when > second->when) - (first->when < second->when);
}

/* Takes the lines out that are NULL. */
static void close_gaps(struct names *lines)
{
    size_t kept = 0;
    for (size_t i = 0; i < lines->count; i++)
        if (lines->all[i] != NULL)
            lines->all[kept++] = lines->all[i];
    lines->count = kept;
}

enum hf_error taken_fit(struct taken *taken, size_t maximum, uint64_t now)
{
    struct names *lines = &taken->lines;
    size_t size = 0;
    for (size_t i = 0; i < lines->count; i++)
        size += strlen(lines->all[i]) + 1;
    if (size <= maximum)
        return HF_OK;
    struct dated *all = calloc(lines->count, sizeof *all);
    enum hf_error error = all != NULL ? HF_OK : HF_ENOMEM;
    for (size_t i = 0; i < lines->count && error == HF_OK; i++) {
        struct taken_entry entry;
        error = taken_entry_parse(lines->all[i], &entry);
        if (error == HF_OK)
            all[i] = (struct dated){.when = entry.when, .index = i};
    }
    if (error == HF_OK)
        qsort(all, lines->count, sizeof *all, compare_dated);
    for (size_t i = 0; error == HF_OK && i < lines->count && size > maximum; i++) {
        if (all[i].when == now)
            continue;
        size -= strlen(lines->all[all[i].index]) + 1;
        free(lines->all[all[i].index]);
        lines->all[all[i].index] = NULL;
        taken->changed = true;
    }
    close_gaps(lines);
    free(all);
    return error;
}

enum hf_error taken_write(const struct fleet *fleet, struct taken *taken)
{
    if (!taken->changed)
        return HF_OK;
    TRY(fleet_write_lines(fleet, FLEET_TAKEN_FILE, &taken->lines));
    taken->changed = false;
    return HF_OK;
}

/* Whose mark a published token has. One from before `key rotate` has that of an identity which is
   gone, and which nothing names: it is nobody's then, so that any token may be that one. */
static const uint8_t *marked_by(const struct fleet *fleet, const struct sealed_token *token)
{
    static const uint8_t nobody[KEY_BYTES] = {0};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    uint64_t rotated = 0;
    const enum hf_error error = fleet_read(fleet, FLEET_ROTATED_FILE, ROTATED_MAX, &text, &length);
    if (error == HF_ENOTFOUND)
        return fleet->identity.public_key;
    if (error != HF_OK || sscanf(text, "%15" SCNu64, &rotated) != 1)
        return nobody;
    return token->created > rotated ? fleet->identity.public_key : nobody;
}

static enum hf_error add_token(const struct fleet *fleet, const char *user,
                               const struct sealed_token *token, enum taken_kind kind, uint64_t now,
                               struct taken *taken)
{
    char prefix[TAKEN_PREFIX_SIZE], line[TAKEN_LINE_SIZE];
    size_t count = 0;
    TRY(taken_entry_prefix(user, token->name, prefix));
    TRY(taken_entry_format(marked_by(fleet, token), user, token, kind, now, line));
    TRY(names_add(&taken->lines, line));
    names_sort(&taken->lines);
    taken->changed = true;
    /* The first of them are the oldest. */
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (; count > KEPT; count--)
        names_remove_at(&taken->lines, first);
    return HF_OK;
}

static enum hf_error note(const struct fleet *fleet, const struct document *document,
                          const char *name, enum taken_kind kind, uint64_t now)
{
    SCOPED(taken) struct taken taken = {.changed = false};
    TRY(taken_read(fleet, &taken));
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        if (token->has_mark && (name == NULL || strcmp(token->name, name) == 0))
            TRY(add_token(fleet, document->user, token, kind, now, &taken));
    }
    TRY(taken_fit(&taken, TEXT_MAX, now));
    return taken_write(fleet, &taken);
}

int taken_note(const struct fleet *fleet, const struct document *document, const char *name,
               enum taken_kind kind, uint64_t now)
{
    const enum hf_error error = note(fleet, document, name, kind, now);
    return error == HF_OK ? TOOL_OK : taken_say(fleet, error);
}
