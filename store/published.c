#include "store/published.h"

#include <stdbool.h>

#include "common/io.h"
#include "store/dates.h"

/* Generation 0 is that of a machine that has seen none. */
static bool is_published(const struct document *document)
{
    return document->issued != 0 && document->generation != 0;
}

enum hf_error document_open_signed(const char *text, size_t length, const char *user,
                                   const struct signers *signers, uint64_t now,
                                   struct document **out_document)
{
    SCOPED(document) struct document *document = NULL;
    const char *payload = NULL;
    size_t payload_length = 0;
    TRY(signed_open(SIGNED_DOCUMENT, text, length, signers, &payload, &payload_length));
    TRY(document_parse(payload, payload_length, user, &document));
    if (!is_published(document))
        return HF_EFORMAT;
    TRY(dates_check(document->generation, document->issued, document->until, now));
    *out_document = TAKE(document);
    return HF_OK;
}

enum hf_error document_sign(const struct document *document, const struct signing_key *key,
                            char **out_text, size_t *out_length)
{
    SCOPED(text) char *payload = NULL;
    size_t length = 0;
    if (!is_published(document))
        return HF_EFORMAT;
    TRY(document_print(document, &payload, &length));
    return signed_make(SIGNED_DOCUMENT, payload, length, key, out_text, out_length);
}
