/* Cutting tokens out of a user's file, so that it is the old one or the new one at any time. */
#ifndef HF_CLIENTS_EDIT_H
#define HF_CLIENTS_EDIT_H

#include <sys/types.h>

#include "common/error.h"
#include "tools/clients/formats.h"

struct place_file;

/* Why this file is not to be touched by this user, as one completes "it is not touched: ..."; NULL
   where it may be. */
const char *edit_refusal(const struct place_file *file, uid_t user);

struct edit {
    const char *host;     /* HF_ENDPOINT's, or NULL */
    format_question *may; /* which tokens are to go */
    void *context;
    const char *why_not; /* what comes of it: NULL, or why the file was not touched */
    bool removed;        /* the file as a whole */
};

/* Reads the file again, and where it is as it was when it was found, replaces it by one without
   those tokens, of the same mode, group and extended attributes; a file whose only purpose is its
   tokens is removed when none is left. The caller holds the lock of the user's store: two imports
   do not meet. file->bytes is then what the file holds. HF_OK also with why_not; HF_EIO, HF_ENOMEM,
   and then the file is as it was. */
HF_CHECKED enum hf_error edit_cut(struct place_file *file, uid_t user, struct edit *edit);

#endif
