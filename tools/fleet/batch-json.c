#include <string.h>

#include "store/scan.h"
#include "tools/fleet/batch.h"

/* A line that the scan has found to be an object, without zero characters and half pairs. json-c
   would leave copies of the token in memory that nobody wipes. */
struct walk {
    const uint8_t *at;
    struct secret *texts; /* what strings stand for, one behind the other */
};

static void skip_space(struct walk *walk)
{
    while (memchr(" \t\r\n", *walk->at, 4) != NULL)
        walk->at++;
}

static void put(struct walk *walk, uint32_t byte)
{
    const size_t used = secret_length(walk->texts);
    secret_bytes(walk->texts)[used] = (uint8_t)byte;
    secret_set_length(walk->texts, used + 1);
}

/* RFC 3629 section 3; never longer than its escape was. */
static void put_character(struct walk *walk, uint32_t c)
{
    if (c < 0x80) {
        put(walk, c);
        return;
    }
    if (c < 0x800) {
        put(walk, 0xc0 | c >> 6);
    } else if (c < 0x10000) {
        put(walk, 0xe0 | c >> 12);
        put(walk, 0x80 | (c >> 6 & 0x3f));
    } else {
        put(walk, 0xf0 | c >> 18);
        put(walk, 0x80 | (c >> 12 & 0x3f));
        put(walk, 0x80 | (c >> 6 & 0x3f));
    }
    put(walk, 0x80 | (c & 0x3f));
}

static uint32_t take_hex4(struct walk *walk)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        const uint8_t c = *walk->at++;
        unit = unit << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit;
}

static void take_unicode(struct walk *walk)
{
    uint32_t c = take_hex4(walk);
    if (c >= 0xd800 && c <= 0xdbff) {
        walk->at += 2;
        c = 0x10000 + ((c - 0xd800) << 10) + (take_hex4(walk) - 0xdc00);
    }
    put_character(walk, c);
}

static void take_escape(struct walk *walk)
{
    static const char letters[] = "\"\\/bfnrt", stand_for[] = "\"\\/\b\f\n\r\t";
    const uint8_t letter = *walk->at++;
    if (letter == 'u')
        take_unicode(walk);
    else
        put(walk, (uint8_t)stand_for[strchr(letters, letter) - letters]);
}

/* The string here; what it stands for lies in `texts` from *out_start on. */
static void take_string(struct walk *walk, size_t *out_start, size_t *out_length)
{
    *out_start = secret_length(walk->texts);
    for (walk->at++; *walk->at != '"';) {
        const uint8_t c = *walk->at++;
        if (c == '\\')
            take_escape(walk);
        else
            put(walk, c);
    }
    walk->at++;
    *out_length = secret_length(walk->texts) - *out_start;
}

static enum hf_error take_member(struct batch *batch, struct walk *walk,
                                 struct batch_fields *fields)
{
    size_t start = 0, length = 0;
    take_string(walk, &start, &length);
    const int column = batch_column_find(secret_view(walk->texts) + start, length);
    if (column < 0)
        return batch_hint(batch, "it has a member other than user, name, token, expires, to",
                          "Leave the others out: jq -c '{user, name, token}'");
    if (fields->bytes[column] != NULL)
        return batch_mistake(batch, "it has a member twice");
    skip_space(walk);
    walk->at++; /* the colon */
    skip_space(walk);
    if (*walk->at != '"')
        return batch_mistake(batch, "it has a member that is no string");
    take_string(walk, &start, &length);
    fields->bytes[column] = secret_view(walk->texts) + start;
    fields->lengths[column] = length;
    skip_space(walk);
    return HF_OK;
}

enum hf_error batch_json(struct batch *batch, const uint8_t *line, size_t length)
{
    SCOPED(secret) struct secret *texts = NULL;
    struct batch_fields fields = {.lengths = {0}};
    size_t members = 0;
    if (scan_object((const char *)line, length, &members) != HF_OK)
        return batch_hint(batch, "it is not one object of strict JSON",
                          "Write a whole object on each line, with nothing between: jq -c");
    TRY(secret_new(length, &texts));
    struct walk walk = {.at = line, .texts = texts};
    skip_space(&walk);
    walk.at++;
    skip_space(&walk);
    while (*walk.at != '}') {
        TRY(take_member(batch, &walk, &fields));
        if (*walk.at == ',')
            walk.at++;
        skip_space(&walk);
    }
    return batch_add(batch, &fields);
}
