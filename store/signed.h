/* Signed objects: what an engine holds is believed only when a pinned signer made it, and is parsed
 * after that. hf-token-store(5) is the format. */
#ifndef HF_STORE_SIGNED_H
#define HF_STORE_SIGNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "store/signers.h"

struct secret;

#define SIGNATURE_BYTES 64

/* One line in front of the payload: "hf-token-signed 1 KIND SIGNER SIGNATURE\n". */
#define SIGNED_LINE_MAX 192
#define SIGNED_MAX      (DOCUMENT_MAX + SIGNED_LINE_MAX)
/* What signed_answer_parse reads: "confirmed ", 15 digits, a space, 3 digits, a space and a reason,
   and a line end more. */
#define SIGNED_ANSWER_MAX (SIGNED_MAX + 31 + SOURCE_REASON_MAX)

/* The kind is signed with the payload, so that none passes for another. */
enum signed_kind { SIGNED_DOCUMENT, SIGNED_KEYS, SIGNED_HEAD, SIGNED_KIND_COUNT };

/* An Ed25519 pair; the secret half is a secret of 64 bytes, seed and public key, that the struct
   owns. */
struct signing_key {
    uint8_t public_key[SIGNER_BYTES];
    struct secret *secret_key;
};
void signing_key_clear(struct signing_key *key);
static inline void signing_key_scope_end(struct signing_key *held)
{
    signing_key_clear(held);
}

/* Whether it begins as a signed object does; else it is none, whoever would be trusted. */
bool signed_is(const char *text, size_t length);

/* Signs a payload of at most DOCUMENT_MAX bytes; the text is malloc'd, with a zero byte behind it,
   and the caller's. HF_ETOOBIG, HF_ENOMEM. */
HF_CHECKED enum hf_error signed_make(enum signed_kind kind, const void *payload, size_t length,
                                     const struct signing_key *key, char **out_text,
                                     size_t *out_length);

/* Verifies; the payload is borrowed from `text`. HF_EUNSIGNED: not signed, by none of these, for
   another kind, or altered. HF_ETOOBIG, HF_ENOMEM. */
HF_CHECKED enum hf_error signed_open(enum signed_kind kind, const char *text, size_t length,
                                     const struct signers *signers, const char **out_payload,
                                     size_t *out_length);

/* What a source that asks an engine writes: "confirmed SECONDS STATUS[ REASON]\n", and behind it
   the signed document, borrowed from `bytes`. SECONDS since the epoch, 1 to JSON_NUMBER_MAX, is
   when the engine last said that this is what it has; the present, or before where it comes out of
   the cache. STATUS is 0, or where the cache had to serve the exit code of store/source.h that says
   why: the engine is not available, or what it gave was refused; `trouble` is its error, else
   HF_OK. REASON says so in words, as source_reason has it. Nobody signed this line: a broken source
   can lie of the time, until the document's own is over. HF_EUNSIGNED for anything else. */
struct signed_answer {
    uint64_t confirmed;
    enum hf_error trouble;
    char reason[SOURCE_REASON_MAX + 1];
    const char *text; /* borrowed; the signed document */
    size_t length;
};
HF_CHECKED enum hf_error signed_answer_parse(const char *bytes, size_t length,
                                             struct signed_answer *out_answer);

#endif
