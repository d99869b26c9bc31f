/* A user's document as an admin publishes it: dated and signed. */
#ifndef HF_STORE_PUBLISHED_H
#define HF_STORE_PUBLISHED_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/document.h"
#include "store/signed.h"

/* Verifies, parses and dates a published document, at the present `now`: issued and until must be
   there, and a generation from 1 on (HF_EFORMAT); HF_EFUTURE and HF_EOUTDATED as dates_check. The
   rest as signed_open and document_parse. */
HF_CHECKED enum hf_error document_open_signed(const char *text, size_t length, const char *user,
                                              const struct signers *signers, uint64_t now,
                                              struct document **out_document);

/* The document has issued and until and a generation, else HF_EFORMAT. What document_print and
 * signed_make give. */
HF_CHECKED enum hf_error document_sign(const struct document *document,
                                       const struct signing_key *key, char **out_text,
                                       size_t *out_length);

#endif
