#include <stdlib.h>
#include <string.h>

#include "common/character.h"
#include "store/object-path.h"
#include "store/scan.h"
#include "tools/fleet/batch.h"
#include "tools/say.h"
#include "tools/token-form.h"
#include "tools/when.h"

#define BLOCK_SIZE (256u << 10)
#define ROOM_FIRST 256

static const char *const columns[COLUMN_COUNT] = {
    [COLUMN_USER] = "user",       [COLUMN_NAME] = "name", [COLUMN_TOKEN] = "token",
    [COLUMN_EXPIRES] = "expires", [COLUMN_TO] = "to",
};

int batch_column_find(const uint8_t *bytes, size_t length)
{
    for (int column = 0; column < COLUMN_COUNT; column++)
        if (strlen(columns[column]) == length && memcmp(columns[column], bytes, length) == 0)
            return column;
    return -1;
}

/* Room for one more, doubled where it is used up. */
static enum hf_error grow(void *array, size_t count, size_t *room, size_t size)
{
    void **all = array;
    if (count < *room)
        return HF_OK;
    const size_t wanted = *room > 0 ? 2 * *room : ROOM_FIRST;
    void *grown = reallocarray(*all, wanted, size);
    if (grown == NULL)
        return HF_ENOMEM;
    *all = grown;
    *room = wanted;
    return HF_OK;
}

/* A field as a text; false where it does not fit or has a zero byte in it. */
static bool copy_field(const struct batch_fields *fields, enum batch_column column, char *out_text,
                       size_t size)
{
    const size_t length = fields->bytes[column] != NULL ? fields->lengths[column] : 0;
    if (length >= size || (length > 0 && memchr(fields->bytes[column], '\0', length) != NULL))
        return false;
    if (length > 0)
        memcpy(out_text, fields->bytes[column], length);
    out_text[length] = '\0';
    return true;
}

/* Longer ones, or in the object's file name, which has three characters for some bytes, are none
   for file systems: NAME_MAX. */
#define USER_BYTES_MAX 240
#define FILE_NAME_MAX  255

#define NO_USER                                                                                    \
    "user is no user's name: it begins with a dot, has / or a control character, or is too long"

