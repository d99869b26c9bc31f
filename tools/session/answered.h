/* What a source answered, as far as it may be believed: one that asks an engine must have brought
 * what a pinned signer made. */
#ifndef HF_SESSION_ANSWERED_H
#define HF_SESSION_ANSWERED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "common/wire.h"
#include "keyring/origin.h"
#include "store/document.h"
#include "store/signers.h"
#include "store/switch.h"

/* Seconds that an engine's word counts as fresh: a refresh comes each minute, with jitter. */
#define ANSWER_FRESH 90

/* What the site has set, read by root before it was given up; and the signers, which the user's
   half reads once it needs them. */
struct answer_rules {
    enum hf_error error; /* of HF_FLEET_FILE */
    unsigned line;
    uint32_t maximum_age, lifetime;
    bool asked;
    struct signers signers;
    enum hf_error signers_error;
    unsigned signers_line;
    /* What the source that was read last had to say of an error. */
    enum hf_error reason_error;
    char reason[SOURCE_REASON_MAX + 1];
};

/* Seconds since the epoch. */
struct answered {
    struct document *document; /* owned */
    bool from_engine;
    uint64_t confirmed;    /* when the source last said that this is what it has */
    enum hf_error trouble; /* why it came out of the cache, or HF_OK */
};

void answered_clear(struct answered *answered);
static inline void answered_scope_end(struct answered *held)
{
    answered_clear(held);
}

/* Checks and parses an answer. The answer's own error; HF_ECONFIG and the like where the site's
   settings or signers cannot be read; HF_EUNSIGNED, HF_EOUTDATED, HF_ESTALE (an answer older than
   the site allows), what document_parse gives. */
HF_CHECKED enum hf_error answered_read(struct answer_rules *rules,
                                       const struct source_answer *answer, const char *user,
                                       uint64_t now, struct answered *out_answered);

/* Whether it came out of the cache, too long ago to be the source's word of now. */
bool answered_is_old(const struct answered *answered, uint64_t now);

/* Where a token of that document comes from. */
void answered_origin(const struct answer_rules *rules, const struct answered *answered,
                     const char *source, const struct sealed_token *token,
                     struct ring_origin *out_origin);

/* Keeps a source's own word for its error, for answered_note; answered_read does it, too. */
void answered_hear(struct answer_rules *rules, enum hf_error error, const char *reason);

/* What there is to say of that error: the source's own words, or the error's. Borrowed until the
   next source is read. */
const char *answered_words(const struct answer_rules *rules, enum hf_error error);

/* The first trouble is the one that the log line names. errno belongs to the error. */
void answered_note(const struct answer_rules *rules, const char *source, enum hf_error error,
                   struct wire_reply *reply);

#endif
