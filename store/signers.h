/* The signers that this machine trusts: whoever publishes documents for it. */
#ifndef HF_STORE_SIGNERS_H
#define HF_STORE_SIGNERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

#define SIGNER_BYTES 32 /* an Ed25519 public key */
#define SIGNERS_MAX  16

/* From HF_SIGNERS_FILE: a line each, base64 and then, behind white space, anything as a comment.
   Empty lines, and those that begin with a #, are none. */
struct signers {
    uint8_t keys[SIGNERS_MAX][SIGNER_BYTES];
    size_t count;
};

/* *out_line is the line of a mistake (HF_ECONFIG), else 0. A signer twice is a mistake: whoever
   takes one of the lines out would believe that it is not trusted any more. */
HF_CHECKED enum hf_error signers_parse(const char *text, size_t length, struct signers *out_signers,
                                       unsigned *out_line);

/* The file, root's and not writable by others. HF_ENOTFOUND, HF_ECONFIG, what file_read gives. */
HF_CHECKED enum hf_error signers_read(struct signers *out_signers, unsigned *out_line);

bool signers_have(const struct signers *signers, const uint8_t key[static SIGNER_BYTES]);

#endif
