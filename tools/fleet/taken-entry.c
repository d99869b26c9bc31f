#include "tools/fleet/taken-entry.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/io.h"

static const char *const kinds[] = {[TAKEN_ROTATED] = "rotated", [TAKEN_REVOKED] = "revoked"};

enum hf_error taken_entry_prefix(const char *user, const char *name,
                                 char out_prefix[static TAKEN_PREFIX_SIZE])
{
    struct object_path path;
    TRY(object_path_user(user, &path));
    if (name == NULL)
        return text_format(out_prefix, TAKEN_PREFIX_SIZE, "%s ", path.text);
    return text_format(out_prefix, TAKEN_PREFIX_SIZE, "%s %s ", path.text, name);
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

static bool take_name(const char *word, char out_name[static TOKEN_NAME_MAX + 1])
{
    if (word == NULL || !token_name_valid(word))
        return false;
    memcpy(out_name, word, strlen(word) + 1);
    return true;
}

enum hf_error taken_entry_parse(const char *line, struct taken_entry *out_entry)
{
    char words[TAKEN_LINE_SIZE], *rest = NULL;
    struct taken_entry entry = {.key_count = 0};
    TRY(text_format(words, sizeof words, "%s", line));
    if (strtok_r(words, " ", &rest) == NULL || !take_name(strtok_r(NULL, " ", &rest), entry.name) ||
        !take_number(strtok_r(NULL, " ", &rest), &entry.when) ||
        !take_kind(strtok_r(NULL, " ", &rest), &entry.kind) ||
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

enum hf_error taken_entry_format(const uint8_t identity[static KEY_BYTES], const char *user,
                                 const struct sealed_token *token, enum taken_kind kind,
                                 uint64_t now, char out_line[static TAKEN_LINE_SIZE])
{
    char prefix[TAKEN_PREFIX_SIZE], whose[TAKEN_HEX_SIZE], mark[TAKEN_HEX_SIZE];
    TRY(taken_entry_prefix(user, token->name, prefix));
    sodium_bin2hex(whose, sizeof whose, identity, KEY_BYTES);
    sodium_bin2hex(mark, sizeof mark, token->mark, TOKEN_MARK_BYTES);
    TRY(text_format(out_line, TAKEN_LINE_SIZE, "%s%" PRIu64 " %s %s %" PRIu64 " %s", prefix, now,
                    kinds[kind], whose, token->expires, mark));
    for (size_t i = 0; i < token->slot_count; i++) {
        char key[TAKEN_HEX_SIZE];
        const size_t used = strlen(out_line);
        sodium_bin2hex(key, sizeof key, token->slots[i].recipient, KEY_BYTES);
        TRY(text_format(out_line + used, TAKEN_LINE_SIZE - used, " %s", key));
    }
    return HF_OK;
}
