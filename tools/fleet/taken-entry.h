/* A line of the folder's file of what was taken back. */
#ifndef HF_FLEET_TAKEN_ENTRY_H
#define HF_FLEET_TAKEN_ENTRY_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "store/document.h"
#include "store/object-path.h"
#include "tools/fleet/taken.h"

/* "users/USER NAME " */
#define TAKEN_PREFIX_SIZE (OBJECT_PATH_MAX + TOKEN_NAME_MAX + 3)

/* A key or a mark in hexadecimal digits, with a zero byte. */
#define TAKEN_HEX_SIZE (2 * KEY_BYTES + 1)

/* A prefix, two numbers, a word, an identity, a mark, and keys, with spaces between. */
#define TAKEN_LINE_SIZE (TAKEN_PREFIX_SIZE + 64 + (SLOTS_MAX + 2) * TAKEN_HEX_SIZE)

struct taken_entry {
    char name[TOKEN_NAME_MAX + 1];
    enum taken_kind kind;
    uint64_t when;
    uint8_t identity[KEY_BYTES]; /* the public key of whose mark it is */
    uint64_t expires;
    uint8_t mark[TOKEN_MARK_BYTES];
    uint8_t keys[SLOTS_MAX][KEY_BYTES]; /* of the recipients that the mark was made with */
    size_t key_count;
};

/* What the lines of a user begin with, or with `name` those of that token. HF_ENAME. */
HF_CHECKED enum hf_error taken_entry_prefix(const char *user, const char *name,
                                            char out_prefix[static TAKEN_PREFIX_SIZE]);

/* HF_EFORMAT. */
HF_CHECKED enum hf_error taken_entry_parse(const char *line, struct taken_entry *out_entry);

/* The line of a token of a user, whose mark is that of `identity`. HF_ENAME. */
HF_CHECKED enum hf_error taken_entry_format(const uint8_t identity[static KEY_BYTES],
                                            const char *user, const struct sealed_token *token,
                                            enum taken_kind kind, uint64_t now,
                                            char out_line[static TAKEN_LINE_SIZE]);

#endif
