#include <string.h>

#include "store/fleet.h"
#include "store/seal.h"
#include "tools/fleet/provision.h"

/* A row with its token as a secret of its own, for as long as it is worked on. */
struct wish {
    const struct batch_row *row;
    const struct recipients *recipients;
    const struct key_pair *identity;
    struct secret *token;
};

static enum hf_error mark_of(const struct wish *wish, uint64_t expires,
                             uint8_t out_mark[static TOKEN_MARK_BYTES])
{
    uint8_t keys[SLOTS_MAX][KEY_BYTES];
    for (size_t i = 0; i < wish->recipients->count; i++)
        memcpy(keys[i], wish->recipients->list[i].public_key, KEY_BYTES);
    return fleet_mark(wish->identity, wish->row->user, wish->row->name, expires, wish->token,
                      (const uint8_t(*)[KEY_BYTES])keys, wish->recipients->count, out_mark);
}

/* An end that was given in days moves with each call: it is kept until half of them are over. */
static bool expiry_fits(const struct batch_row *row, uint64_t now, uint64_t expires)
{
    return row->lasting == 0 ? expires == row->expires
                             : expires <= row->expires && expires >= now + row->lasting / 2;
}

static enum hf_error is_same(const struct wish *wish, uint64_t now,
                             const struct sealed_token *token, bool *out_same)
{
    uint8_t mark[TOKEN_MARK_BYTES];
    *out_same = false;
    if (!token->has_mark || !expiry_fits(wish->row, now, token->expires))
        return HF_OK;
    TRY(mark_of(wish, token->expires, mark));
    *out_same = memcmp(mark, token->mark, sizeof mark) == 0;
    return HF_OK;
}

static enum hf_error seal(const struct wish *wish, uint64_t now, struct document *document)
{
    struct sealed_token sealed = {0};
    const struct batch_row *row = wish->row;
    TRY(token_seal(row->user, row->name, now, row->expires, wish->token, NULL,
                   wish->recipients->list, wish->recipients->count, &sealed));
    enum hf_error error = mark_of(wish, row->expires, sealed.mark);
    sealed.has_mark = true;
    if (error == HF_OK)
        error = document_put(document, &sealed);
    sealed_token_clear(&sealed);
    return error;
}

/* Whether somebody else has put another token in this place since it was first read. */
static bool is_lost(struct row_state *state, const struct sealed_token *token)
{
    if (state->seen)
        return state->had != (token != NULL) ||
               (token != NULL && memcmp(token->id, state->had_id, sizeof state->had_id) != 0);
    state->seen = true;
    state->had = token != NULL;
    if (token != NULL)
        memcpy(state->had_id, token->id, sizeof state->had_id);
    return false;
}

static enum row_change change_of(const struct provision *provision, const struct taken_back *back,
                                 bool same, bool replaces)
{
    if (same)
        return ROW_SAME;
    if (back->kind != TAKEN_NOT && !provision->bring_back)
        return ROW_SKIPPED;
    return replaces ? ROW_REPLACED : ROW_ADDED;
}

enum hf_error provision_row(struct provision *provision, size_t index, struct document *document,
                            enum edit *out_edit)
{
    const struct batch *batch = provision->batch;
    const struct batch_row *row = &batch->rows[index];
    struct row_state *state = &provision->states[index];
    SCOPED(secret) struct secret *token = NULL;
    bool same = false;
    const struct sealed_token *before = document_find(document, row->name);
    TRY(secret_copy(row->token, row->token_length, &token));
    const struct wish wish = {.row = row,
                              .recipients = &batch->recipients[row->recipients],
                              .identity = &provision->publication->fleet->identity,
                              .token = token};
    if (before != NULL)
        TRY(is_same(&wish, batch->now, before, &same));
    TRY(taken_find(provision->publication->fleet, &provision->taken, row->user, row->name, token,
                   before, &state->back));
    state->change = change_of(provision, &state->back, same, before != NULL);
    /* The books first: what was the same at the first look may be another's by the second. */
    const bool lost = is_lost(state, before), stays = same || state->change == ROW_SKIPPED;
    *out_edit = stays ? EDIT_NONE : lost ? EDIT_LOST : EDIT_CHANGED;
    return *out_edit == EDIT_CHANGED ? seal(&wish, batch->now, document) : HF_OK;
}

enum hf_error provision_forget(struct provision *provision, size_t index)
{
    const struct batch_row *row = &provision->batch->rows[index];
    SCOPED(secret) struct secret *token = NULL;
    TRY(secret_copy(row->token, row->token_length, &token));
    return taken_forget(provision->publication->fleet, &provision->taken, row->user, row->name,
                        token, provision->bring_back);
}
