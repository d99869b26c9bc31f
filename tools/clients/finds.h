/* What is found in a file's bytes: where a token stands, and what has to go for it to be gone. */
#ifndef HF_CLIENTS_FINDS_H
#define HF_CLIENTS_FINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/scope.h"

/* Bytes of a file; not zero-terminated. */
struct text {
    const char *bytes;
    size_t length;
};

/* A part of them. */
struct span {
    size_t at, length;
};

struct find {
    unsigned line;     /* from 1 */
    struct span token; /* length 0: a secret is here, but it has not the form of a token */
    struct span cut;   /* length 0: nothing that a program may cut; else the token is within */
    struct span name;  /* what the file calls it; length 0: nothing */
    bool refresh;      /* a refresh token stands beside it, in what is cut */
};

/* More than people have in a file; one with more of them is not cut, as that takes a look at the
   whole file for each. */
#define FINDS_MAX 512

/* In the order of the file. */
struct finds {
    struct find *all; /* owned */
    size_t count, room;
};

/* HF_ENOMEM. */
HF_CHECKED enum hf_error finds_add(struct finds *finds, const struct find *find);
void finds_clear(struct finds *finds);
static inline void finds_scope_end(struct finds *held)
{
    finds_clear(held);
}

/* A line of a text while it is walked through. */
struct line {
    unsigned number;  /* 0 before the first one */
    struct span all;  /* with its end */
    struct span text; /* without LF or CRLF */
};

/* Goes on to the next line; false behind the last one. */
bool line_next(const struct text *text, struct line *line);

/* The part without blanks at its ends. */
struct span span_strip(const struct text *text, struct span span);
bool span_equals(const struct text *text, struct span span, const char *word);
static inline size_t span_end(struct span span)
{
    return span.at + span.length;
}

#endif
