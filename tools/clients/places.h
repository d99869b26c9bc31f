/* The known places: files in which the Hub's clients, git, shells and people leave tokens. */
#ifndef HF_CLIENTS_PLACES_H
#define HF_CLIENTS_PLACES_H

#include <limits.h>
#include <stddef.h>
#include <sys/stat.h>

#include "common/error.h"
#include "tools/clients/finds.h"
#include "tools/clients/formats.h"

struct secret;

/* Largest file that is looked through. */
#define PLACE_SIZE_MAX (4u << 20)
/* Files with something in them, at the most; further ones are passed over. */
#define PLACES_MAX 64

/* A file with something in it. */
struct place_file {
    char path[PATH_MAX];  /* the real one: links are followed, start-up files often are some */
    char shown[PATH_MAX]; /* the same as it may stand in output */
    const struct format *format;
    const char *next;     /* what its owner does about what is in clear there; static */
    struct stat status;   /* when it was read */
    enum hf_error error;  /* HF_ETOOBIG, or another reason why it was not read; else HF_OK */
    struct secret *bytes; /* owned; its content, NULL with an error */
    struct finds finds;   /* owned; not empty without an error */
};

struct places {
    struct place_file *files[PLACES_MAX]; /* owned */
    size_t count;
};

/* Looks into each place, in the table's order, each real file once. `home` is the account's; the
   environment and the current folder name others. `host` is HF_ENDPOINT's, or NULL. HF_ENOMEM. */
HF_CHECKED enum hf_error places_find(const char *home, const char *host, struct places *out_places);
void places_clear(struct places *held);
static inline void places_scope_end(struct places *held)
{
    places_clear(held);
}

/* Reads a file as it was read above: of whoever owns it, without following a link. HF_ENOMEM, what
   file_read_into gives. */
HF_CHECKED enum hf_error place_read(const char *path, struct stat *out_status,
                                    struct secret **out_bytes);

#endif