/* Unicode's other spaces, which look like that of ASCII or like nothing. */
static bool has_wide_space(const char *user)
{
    static const char *const spaces[] = {"\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\xaf", "\xe2\x81\x9f",
                                         "\xe3\x80\x80"};
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (strstr(user, spaces[i]) != NULL)
            return true;
    for (const char *at = user; (at = strstr(at, "\xe2\x80")) != NULL; at += 2)
        if ((unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x8a)
            return true;
    return false;
}

#define LIKE_TOKEN "user or name has a word that begins as tokens do, and is not secret"

/* What passwd(5) and the tools of each system would take for something else. */
static enum hf_error check_odd(struct batch *batch, const char *user)
{
    if (strcmp(user, "root") == 0)
        return batch_hint(batch, "user is root, to whom no host gives a token",
                          "Hosts serve users of a uid from minimum_uid on: pam_hf_token(8).");
    if (user[0] == '-')
        return batch_mistake(batch, "user begins with -, as an option does");
    if (strchr(user, ':') != NULL)
        return batch_mistake(batch, "user has a colon, where passwd(5) ends a name");
    if (user[0] == ' ' || user[strlen(user) - 1] == ' ')
        return batch_mistake(batch, "user begins or ends with a space");
    if (user[0] == '=' || strpbrk(user, "\"',;") != NULL)
        return batch_mistake(batch, "user begins with =, or has a quote, a comma or a semicolon");
    if (has_wide_space(user))
        return batch_mistake(batch, "user has a space that is none of ASCII");
    if (!character_all_shown(user))
        return batch_mistake(batch, "user has a character that nobody sees");
    return HF_OK;
}

static enum hf_error check_user(struct batch *batch, const char *user)
{
    struct object_path path;
    if (user[0] == '\0')
        return batch_mistake(batch, "user is missing");
    if (!user_name_valid(user))
        return batch_mistake(batch, NO_USER);
    if (!scan_utf8(user, strlen(user)))
        return batch_hint(batch, "user is not UTF-8",
                          "Write the list in UTF-8, as: iconv -f LATIN1 -t UTF-8");
    TRY(check_odd(batch, user));
    if (strlen(user) > USER_BYTES_MAX || object_path_user(user, &path) != HF_OK ||
        strlen(path.text) - strlen(OBJECT_USERS) > FILE_NAME_MAX)
        return batch_mistake(batch, "user is too long for the name of a file");
    return HF_OK;
}

static enum hf_error take_names(struct batch *batch, const struct batch_fields *fields,
                                struct batch_row *row)
{
    if (!copy_field(fields, COLUMN_USER, row->user, sizeof row->user))
        return batch_mistake(batch, NO_USER);
    if (say_holds_token(row->user))
        return batch_mistake(batch, LIKE_TOKEN);
    TRY(check_user(batch, row->user));
    if (!copy_field(fields, COLUMN_NAME, row->name, sizeof row->name))
        return batch_mistake(batch, "name is no token's name");
    if (row->name[0] == '\0')
        memcpy(row->name, "main", sizeof "main");
    if (!token_name_valid(row->name))
        return batch_mistake(batch, "name is no token's name: 1 to 64 of A-Z a-z 0-9 . _ -");
    if (say_holds_token(row->name))
        return batch_mistake(batch, LIKE_TOKEN);
    return HF_OK;
}

static enum hf_error take_expires(struct batch *batch, const struct batch_fields *fields,
                                  struct batch_row *row)
{
    char text[32];
    if (!copy_field(fields, COLUMN_EXPIRES, text, sizeof text))
        return batch_mistake(batch, "expires is neither YYYY-MM-DD nor days, as 90d");
    if (text[0] == '\0')
        return HF_OK;
    const enum hf_error error = when_parse_utc(text, batch->now, &row->expires);
    if (error == HF_EEXPIRED)
        return batch_mistake(batch, "expires is not in the future");
    if (error != HF_OK)
        return batch_mistake(batch, "expires is neither YYYY-MM-DD nor days, as 90d");
    row->lasting = strchr(text, 'd') != NULL ? row->expires - batch->now : 0;
    return HF_OK;
}

static enum hf_error add_recipients(struct batch *batch, const struct recipients *recipients)
{
    TRY(grow(&batch->recipients, batch->recipients_count, &batch->recipients_room,
             sizeof *batch->recipients));
    batch->recipients[batch->recipients_count++] = *recipients;
    return HF_OK;
}

static enum hf_error parse_recipients(struct batch *batch, const char *text,
                                      struct recipients *recipients)
{
    char words[BATCH_TO_MAX + 1], known[NEXT_MAX], *rest = NULL;
    memcpy(words, text, strlen(text) + 1);
    for (char *word = strtok_r(words, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        const enum hf_error error = recipients_add(batch->roster, word, recipients);
        if (error == HF_EFULL)
            return batch_mistake(batch, "to has more recipients than a token has slots");
        if (error != HF_OK)
            return batch_hint(batch, "to names a pool or host that this fleet does not have",
                              recipients_known(batch->roster, known));
    }
    return HF_OK;
}

/* Lines beside each other mostly have the same. */
static enum hf_error take_recipients(struct batch *batch, const struct batch_fields *fields,
                                     struct batch_row *row)
{
    char text[BATCH_TO_MAX + 1];
    struct recipients recipients = {.count = 0};
    if (!copy_field(fields, COLUMN_TO, text, sizeof text))
        return batch_mistake(batch, "to is too long");
    if (batch->recipients_count > 0 && strcmp(text, batch->last_to) == 0) {
        row->recipients = batch->recipients_count - 1;
        return HF_OK;
    }
    TRY(parse_recipients(batch, text, &recipients));
    if (recipients.count == 0)
        recipients = *batch->standard;
    if (recipients.count == 0)
        return batch_hint(batch, "to is missing: there is nobody to seal it to",
                          "Give it for all lines: --to POOL, or --to host:NAME");
    TRY(add_recipients(batch, &recipients));
    memcpy(batch->last_to, text, sizeof text);
    row->recipients = batch->recipients_count - 1;
    return HF_OK;
}

static enum hf_error add_block(struct batch *batch)
{
    struct secret **blocks = reallocarray(batch->blocks, batch->block_count + 1, sizeof(void *));
    if (blocks == NULL)
        return HF_ENOMEM;
    batch->blocks = blocks;
    TRY(secret_new(BLOCK_SIZE, &blocks[batch->block_count]));
    batch->block_count++;
    return HF_OK;
}

/* Tokens are kept in few large blocks: a secret of its own takes pages of its own. */
static enum hf_error keep_token(struct batch *batch, const uint8_t *token, size_t length,
                                struct batch_row *row)
{
    struct secret *block = batch->block_count > 0 ? batch->blocks[batch->block_count - 1] : NULL;
    if (block == NULL || secret_capacity(block) - secret_length(block) < length) {
        TRY(add_block(batch));
        block = batch->blocks[batch->block_count - 1];
    }
    uint8_t *at = secret_bytes(block) + secret_length(block);
    memcpy(at, token, length);
    secret_set_length(block, secret_length(block) + length);
    row->token = at;
    row->token_length = length;
    return HF_OK;
}

/* What the Hub, or a program, would refuse for sure. */
static enum hf_error check_token(struct batch *batch, const uint8_t *token, size_t length)
{
    char what[NEXT_MAX];
    if (token == NULL || !token_valid((const char *)token, length))
        return batch_mistake(batch, say_next(what, "token: %s", error_text(HF_ETOKEN)));
    const struct token_form *form = token_form(token, length);
    if (form->never)
        return batch_mistake(batch, say_next(what, "token: %s", form->note));
    batch->unlike += form->begins[0] != 'h';
    return HF_OK;
}

enum hf_error batch_add(struct batch *batch, const struct batch_fields *fields)
{
    struct batch_row row = {.line = batch->line};
    const uint8_t *token = fields->bytes[COLUMN_TOKEN];
    TRY(take_names(batch, fields, &row));
    TRY(check_token(batch, token, fields->lengths[COLUMN_TOKEN]));
    TRY(take_expires(batch, fields, &row));
    TRY(take_recipients(batch, fields, &row));
    if (batch->count == BATCH_ROWS_MAX)
        return batch_mistake(batch, "that is too many for one call");
    TRY(grow(&batch->rows, batch->count, &batch->room, sizeof *batch->rows));
    TRY(keep_token(batch, token, fields->lengths[COLUMN_TOKEN], &row));
    batch->rows[batch->count++] = row;
    return HF_OK;
}
