#include "tools/fleet/batch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "tools/exit.h"
#include "tools/say.h"

#define READ_SIZE 65536

/* Mistakes that are said one by one. */
#define MISTAKES_SAID 10

/* Excel begins UTF-8 with this. */
static const uint8_t byte_order_mark[] = {0xef, 0xbb, 0xbf};

/* And so do other programs what is UTF-16, whichever byte comes first. */
static const uint8_t wide_marks[][2] = {
    {0xff, 0xfe},
    {0xfe, 0xff}
};

#define NOTHING_NEXT "Mend the lines, and give the same call again."

void batch_clear(struct batch *batch)
{
    for (size_t i = 0; i < batch->block_count; i++)
        secret_free(batch->blocks[i]);
    free(batch->blocks);
    free(batch->rows);
    free(batch->recipients);
    batch->blocks = NULL;
    batch->rows = NULL;
    batch->recipients = NULL;
}

enum hf_error batch_hint(struct batch *batch, const char *what, const char *hint)
{
    const bool anew = hint != NULL && strcmp(batch->hint, hint) != 0;
    if (batch->mistakes++ < MISTAKES_SAID)
        (void)say_failure(TOOL_FAILED, HF_OK, anew ? hint : NULL, "%s: %s: line %u: %s",
                          batch->command, batch->source, batch->line, what);
    if (anew)
        (void)say_next(batch->hint, "%s", hint);
    return HF_EFORMAT;
}

enum hf_error batch_mistake(struct batch *batch, const char *what)
{
    return batch_hint(batch, what, NULL);
}

/* What reads the input line by line. */
struct lines {
    struct batch *batch;
    int input;
    struct secret *line; /* BATCH_LINE_MAX, with its end */
    struct batch_csv *csv;
};

static void lines_scope_end(struct lines *held)
{
    secret_free(held->line);
    batch_csv_free(held->csv);
}

/* Behind white space. */
static bool begins_with(const struct secret *line, char character)
{
    const uint8_t *bytes = secret_view(line);
    size_t at = 0;
    while (at < secret_length(line) && memchr(" \t\r\n", bytes[at], 4) != NULL)
        at++;
    return at < secret_length(line) && bytes[at] == (uint8_t)character;
}

static bool is_blank(const struct secret *line)
{
    for (size_t i = 0; i < secret_length(line); i++)
        if (memchr(" \t\r\n", secret_view(line)[i], 4) == NULL)
            return false;
    return true;
}

static void drop_mark(struct secret *line)
{
    const size_t length = secret_length(line), mark = sizeof byte_order_mark;
    uint8_t *bytes = secret_bytes(line);
    if (length < mark || memcmp(bytes, byte_order_mark, mark) != 0)
        return;
    memmove(bytes, bytes + mark, length - mark);
    secret_set_length(line, length - mark);
}

static bool has_byte(const struct secret *line, int byte)
{
    return memchr(secret_view(line), byte, secret_length(line)) != NULL;
}

/* What spreadsheets export in place of a list with commas. */
static enum hf_error check_first(struct batch *batch, const struct secret *line)
{
    for (size_t i = 0; i < 2 && secret_length(line) >= 2; i++)
        if (memcmp(secret_view(line), wide_marks[i], 2) == 0)
            return batch_hint(batch, "it is UTF-16", "Export it as CSV in UTF-8.");
    if (batch->format == BATCH_CSV && begins_with(line, '['))
        return batch_hint(batch, "it is an array of JSON",
                          "Write an object on each line, with nothing between: jq -c '.[]'");
    if (batch->format != BATCH_CSV || has_byte(line, ','))
        return HF_OK;
    if (has_byte(line, ';'))
        return batch_hint(batch, "its columns are separated by semicolons",
                          "Export it with commas: user,token,expires");
    if (has_byte(line, '\t'))
        return batch_hint(batch, "its columns are separated by tabs",
                          "Export it with commas: user,token,expires");
    return HF_OK;
}

static enum hf_error begin(struct lines *lines)
{
    struct batch *batch = lines->batch;
    drop_mark(lines->line);
    if (batch->format == BATCH_UNKNOWN)
        batch->format = begins_with(lines->line, '{') ? BATCH_JSONL : BATCH_CSV;
    TRY(check_first(batch, lines->line));
    return batch->format == BATCH_CSV ? batch_csv_new(batch, &lines->csv) : HF_OK;
}

