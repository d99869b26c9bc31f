#include "tools/clients/candidates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/secret.h"
#include "tools/clients/plain.h"
#include "tools/hf-token-hub/about.h"

static bool is_token(const struct candidate *candidate, const char *token, size_t length)
{
    return secret_length(candidate->token) == length &&
           memcmp(secret_view(candidate->token), token, length) == 0;
}

static enum hf_error candidate_of(struct candidates *found, const char *token, size_t length,
                                  struct candidate **out_candidate)
{
    for (size_t i = 0; i < found->count; i++) {
        if (!is_token(&found->all[i], token, length))
            continue;
        *out_candidate = &found->all[i];
        return HF_OK;
    }
    if (found->count == CANDIDATES_MAX)
        return HF_EFULL;
    struct candidate *candidate = &found->all[found->count];
    TRY(secret_copy(token, length, &candidate->token));
    found->count++;
    *out_candidate = candidate;
    return HF_OK;
}

/* A section's or a member's name, as the Hub's display names become names here. */
static void wish(struct candidate *candidate, const char *bytes, struct span name)
{
    char text[TOKEN_NAME_MAX + 1];
    if (name.length == 0 || candidate->wish[0] != '\0')
        return;
    if (text_format(text, sizeof text, "%.*s",
                    (int)(name.length < TOKEN_NAME_MAX ? name.length : TOKEN_NAME_MAX),
                    bytes + name.at) == HF_OK)
        about_name(text, candidate->wish);
}

static enum hf_error add_find(struct candidates *found, struct place_file *file,
                              const struct find *find)
{
    const char *bytes = (const char *)secret_view(file->bytes);
    struct candidate *candidate = NULL;
    if (found->occurrence_count == OCCURRENCES_MAX)
        return HF_EFULL;
    const struct text text = {bytes, secret_length(file->bytes)};
    if (plain_is_token(&text, find->token)) {
        TRY(candidate_of(found, bytes + find->token.at, find->token.length, &candidate));
        wish(candidate, bytes, find->name);
        candidate->refresh = candidate->refresh || find->refresh;
        candidate->movable = candidate->movable || !file->format->by_hand;
    }
    found->occurrences[found->occurrence_count++] = (struct occurrence){
        .candidate = candidate,
        .file = file,
        .line = find->line,
        .by_hand = find->cut.length == 0,
    };
    return HF_OK;
}

static enum hf_error add_file(struct candidates *found, struct place_file *file)
{
    for (size_t i = 0; i < file->finds.count; i++)
        TRY(add_find(found, file, &file->finds.all[i]));
    return HF_OK;
}

enum hf_error candidates_find(const char *home, const char *host,
                              struct candidates **out_candidates)
{
    SCOPED(candidates) struct candidates *found = calloc(1, sizeof *found);
    if (found == NULL)
        return HF_ENOMEM;
    TRY(places_find(home, host, &found->places));
    for (size_t i = 0; i < found->places.count; i++) {
        enum hf_error error = add_file(found, found->places.files[i]);
        found->more = found->more || error == HF_EFULL;
        if (error != HF_OK && error != HF_EFULL)
            return error;
    }
    *out_candidates = TAKE(found);
    return HF_OK;
}

void candidates_free(struct candidates *candidates)
{
    if (candidates == NULL)
        return;
    places_clear(&candidates->places);
    for (size_t i = 0; i < candidates->count; i++)
        secret_free(candidates->all[i].token);
    free(candidates);
}

bool candidates_may_go(void *context, const char *token, size_t length)
{
    const struct candidates *candidates = context;
    for (size_t i = 0; i < candidates->count; i++)
        if (is_token(&candidates->all[i], token, length))
            return candidates->all[i].may_go;
    return false;
}
