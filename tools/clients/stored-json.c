/* stored_tokens as the Rust client writes it: {"tokens": {"NAME": {"token": "hf_..."}}, "active":
 * "NAME"}. json-c tells no positions, and the rest must stay byte for byte: so this is a reader of
 * its own, of RFC 8259's grammar, that does nothing but tell where members are. */
#include <string.h>

#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

#define DEPTH_MAX 16

/* A member of an object, or the root, whose key has length 0. */
struct member {
    struct span key; /* without its quotes */
    size_t start;    /* of the key's quote, or of the root */
    size_t comma;    /* where the comma before it stands; its start where there is none */
    size_t first;    /* the first find within it */
    unsigned depth;
    bool refresh;
};

struct reader {
    const struct text *text;
    struct finds *finds;
    size_t at;
    unsigned line;
    size_t leaves; /* members other than "active" that are no object */
};

static enum hf_error read_value(struct reader *reader, struct member *member,
                                struct member *parent);

static char peek(const struct reader *reader)
{
    static const char none = '\0';
    return *(reader->at < reader->text->length ? reader->text->bytes + reader->at : &none);
}

static void skip_blanks(struct reader *reader)
{
    for (char c = peek(reader); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(reader)) {
        reader->line += c == '\n';
        reader->at++;
    }
}

static bool take(struct reader *reader, char wanted)
{
    skip_blanks(reader);
    if (peek(reader) != wanted)
        return false;
    reader->at++;
    return true;
}

/* HF_EJSON where there is none. What is escaped stays so. */
static enum hf_error read_string(struct reader *reader, struct span *out_inside)
{
    if (!take(reader, '"'))
        return HF_EJSON;
    const size_t start = reader->at;
    for (char c = peek(reader); c != '"'; c = peek(reader)) {
        if ((unsigned char)c < 0x20)
            return HF_EJSON;
        reader->at += c == '\\' ? 2 : 1;
    }
    *out_inside = (struct span){start, reader->at - start};
    reader->at++;
    return HF_OK;
}

/* What goes with the member: the comma behind it and the space up to the next, or for the last one
   the comma before it. */
static struct span cut_of(struct reader *reader, const struct member *member, size_t end)
{
    skip_blanks(reader);
    if (peek(reader) != ',')
        return (struct span){member->comma, end - member->comma};
    struct reader ahead = *reader;
    ahead.at++;
    skip_blanks(&ahead);
    return (struct span){member->start, ahead.at - member->start};
}

/* A member with "token" or "hf_token" in it goes as a whole; where that stands alone in the file's
   own object, it goes itself. */
static bool holds_token(const struct reader *reader, const struct member *member)
{
    return member->depth > 1 && (span_equals(reader->text, member->key, "token") ||
                                 span_equals(reader->text, member->key, "hf_token"));
}

static enum hf_error read_text(struct reader *reader, struct member *member, struct member *parent)
{
    struct find find = {.line = reader->line};
    TRY(read_string(reader, &find.token));
    if (span_equals(reader->text, member->key, "refresh_token") && parent != NULL) {
        parent->refresh = true;
        return HF_OK;
    }
    if (!plain_is_token(reader->text, find.token))
        return HF_OK;
    /* The end of what holds it is not known yet; 1 says that it is to be cut, and by whom. */
    find.cut = (struct span){
        parent != NULL && holds_token(reader, member) ? parent->start : member->start, 1};
    return finds_add(reader->finds, &find);
}

/* A number, true, false or null. */
static enum hf_error read_word(struct reader *reader)
{
    const size_t start = reader->at;
    for (char c = peek(reader); (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
                                c == '+' || c == '-' || c == 'E';
         c = peek(reader))
        reader->at++;
    return reader->at == start ? HF_EJSON : HF_OK;
}

/* Behind the member's value: finds within that wait for its end get their cut. */
static void end_member(struct reader *reader, const struct member *member, size_t end)
{
    const struct span cut = cut_of(reader, member, end);
    for (size_t i = member->first; i < reader->finds->count; i++) {
        struct find *find = &reader->finds->all[i];
        if (find->cut.at != member->start || find->cut.length != 1)
            continue;
        find->cut = cut;
        find->name = member->key;
        find->refresh = member->refresh;
    }
}

static enum hf_error read_member(struct reader *reader, struct member *object, size_t comma)
{
    struct member member = {
        .comma = comma, .first = reader->finds->count, .depth = object->depth + 1};
    skip_blanks(reader);
    member.start = reader->at;
    if (comma == 0)
        member.comma = member.start;
    TRY(read_string(reader, &member.key));
    if (!take(reader, ':'))
        return HF_EJSON;
    skip_blanks(reader);
    if (peek(reader) != '{' && !span_equals(reader->text, member.key, "active"))
        reader->leaves++;
    TRY(read_value(reader, &member, object));
    end_member(reader, &member, reader->at);
    return HF_OK;
}

static enum hf_error read_object(struct reader *reader, struct member *member)
{
    size_t comma = 0;
    if (!take(reader, '{') || member->depth == DEPTH_MAX)
        return HF_EJSON;
    if (take(reader, '}'))
        return HF_OK;
    for (;;) {
        TRY(read_member(reader, member, comma));
        if (take(reader, '}'))
            return HF_OK;
        if (!take(reader, ','))
            return HF_EJSON;
        comma = reader->at - 1;
    }
}

/* What is in an array has no name, and is not cut out of it. */
static enum hf_error read_array(struct reader *reader, struct member *member)
{
    struct member element = {.depth = member->depth + 1, .first = reader->finds->count};
    if (!take(reader, '[') || member->depth == DEPTH_MAX)
        return HF_EJSON;
    if (take(reader, ']'))
        return HF_OK;
    do
        TRY(read_value(reader, &element, NULL));
    while (take(reader, ','));
    for (size_t i = element.first; i < reader->finds->count; i++)
        reader->finds->all[i].cut.length = 0;
    return take(reader, ']') ? HF_OK : HF_EJSON;
}

/* `parent` is the object's member that `member` is in. */
// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX bounds it
static enum hf_error read_value(struct reader *reader, struct member *member, struct member *parent)
{
    skip_blanks(reader);
    switch (peek(reader)) {
    case '{':
        return read_object(reader, member);
    case '[':
        return read_array(reader, member);
    case '"':
        return read_text(reader, member, parent);
    default:
        return read_word(reader);
    }
}

static enum hf_error read_root(struct reader *reader)
{
    struct member root = {0};
    reader->line = 1;
    skip_blanks(reader);
    TRY(read_object(reader, &root));
    skip_blanks(reader);
    return reader->at == reader->text->length ? HF_OK : HF_EJSON;
}

enum hf_error stored_json_parse(const struct text *text, const char *host, struct finds *finds)
{
    const size_t before = finds->count;
    struct reader reader = {.text = text, .finds = finds};
    enum hf_error error = read_root(&reader);
    if (error != HF_EJSON)
        return error;
    finds->count = before;
    return history_parse(text, host, finds);
}

bool stored_json_spent(const struct text *text)
{
    SCOPED(finds) struct finds finds = {0};
    struct reader reader = {.text = text, .finds = &finds};
    return read_root(&reader) == HF_OK && finds.count == 0 && reader.leaves == 0;
}
