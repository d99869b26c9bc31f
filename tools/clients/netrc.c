/* netrc(5): words between blanks; `machine NAME`, then `login`, `password`, `account` with a value
 * each, over as many lines as one likes. `macdef` reaches to the next empty line. A word may be in
 * double quotes with backslashes, as curl and Python take it; # begins a comment where a keyword
 * would stand. */
#include <string.h>

#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

struct words {
    const struct text *text;
    size_t at;
    unsigned line; /* of the word that was read last */
};

/* The entry that is being read. */
struct entry {
    bool open, ours, odd; /* odd: something in it that is not known, so it is not cut */
    size_t start, end;    /* behind its last value */
    size_t first;         /* its first find */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static char at(const struct words *words)
{
    static const char none = '\0';
    return *(words->at < words->text->length ? words->text->bytes + words->at : &none);
}

static bool at_end(const struct words *words)
{
    return words->at >= words->text->length;
}

static void skip_blanks(struct words *words)
{
    for (; !at_end(words) && is_blank(at(words)); words->at++)
        words->line += at(words) == '\n';
}

static void skip_line(struct words *words)
{
    while (!at_end(words) && at(words) != '\n')
        words->at++;
}

static struct span quoted(struct words *words)
{
    const size_t start = ++words->at;
    while (!at_end(words) && at(words) != '"' && at(words) != '\n')
        words->at += at(words) == '\\' && words->at + 1 < words->text->length ? 2 : 1;
    const size_t end = words->at;
    words->at += at(words) == '"';
    return (struct span){start, end - start};
}

/* The next word, without its quotes; false at the end. *out_start is where it begins with them. */
static bool next_word(struct words *words, struct span *out_word, size_t *out_start)
{
    skip_blanks(words);
    if (at_end(words))
        return false;
    const size_t start = *out_start = words->at;
    if (at(words) == '"') {
        *out_word = quoted(words);
        return true;
    }
    while (!at_end(words) && !is_blank(at(words)))
        words->at++;
    *out_word = (struct span){start, words->at - start};
    return true;
}

/* Up to the empty line that ends a macro. */
static void skip_macro(struct words *words)
{
    bool empty = false;
    skip_line(words);
    while (!at_end(words) && !empty) {
        words->line += at(words) == '\n';
        words->at++;
        const size_t start = words->at;
        skip_line(words);
        empty = span_strip(words->text, (struct span){start, words->at - start}).length == 0;
    }
}

/* From the entry's first word on, or its line, where nothing stands before it; up to the end of its
   last line, or the next word that is another's. */
static struct span whole(const struct text *text, const struct entry *entry)
{
    size_t start = entry->start, end = entry->end;
    while (start > 0 && (text->bytes[start - 1] == ' ' || text->bytes[start - 1] == '\t'))
        start--;
    const bool line = start == 0 || text->bytes[start - 1] == '\n';
    while (end < text->length && is_blank(text->bytes[end]) && text->bytes[end] != '\n')
        end++;
    if (end < text->length && text->bytes[end] == '#' && line)
        while (end < text->length && text->bytes[end] != '\n')
            end++;
    const bool last = end == text->length || text->bytes[end] == '\n';
    if (!line) /* what stands before keeps a space or the line's end behind it */
        return (struct span){entry->start, (last ? entry->end : end) - entry->start};
    if (!last)
        return (struct span){entry->start, end - entry->start};
    end += end < text->length;
    return (struct span){start, end - start};
}

static void end_entry(const struct text *text, struct entry *entry, struct finds *finds)
{
    for (size_t i = entry->first; entry->open && i < finds->count; i++) {
        struct find *find = &finds->all[i];
        if (find->token.length > 0 && !entry->odd)
            find->cut = whole(text, entry);
    }
    entry->open = false;
}

static enum hf_error read_value(struct words *words, struct entry *entry, bool secret,
                                struct finds *finds)
{
    struct span value;
    size_t start;
    if (!next_word(words, &value, &start))
        return HF_OK;
    entry->end = words->at;
    struct find find = {
        .line = words->line, .token = {value.at, 0}
    };
    if (!entry->open || !entry->ours || value.length == 0)
        return HF_OK;
    if (!secret)
        return plain_forms(words->text, value, &find, finds);
    if (plain_is_token(words->text, value))
        find.token = value;
    return finds_add(finds, &find);
}

static bool begin_entry(struct words *words, struct entry *entry, const char *host, bool named,
                        size_t start, size_t first)
{
    struct span name;
    size_t at_name;
    *entry = (struct entry){.open = true, .start = start, .end = words->at, .first = first};
    if (!named)
        return true;
    if (!next_word(words, &name, &at_name))
        return false;
    entry->end = words->at;
    entry->ours = format_is_host(words->text, name, host, false);
    return true;
}

/* A macro behind an entry's values belongs to it. */
static void read_macro(struct words *words, struct entry *entry)
{
    entry->odd = true;
    skip_macro(words);
}

static enum hf_error read_keyword(struct words *words, struct span word, size_t start,
                                  struct entry *entry, const char *host, struct finds *finds)
{
    const struct text *text = words->text;
    const bool machine = span_equals(text, word, "machine");
    if (machine || span_equals(text, word, "default")) {
        end_entry(text, entry, finds);
        (void)begin_entry(words, entry, host, machine, start, finds->count);
    } else if (span_equals(text, word, "macdef")) {
        read_macro(words, entry);
    } else if (word.length > 0 && text->bytes[start] == '#') {
        words->at = start;
        skip_line(words);
    } else if (span_equals(text, word, "password")) {
        return read_value(words, entry, true, finds);
    } else if (span_equals(text, word, "login") || span_equals(text, word, "user") ||
               span_equals(text, word, "account")) {
        return read_value(words, entry, false, finds);
    } else {
        entry->odd = true;
    }
    return HF_OK;
}

enum hf_error netrc_parse(const struct text *text, const char *host, struct finds *finds)
{
    struct words words = {.text = text, .line = 1};
    struct entry entry = {0};
    struct span word;
    size_t start;
    while (next_word(&words, &word, &start))
        TRY(read_keyword(&words, word, start, &entry, host, finds));
    end_entry(text, &entry, finds);
    return HF_OK;
}
