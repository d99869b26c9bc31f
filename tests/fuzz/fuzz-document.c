/* Documents: whatever is accepted must print, and the print must be accepted and print the same. */
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "store/document.h"
#include "store/seal.h"
#include "tests/fuzz/fuzz.h"

static void check_round_trip(const struct document *document)
{
    SCOPED(document) struct document *again = NULL;
    SCOPED(text) char *text = NULL, *second = NULL;
    size_t length = 0, second_length = 0;
    /* Indentation can make a text that was dense too large. */
    if (document_print(document, &text, &length) != HF_OK)
        return;
    MUST(document_parse(text, length, document->user, &again) == HF_OK);
    MUST(document_print(again, &second, &second_length) == HF_OK);
    MUST(length == second_length && memcmp(text, second, length) == 0);
}

static void open_with_any_key(const struct document *document)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    struct secret *key = NULL;
    MUST(key_pair_new(&pair) == HF_OK);
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        const struct slot_context context = {document->user, token->name, token->id,
                                             token->slots[0].recipient};
        MUST(token->slot_count > 0);
        MUST(slot_open(&context, &pair, token->slots[0].sealed, &key) == HF_EALTERED);
        MUST(token_open(document->user, token, pair.private_key, &key, NULL) == HF_EALTERED);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(document) struct document *document = NULL;
    MUST(store_start() == HF_OK);
    if (document_parse((const char *)bytes, length, "alice", &document) != HF_OK) {
        MUST(document == NULL);
        return 0;
    }
    MUST(length <= DOCUMENT_MAX && strcmp(document->user, "alice") == 0);
    MUST(document->token_count == 0 || document_find(document, document->default_name) != NULL);
    check_round_trip(document);
    open_with_any_key(document);
    return 0;
}
