/* The tokens that lie in clear in the known places, each once with all its places. */
#ifndef HF_CLIENTS_CANDIDATES_H
#define HF_CLIENTS_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/name.h"
#include "common/scope.h"
#include "tools/clients/places.h"

struct secret;

#define CANDIDATES_MAX  64
#define OCCURRENCES_MAX FINDS_MAX

struct candidate {
    struct secret *token;          /* owned */
    char wish[TOKEN_NAME_MAX + 1]; /* what a file calls it, as a name here; empty: nothing */
    bool refresh;                  /* a refresh token lies beside it */
    bool may_go;                   /* it is stored: its places may be cut */
    bool movable;                  /* it lies in more than a history, where nothing is ever cut */
};

struct occurrence {
    const struct candidate *candidate; /* NULL: a secret of another form */
    struct place_file *file;
    unsigned line;
    bool by_hand; /* no program cuts it */
};

struct candidates {
    struct places places; /* owned */
    struct candidate all[CANDIDATES_MAX];
    size_t count;
    struct occurrence occurrences[OCCURRENCES_MAX]; /* in the places' order */
    size_t occurrence_count;
    bool more; /* there are more than fit */
};

/* Looks into all places. HF_ENOMEM; candidates_free in each case. */
HF_CHECKED enum hf_error candidates_find(const char *home, const char *host,
                                         struct candidates **out_candidates);
void candidates_free(struct candidates *candidates);
DEFINE_SCOPED(candidates, struct candidates *, candidates_free, NULL);

/* format_question's: the context is the candidates, and those that may go, may be cut. */
format_question candidates_may_go;

#endif