/* A line as a whole, or what the input ends with. A mistake in one lets the others be looked at. */
static enum hf_error take_line(struct lines *lines)
{
    struct batch *batch = lines->batch;
    enum hf_error error = HF_OK;
    if (batch->line++ == 0)
        TRY(begin(lines));
    if (lines->csv != NULL)
        return batch_csv_line(lines->csv, secret_view(lines->line), secret_length(lines->line));
    if (!is_blank(lines->line))
        error = batch_json(batch, secret_view(lines->line), secret_length(lines->line));
    return error == HF_EFORMAT ? HF_OK : error;
}

/* Adds bytes up to the end of a line. */
static enum hf_error take_bytes(struct lines *lines, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        const uint8_t *end = memchr(bytes, '\n', length);
        const size_t part = end != NULL ? (size_t)(end - bytes) + 1 : length;
        const size_t used = secret_length(lines->line);
        if (part > secret_capacity(lines->line) - used) {
            lines->batch->line++;
            return batch_mistake(lines->batch, "it is too long");
        }
        memcpy(secret_bytes(lines->line) + used, bytes, part);
        secret_set_length(lines->line, used + part);
        if (end != NULL) {
            TRY(take_line(lines));
            secret_set_length(lines->line, 0);
        }
        bytes += part;
        length -= part;
    }
    return HF_OK;
}

/* An editor may leave it out at a file's end; of what another program sends it may be that this was
   broken off. */
static void warn_cut(const struct lines *lines)
{
    struct stat status;
    if (fstat(lines->input, &status) == 0 && !S_ISREG(status.st_mode))
        say_note("%s: %s: the last line has no end: is that all?", lines->batch->command,
                 lines->batch->source);
}

static enum hf_error read_lines(struct lines *lines)
{
    SCOPED(secret) struct secret *buffer = NULL;
    TRY(secret_new(READ_SIZE, &buffer));
    TRY(secret_new(BATCH_LINE_MAX, &lines->line));
    for (size_t got = READ_SIZE; got == READ_SIZE;) {
        TRY(io_read(lines->input, secret_bytes(buffer), READ_SIZE, &got));
        TRY(take_bytes(lines, secret_view(buffer), got));
    }
    if (secret_length(lines->line) > 0) {
        warn_cut(lines);
        TRY(take_line(lines));
    }
    return lines->csv != NULL ? batch_csv_end(lines->csv) : HF_OK;
}

static int compare(const void *one, const void *other)
{
    const struct batch_row *first = one, *second = other;
    int order = strcmp(first->user, second->user);
    if (order == 0)
        order = strcmp(first->name, second->name);
    return order != 0 ? order : (first->line > second->line) - (first->line < second->line);
}

/* Sorted, two of the same stand side by side, and so do all of a user. */
static void check_rows(struct batch *batch)
{
    size_t of_user = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_row *row = &batch->rows[i], *before = i > 0 ? row - 1 : NULL;
        const bool same = before != NULL && strcmp(before->user, row->user) == 0;
        char what[NEXT_MAX];
        batch->line = row->line;
        of_user = same ? of_user + 1 : 1;
        if (same && strcmp(before->name, row->name) == 0)
            (void)batch_mistake(batch,
                                say_next(what, "the user and name of line %u again", before->line));
        else if (of_user == TOKENS_MAX + 1)
            (void)batch_mistake(batch, "more tokens of a user than a document has room for");
    }
}

static int say_mistakes(const struct batch *batch)
{
    if (batch->mistakes <= MISTAKES_SAID)
        return say_failure(TOOL_FAILED, HF_OK, NOTHING_NEXT, "%s: nothing was published",
                           batch->command);
    return say_failure(TOOL_FAILED, HF_OK, NOTHING_NEXT,
                       "%s: %u more mistakes; nothing was published", batch->command,
                       batch->mistakes - MISTAKES_SAID);
}

int batch_read(struct batch *batch, int input)
{
    SCOPED(lines) struct lines lines = {.batch = batch, .input = input};
    enum hf_error error = read_lines(&lines);
    if (error != HF_OK && error != HF_EFORMAT)
        return say_failure(TOOL_FAILED, error, NULL, "%s: %s", batch->command, batch->source);
    if (batch->count > 1)
        qsort(batch->rows, batch->count, sizeof *batch->rows, compare);
    check_rows(batch);
    if (batch->mistakes > 0)
        return say_mistakes(batch);
    if (batch->count == 0)
        return say_failure(TOOL_FAILED, HF_OK,
                           "CSV begins with a line of names (user,token,expires), and has a line "
                           "for each token.",
                           "%s: %s: there is no token in it", batch->command, batch->source);
    if (batch->unlike > 0)
        say_note("%s: %s: %zu of the tokens do%s not begin with hf_, as those of the Hub do",
                 batch->command, batch->source, batch->unlike, batch->unlike == 1 ? "es" : "");
    return TOOL_OK;
}
