#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "tools/fleet/batch.h"

/* Columns of a line, more than which is no list of ours. */
#define CELLS_MAX 16

/* The fields of a line come one by one, and are not kept by the parser: so they are kept here. */
struct batch_csv {
    struct csv_parser parser;
    struct batch *batch;
    int columns[CELLS_MAX]; /* enum batch_column of each cell, from the first line */
    size_t column_count;
    struct secret *cells; /* of the present line, one behind the other */
    size_t ends[CELLS_MAX];
    size_t cell_count, used; /* used: bytes of `cells`, whose own length stays 0: to set it wipes */
    bool overflowed;         /* more cells or bytes than there is room for */
    enum hf_error error;
};

void batch_csv_free(struct batch_csv *csv)
{
    if (csv == NULL)
        return;
    csv_free(&csv->parser);
    secret_free(csv->cells);
    free(csv);
}

enum hf_error batch_csv_new(struct batch *batch, struct batch_csv **out_csv)
{
    struct batch_csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return HF_ENOMEM;
    csv->batch = batch;
    if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0 ||
        secret_new(BATCH_LINE_MAX, &csv->cells) != HF_OK) {
        free(csv);
        return HF_ENOMEM;
    }
    /* It grows its one field, which may be a token, by moving it. */
    csv_set_realloc_func(&csv->parser, wiping_realloc);
    csv_set_free_func(&csv->parser, wiping_free);
    *out_csv = csv;
    return HF_OK;
}

static const uint8_t *cell(const struct batch_csv *csv, size_t index, size_t *out_length)
{
    const size_t start = index > 0 ? csv->ends[index - 1] : 0;
    *out_length = csv->ends[index] - start;
    return secret_view(csv->cells) + start;
}

static bool has_column(const struct batch_csv *csv, int column)
{
    for (size_t i = 0; i < csv->column_count; i++)
        if (csv->columns[i] == column)
            return true;
    return false;
}

/* Without it each line that follows would be a mistake: so there is nothing to go on with. */
static enum hf_error take_header(struct batch_csv *csv)
{
    for (size_t i = 0; i < csv->cell_count; i++) {
        size_t length = 0;
        const uint8_t *bytes = cell(csv, i, &length);
        const int column = batch_column_find(bytes, length);
        if (column < 0)
            return batch_hint(csv->batch,
                              "the first line names the columns: user,name,token,expires,to",
                              "user and token must be among them, and no others are taken.");
        if (has_column(csv, column))
            return batch_mistake(csv->batch, "the first line names a column twice");
        csv->columns[csv->column_count++] = column;
    }
    if (!has_column(csv, COLUMN_USER) || !has_column(csv, COLUMN_TOKEN))
        return batch_mistake(csv->batch, "the first line must name user and token");
    return HF_OK;
}

static enum hf_error take_row(struct batch_csv *csv)
{
    struct batch_fields fields = {.lengths = {0}};
    if (csv->overflowed || csv->cell_count > csv->column_count)
        return batch_mistake(csv->batch, "it has more fields than the first line, or is too long");
    if (csv->cell_count < csv->column_count)
        return batch_mistake(csv->batch, "it has fewer fields than the first line");
    for (size_t i = 0; i < csv->cell_count; i++)
        fields.bytes[csv->columns[i]] = cell(csv, i, &fields.lengths[csv->columns[i]]);
    return batch_add(csv->batch, &fields);
}

/* libcsv gives each field when it ends. */
static void end_field(void *bytes, size_t length, void *context)
{
    struct batch_csv *csv = context;
    if (csv->cell_count == CELLS_MAX || length > secret_capacity(csv->cells) - csv->used) {
        csv->overflowed = true;
        return;
    }
    if (length > 0)
        memcpy(secret_bytes(csv->cells) + csv->used, bytes, length);
    csv->used += length;
    csv->ends[csv->cell_count++] = csv->used;
}

static void end_row(int c, void *context)
{
    struct batch_csv *csv = context;
    (void)c;
    if (csv->error == HF_OK) {
        const bool first = csv->column_count == 0;
        const enum hf_error error = first ? take_header(csv) : take_row(csv);
        if (error != HF_EFORMAT || first)
            csv->error = error;
    }
    explicit_bzero(secret_bytes(csv->cells), csv->used);
    csv->used = 0;
    csv->cell_count = 0;
    csv->overflowed = false;
}

static enum hf_error end_part(struct batch_csv *csv, bool parsed)
{
    if (csv->error != HF_OK || parsed)
        return csv->error;
    if (csv_error(&csv->parser) == CSV_EPARSE)
        return batch_mistake(csv->batch, "its quotes are not as RFC 4180 has them");
    return HF_ENOMEM;
}

enum hf_error batch_csv_line(struct batch_csv *csv, const uint8_t *line, size_t length)
{
    /* A quote that is never closed takes in line after line. */
    if (csv->parser.entry_pos > BATCH_LINE_MAX)
        return batch_mistake(csv->batch, "it is too long: is a quote not closed?");
    return end_part(csv, csv_parse(&csv->parser, line, length, end_field, end_row, csv) == length);
}

enum hf_error batch_csv_end(struct batch_csv *csv)
{
    return end_part(csv, csv_fini(&csv->parser, end_field, end_row, csv) == 0);
}
