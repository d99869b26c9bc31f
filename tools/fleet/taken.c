#include "tools/fleet/taken.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/name.h"
#include "common/secret.h"
#include "store/fleet.h"
#include "store/object-path.h"
#include "tools/exit.h"
#include "tools/fleet/fleet.h"

/* 40,000 lines at the least. */
#define TEXT_MAX (64u << 20)

/* "users/USER NAME " */
#define PREFIX_SIZE (OBJECT_PATH_MAX + TOKEN_NAME_MAX + 3)

/* A key or a mark in hexadecimal digits, with a zero byte. */
#define HEX_SIZE (2 * KEY_BYTES + 1)

/* A prefix, two numbers, a word, an identity, a mark, and keys, with spaces between. */
#define LINE_SIZE (PREFIX_SIZE + 64 + (SLOTS_MAX + 2) * HEX_SIZE)

/* Of one name the last ones are kept. */
#define KEPT 8

static const char *const kinds[] = {[TAKEN_ROTATED] = "rotated", [TAKEN_REVOKED] = "revoked"};

/* A line behind its prefix. */
struct entry {
    struct taken_back back;
    uint8_t identity[KEY_BYTES]; /* the public key of whose mark it is */
    uint64_t expires;
    uint8_t mark[TOKEN_MARK_BYTES];
    uint8_t keys[SLOTS_MAX][KEY_BYTES]; /* of the recipients that the mark was made with */
    size_t key_count;
};

void taken_clear(struct taken *taken)
{
    names_clear(&taken->lines);
}

static enum hf_error format_prefix(const char *user, const char *name,
                                   char out_prefix[static PREFIX_SIZE])
{
    struct object_path path;
    TRY(object_path_user(user, &path));
    return text_format(out_prefix, PREFIX_SIZE, "%s %s ", path.text, name);
}

static bool take_hex(const char *word, uint8_t *out_bytes, size_t size)
{
    size_t length = 0;
    const char *end = NULL;
    return word != NULL &&
           sodium_hex2bin(out_bytes, size, word, strlen(word), NULL, &length, &end) == 0 &&
           length == size && *end == '\0';
}

static bool take_number(const char *word, uint64_t *out_number)
{
    return word != NULL && strspn(word, "0123456789") == strlen(word) &&
           sscanf(word, "%15" SCNu64, out_number) == 1;
}

static bool take_kind(const char *word, enum taken_kind *out_kind)
{
    for (size_t i = TAKEN_ROTATED; word != NULL && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(word, kinds[i]) == 0)
            *out_kind = (enum taken_kind)i;
    return *out_kind != TAKEN_NOT;
}

static enum hf_error parse_rest(const char *text, struct entry *out_entry)
{
    char words[LINE_SIZE], *rest = NULL;
    struct entry entry = {.key_count = 0};
    TRY(text_format(words, sizeof words, "%s", text));
    if (!take_number(strtok_r(words, " ", &rest), &entry.back.when) ||
        !take_kind(strtok_r(NULL, " ", &rest), &entry.back.kind) ||
        !take_hex(strtok_r(NULL, " ", &rest), entry.identity, KEY_BYTES) ||
        !take_number(strtok_r(NULL, " ", &rest), &entry.expires) ||
        !take_hex(strtok_r(NULL, " ", &rest), entry.mark, TOKEN_MARK_BYTES))
        return HF_EFORMAT;
    for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL; entry.key_count++)
        if (entry.key_count == SLOTS_MAX || !take_hex(word, entry.keys[entry.key_count], KEY_BYTES))
            return HF_EFORMAT;
    *out_entry = entry;
    return HF_OK;
}

