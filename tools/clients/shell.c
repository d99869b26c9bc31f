/* Start-up files and .env files. Only a line that does nothing but set one of the clients'
 * variables is ever cut; whatever else holds a token is for its owner to change. */
#include <string.h>

#include "tools/clients/formats.h"
#include "tools/clients/plain.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* What is left of a line. */
struct rest {
    const struct text *text;
    struct span span;
};

static char first(const struct rest *rest)
{
    static const char none = '\0';
    return *(rest->span.length > 0 ? rest->text->bytes + rest->span.at : &none);
}

static void skip(struct rest *rest, size_t length)
{
    rest->span.at += length;
    rest->span.length -= length;
}

static bool skip_blanks(struct rest *rest)
{
    const bool any = is_blank(first(rest));
    while (is_blank(first(rest)))
        skip(rest, 1);
    return any;
}

/* A word of letters, digits, _ and -; empty where there is none. */
static struct span take_word(struct rest *rest)
{
    struct span word = {rest->span.at, 0};
    while (is_word(first(rest)) || first(rest) == '-') {
        skip(rest, 1);
        word.length++;
    }
    return word;
}

static bool is_one_of(const struct text *text, struct span word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (span_equals(text, word, *words))
            return true;
    return false;
}

/* The name of the variable that the line sets, with the rest at its value. In sh it stands before
   =, maybe behind `export` and options; in csh and fish behind `setenv` or `set`; in pam_env(8)
   before DEFAULT=. */
static bool take_variable(struct rest *rest, struct span *out_name)
{
    static const char *const sh[] = {"export", "declare", "typeset", NULL};
    static const char *const other[] = {"set", "setenv", NULL};
    struct span word = take_word(rest);
    const bool by_space = is_one_of(rest->text, word, other);
    if (by_space || is_one_of(rest->text, word, sh))
        do {
            if (!skip_blanks(rest))
                return false;
            word = take_word(rest);
        } while (word.length > 0 && rest->text->bytes[word.at] == '-');
    *out_name = word;
    if (by_space && skip_blanks(rest))
        return true;
    if (skip_blanks(rest) && rest->span.length > strlen("DEFAULT=") &&
        memcmp(rest->text->bytes + rest->span.at, "DEFAULT=", strlen("DEFAULT=")) == 0)
        skip(rest, strlen("DEFAULT"));
    else if (rest->span.at != span_end(word))
        return false;
    if (first(rest) != '=')
        return false;
    skip(rest, 1);
    return true;
}

/* The value without its quotes. False where it is put together from parts, or goes on. */
static bool take_value(struct rest *rest, struct span *out_value)
{
    const char quote = first(rest);
    const bool quoted = quote == '"' || quote == '\'';
    skip(rest, quoted);
    *out_value = (struct span){rest->span.at, 0};
    for (char c = first(rest); is_word(c) || c == '.' || c == '-'; c = first(rest)) {
        skip(rest, 1);
        out_value->length++;
    }
    if (quoted && first(rest) != quote)
        return false;
    skip(rest, quoted);
    return true;
}

/* Nothing but blanks, one semicolon and a comment. */
static bool is_over(struct rest *rest)
{
    bool apart = skip_blanks(rest);
    if (first(rest) == ';') {
        skip(rest, 1);
        apart = skip_blanks(rest) || apart;
    }
    return rest->span.length == 0 || (apart && first(rest) == '#');
}

/* Whether the line does nothing but set one of the variables, to something fixed. */
static bool is_assignment(const struct text *text, struct span line, struct span *out_value)
{
    struct rest rest = {text, line};
    struct span name;
    skip_blanks(&rest);
    return take_variable(&rest, &name) && plain_is_variable(text, name) &&
           take_value(&rest, out_value) && is_over(&rest);
}

/* Where the variable's name begins in the line, from `from` on, not in the middle of a word. */
static bool find_name(const struct text *text, struct span line, const char *name, size_t *out_at)
{
    const size_t size = strlen(name);
    for (size_t i = line.at; i + size <= span_end(line); i++) {
        if (memcmp(text->bytes + i, name, size) != 0 ||
            (i > line.at && is_word(text->bytes[i - 1])) ||
            (i + size < span_end(line) && is_word(text->bytes[i + size])))
            continue;
        *out_at = i + size;
        return true;
    }
    return false;
}

