/* What an administrator wants published: rows of user, token and recipients, read and checked as a
 * whole. */
#ifndef HF_FLEET_BATCH_H
#define HF_FLEET_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "common/secret.h"
#include "tools/fleet/recipients.h"

#define BATCH_ROWS_MAX 1000000u
/* Longest line of the input: a token of which each character is escaped, and the rest. */
#define BATCH_LINE_MAX (6 * TOKEN_MAX + 16384)
/* Longest text of recipients. */
#define BATCH_TO_MAX (SLOTS_MAX * (RECIPIENT_TEXT_MAX + 1))

enum batch_format { BATCH_UNKNOWN, BATCH_CSV, BATCH_JSONL };

/* The columns of CSV, and members of JSON Lines. */
enum batch_column {
    COLUMN_USER,
    COLUMN_NAME,
    COLUMN_TOKEN,
    COLUMN_EXPIRES,
    COLUMN_TO,
    COLUMN_COUNT
};

/* The column of this name, or -1. */
int batch_column_find(const uint8_t *name, size_t length);

struct batch_row {
    char user[USER_NAME_MAX + 1], name[TOKEN_NAME_MAX + 1];
    uint64_t expires;     /* seconds since the epoch; 0: never */
    uint64_t lasting;     /* where it was given in days: as many seconds, else 0 */
    const uint8_t *token; /* in one of the batch's blocks */
    size_t token_length;
    size_t recipients; /* index */
    unsigned line;
};

/* Begin with the borrowed members; batch_clear frees and wipes the rest. */
struct batch {
    const char *command, *source; /* for messages */
    const struct roster *roster;
    const struct recipients *standard; /* for rows that name none */
    uint64_t now;
    enum batch_format format; /* BATCH_UNKNOWN: told from the input */
    struct batch_row *rows;
    size_t count, room;
    struct recipients *recipients;
    size_t recipients_count, recipients_room;
    char last_to[BATCH_TO_MAX + 1]; /* of the last recipients, as they were given */
    struct secret **blocks;
    size_t block_count;
    unsigned line, mistakes;
    size_t unlike;       /* tokens that do not begin as those of the Hub do */
    char hint[NEXT_MAX]; /* the last that was said: the next mistake may be the same */
};
void batch_clear(struct batch *batch);
static inline void batch_scope_end(struct batch *held)
{
    batch_clear(held);
}

/* Reads all rows and sorts them by user and name. Each mistake is said with its line, the first
   ones at least, and no line is quoted. Gives 0, or the exit code, and it has been said. */
int batch_read(struct batch *batch, int input);

/* A row's fields, as the formats find them; bytes without a zero byte, NULL for one that is not
   there. Adds the row, or says what is wrong with it. HF_ENOMEM; HF_EFORMAT: it has been said. */
struct batch_fields {
    const uint8_t *bytes[COLUMN_COUNT];
    size_t lengths[COLUMN_COUNT];
};
HF_CHECKED enum hf_error batch_add(struct batch *batch, const struct batch_fields *fields);

/* Says a mistake in the present line, and gives HF_EFORMAT; batch_hint with what can be done. */
enum hf_error batch_mistake(struct batch *batch, const char *what);
enum hf_error batch_hint(struct batch *batch, const char *what, const char *hint);

/* A line of JSON Lines. */
HF_CHECKED enum hf_error batch_json(struct batch *batch, const uint8_t *line, size_t length);

/* CSV, line by line: the parser keeps what goes on in the next one. HF_ENOMEM; HF_EFORMAT: it has
   been said, and the input cannot be read on. */
struct batch_csv;
HF_CHECKED enum hf_error batch_csv_new(struct batch *batch, struct batch_csv **out_csv);
void batch_csv_free(struct batch_csv *csv);
HF_CHECKED enum hf_error batch_csv_line(struct batch_csv *csv, const uint8_t *line, size_t length);
HF_CHECKED enum hf_error batch_csv_end(struct batch_csv *csv);

#endif