static enum hf_error add_line(const char *line, struct names *lines)
{
    struct entry entry;
    const char *name = strchr(line, ' ');
    const char *space = name != NULL ? strchr(name + 1, ' ') : NULL;
    if (space == NULL)
        return HF_EFORMAT;
    TRY(parse_rest(space + 1, &entry));
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

static enum hf_error match(const struct fleet *fleet, const struct entry *entry, const char *user,
                           const char *name, const struct secret *token,
                           struct taken_back *out_back)
{
    uint8_t mark[TOKEN_MARK_BYTES];
    const bool unsure = memcmp(entry->identity, fleet->identity.public_key, KEY_BYTES) != 0;
    TRY(fleet_mark(&fleet->identity, user, name, entry->expires, token,
                   (const uint8_t(*)[KEY_BYTES])entry->keys, entry->key_count, mark));
    if (!unsure && memcmp(mark, entry->mark, sizeof mark) != 0)
        return HF_OK;
    *out_back = entry->back;
    out_back->unsure = unsure;
    return HF_OK;
}

enum hf_error taken_find(const struct fleet *fleet, const struct taken *taken, const char *user,
                         const char *name, const struct secret *token, struct taken_back *out_back)
{
    char prefix[PREFIX_SIZE];
    size_t count = 0;
    struct taken_back back = {.kind = TAKEN_NOT};
    TRY(format_prefix(user, name, prefix));
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (size_t i = first; i < first + count; i++) {
        struct entry entry;
        TRY(parse_rest(taken->lines.all[i] + strlen(prefix), &entry));
        TRY(match(fleet, &entry, user, name, token, &back));
    }
    *out_back = back;
    return HF_OK;
}

/* The first of them are the oldest. */
static void drop(struct taken *taken, const char *prefix, size_t kept)
{
    size_t count = 0;
    const size_t first = find_lines(&taken->lines, prefix, &count);
    for (; count > kept; count--)
        taken->changed |= names_remove(&taken->lines, taken->lines.all[first]);
}

void taken_forget(struct taken *taken, const char *user, const char *name)
{
    char prefix[PREFIX_SIZE];
    if (format_prefix(user, name, prefix) == HF_OK)
        drop(taken, prefix, 0);
}

enum hf_error taken_write(const struct fleet *fleet, struct taken *taken)
{
    if (!taken->changed)
        return HF_OK;
    TRY(fleet_write_lines(fleet, FLEET_TAKEN_FILE, &taken->lines));
    taken->changed = false;
    return HF_OK;
}

/* The prefix, and what parse_rest reads. */
static enum hf_error format_line(const struct fleet *fleet, const char *prefix,
                                 const struct sealed_token *token, enum taken_kind kind,
                                 uint64_t now, char out_line[static LINE_SIZE])
{
    char identity[HEX_SIZE], mark[HEX_SIZE];
    sodium_bin2hex(identity, sizeof identity, fleet->identity.public_key, KEY_BYTES);
    sodium_bin2hex(mark, sizeof mark, token->mark, TOKEN_MARK_BYTES);
    TRY(text_format(out_line, LINE_SIZE, "%s%" PRIu64 " %s %s %" PRIu64 " %s", prefix, now,
                    kinds[kind], identity, token->expires, mark));
    for (size_t i = 0; i < token->slot_count; i++) {
        char key[HEX_SIZE];
        const size_t used = strlen(out_line);
        sodium_bin2hex(key, sizeof key, token->slots[i].recipient, KEY_BYTES);
        TRY(text_format(out_line + used, LINE_SIZE - used, " %s", key));
    }
    return HF_OK;
}

static enum hf_error note(const struct fleet *fleet, const char *user,
                          const struct sealed_token *token, enum taken_kind kind, uint64_t now)
{
    SCOPED(taken) struct taken taken = {.changed = true};
    char prefix[PREFIX_SIZE], line[LINE_SIZE];
    TRY(taken_read(fleet, &taken));
    TRY(format_prefix(user, token->name, prefix));
    TRY(format_line(fleet, prefix, token, kind, now, line));
    TRY(names_add(&taken.lines, line));
    names_sort(&taken.lines);
    drop(&taken, prefix, KEPT);
    return taken_write(fleet, &taken);
}

int taken_note(const struct fleet *fleet, const char *user, const struct sealed_token *token,
               enum taken_kind kind, uint64_t now)
{
    if (!token->has_mark)
        return TOOL_OK;
    const enum hf_error error = note(fleet, user, token, kind, now);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_TAKEN_FILE, error);
}