/* Whether the line sets the variable among other things, and to something else than the output of a
   command or another variable. */
static bool sets(const struct text *text, struct span line, const char *name)
{
    size_t at;
    const struct span stripped = span_strip(text, line);
    if (!find_name(text, line, name, &at) || at == span_end(line))
        return false;
    const bool by_space = stripped.length > 3 && memcmp(text->bytes + stripped.at, "set", 3) == 0;
    if (text->bytes[at] != '=' && !(by_space && is_blank(text->bytes[at])))
        return false;
    for (at++; at < span_end(line); at++)
        if (!is_blank(text->bytes[at]) && text->bytes[at] != '"' && text->bytes[at] != '\'')
            return strchr("$`(#;&|", text->bytes[at]) == NULL;
    return false;
}

static bool sets_any(const struct text *text, struct span line)
{
    for (size_t i = 0; plain_variables[i] != NULL; i++)
        if (sets(text, line, plain_variables[i]))
            return true;
    return false;
}

static bool is_comment(const struct text *text, struct span line)
{
    const struct span stripped = span_strip(text, line);
    return stripped.length > 0 && text->bytes[stripped.at] == '#';
}

static bool means_nothing(const struct text *text, struct span line)
{
    return span_strip(text, line).length == 0 || is_comment(text, line);
}

static bool goes_on(const struct text *text, struct span line)
{
    return line.length > 0 && text->bytes[span_end(line) - 1] == '\\';
}

static bool begins_with_one_of(const struct text *text, struct span line, const char *const *words)
{
    const struct span stripped = span_strip(text, line);
    for (; *words != NULL; words++) {
        const size_t size = strlen(*words);
        if (stripped.length >= size && memcmp(text->bytes + stripped.at, *words, size) == 0 &&
            (stripped.length == size || !is_word(text->bytes[stripped.at + size])))
            return true;
    }
    return false;
}

static bool ends_with_one_of(const struct text *text, struct span line, const char *const *words)
{
    const struct span stripped = span_strip(text, line);
    for (; *words != NULL; words++) {
        const size_t size = strlen(*words);
        if (stripped.length >= size &&
            memcmp(text->bytes + span_end(stripped) - size, *words, size) == 0)
            return true;
    }
    return false;
}

/* sh takes no empty body: a line that is the only one of its `if`, loop, function or case is not to
   go without it. `before` is the line before that means something. */
static bool is_alone(const struct text *text, struct span before, const struct line *line)
{
    static const char *const openers[] = {"then", "else", "do", "{", "(",
                                          ")",    "&&",   "||", "|", NULL};
    static const char *const closers[] = {"fi", "else", "elif", "done", "esac",
                                          "}",  ")",    ";;",   NULL};
    struct line next = *line;
    if (!ends_with_one_of(text, before, openers))
        return false;
    if (ends_with_one_of(text, before, openers + 6))
        return true;
    while (line_next(text, &next))
        if (!means_nothing(text, next.text))
            return begins_with_one_of(text, next.text, closers);
    return false;
}

static enum hf_error read_line(const struct text *text, const struct line *line, struct span before,
                               bool continued, struct finds *finds)
{
    struct find find = {
        .line = line->number, .token = {line->all.at, 0}
    };
    struct span value, form, rest = line->text;
    const bool comment = is_comment(text, line->text);
    if (is_assignment(text, line->text, &value) && value.length > 0) {
        if (plain_is_token(text, value))
            find.token = value;
        if (find.token.length > 0 && !continued && !is_alone(text, before, line))
            find.cut = line->all;
        TRY(finds_add(finds, &find));
        rest = (struct span){span_end(value), span_end(rest) - span_end(value)};
    } else if (comment && !continued) {
        find.cut = line->all;
    } else if (!comment && !plain_form(text, rest, &form) && sets_any(text, rest)) {
        return finds_add(finds, &find);
    }
    return plain_forms(text, rest, &find, finds);
}

enum hf_error shell_parse(const struct text *text, const char *host, struct finds *finds)
{
    (void)host;
    struct line line = {0};
    struct span before = {0};
    bool continued = false;
    while (line_next(text, &line)) {
        TRY(read_line(text, &line, before, continued, finds));
        continued = goes_on(text, line.text) && !is_comment(text, line.text);
        if (!means_nothing(text, line.text))
            before = line.text;
    }
    return HF_OK;
}
