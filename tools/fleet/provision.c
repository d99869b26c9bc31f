#include "tools/fleet/provision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/fleet.h"
#include "store/seal.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/say.h"
#include "tools/when.h"

#define FULL_NEXT                                                                                  \
    "A user has room for 16 tokens. What is there: hf-tokenctl status USER; and revoke some."

/* Rows that are told one by one that they are skipped. */
#define SKIPPED_SAID 10

void provision_clear(struct provision *provision)
{
    free(provision->users);
    free(provision->of_user);
    free(provision->states);
    taken_clear(&provision->taken);
    *provision = (struct provision){0};
}

enum hf_error provision_new(const struct batch *batch, struct publication *publication,
                            struct provision *provision)
{
    provision->batch = batch;
    provision->publication = publication;
    provision->users = calloc(batch->count, sizeof *provision->users);
    provision->of_user = calloc(batch->count, sizeof *provision->of_user);
    provision->states = calloc(batch->count, sizeof *provision->states);
    if (provision->users == NULL || provision->of_user == NULL || provision->states == NULL)
        return HF_ENOMEM;
    for (size_t i = 0; i < batch->count; i++) {
        const bool same = i > 0 && strcmp(batch->rows[i].user, batch->rows[i - 1].user) == 0;
        if (!same) {
            provision->users[provision->user_count] = batch->rows[i].user;
            provision->of_user[provision->user_count++].first = i;
        }
        provision->of_user[provision->user_count - 1].count++;
    }
    return HF_OK;
}

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

/* Whether a row is what `rotate` or `revoke` took back. */
static enum hf_error is_taken(const struct provision *provision, const struct wish *wish,
                              struct taken_back *out_back)
{
    *out_back = (struct taken_back){.kind = TAKEN_NOT};
    if (provision->publication->accept_old)
        return HF_OK;
    return taken_find(provision->publication->fleet, &provision->taken, wish->row->user,
                      wish->row->name, wish->token, out_back);
}

static enum hf_error edit_row(struct provision *provision, size_t index, struct document *document,
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
    if (!same)
        TRY(is_taken(provision, &wish, &state->back));
    const bool skipped = !same && state->back.kind != TAKEN_NOT;
    state->change = before != NULL ? ROW_REPLACED : ROW_ADDED;
    if (same || skipped)
        state->change = same ? ROW_SAME : ROW_SKIPPED;
    /* The books first: what was the same at the first look may be another's by the second. */
    const bool lost = is_lost(state, before);
    *out_edit = same || skipped ? EDIT_NONE : lost ? EDIT_LOST : EDIT_CHANGED;
    return *out_edit == EDIT_CHANGED ? seal(&wish, batch->now, document) : HF_OK;
}

static enum edit edit_user(void *context, size_t index, struct document *document, bool there)
{
    struct provision *provision = context;
    const struct user_rows *rows = &provision->of_user[index];
    enum edit edit = EDIT_NONE;
    (void)there;
    for (size_t i = rows->first; i < rows->first + rows->count; i++) {
        enum edit row = EDIT_NONE;
        const enum hf_error error = edit_row(provision, i, document, &row);
        const bool full = error == HF_EFULL;
        if (error != HF_OK) {
            progress_end(&provision->publication->progress);
            (void)say_failure(TOOL_FAILED, error, full ? FULL_NEXT : NULL, "provision: %s: line %u",
                              provision->batch->source, provision->batch->rows[i].line);
            return EDIT_FAILED;
        }
        if (row == EDIT_LOST)
            return EDIT_LOST;
        if (row == EDIT_CHANGED)
            edit = EDIT_CHANGED;
    }
    return edit;
}

static void show(const struct batch_row *row, enum row_change change)
{
    static const char signs[] = {
        [ROW_SAME] = '=', [ROW_ADDED] = '+', [ROW_REPLACED] = '~', [ROW_SKIPPED] = '!'};
    printf("%c %s %s\n", signs[change], row->user, row->name);
}

/* What was taken back, and is published on purpose, is not asked about again. */
static void forget(struct provision *provision, const struct batch_row *row)
{
    if (provision->publication->accept_old && !provision->dry)
        taken_forget(&provision->taken, row->user, row->name);
}

static void say_skipped(struct provision *provision, const struct batch_row *row,
                        const struct taken_back *back)
{
    static const char next[] = "Mend the list. To publish what it has, all the same: --accept-old";
    const char *what = back->kind == TAKEN_ROTATED ? "rotated" : "revoked";
    char when[WHEN_TEXT_MAX];
    progress_end(&provision->publication->progress);
    if (++provision->skipped > SKIPPED_SAID)
        return;
    (void)say_failure(TOOL_OK, HF_OK, provision->skipped == 1 ? next : NULL,
                      back->unsure
                          ? "provision: %s: line %u: %s of %s was %s on %s, before key rotate: it "
                            "may be the earlier token, and is skipped"
                          : "provision: %s: line %u: %s of %s was %s on %s, and the list still "
                            "has that token: skipped",
                      provision->batch->source, row->line, row->name, row->user, what,
                      when_print(back->when, when));
}

static void count_row(struct provision *provision, size_t index)
{
    const struct batch_row *row = &provision->batch->rows[index];
    const enum row_change change = provision->states[index].change;
    if (change == ROW_SAME)
        provision->same++;
    else if (change == ROW_ADDED)
        provision->added++;
    else if (change == ROW_REPLACED)
        provision->replaced++;
    else
        say_skipped(provision, row, &provision->states[index].back);
    if (change == ROW_ADDED || change == ROW_REPLACED)
        forget(provision, row);
    if (provision->dry)
        show(row, change);
}

static void user_done(void *context, size_t index, enum edit outcome)
{
    struct provision *provision = context;
    const struct user_rows *rows = &provision->of_user[index];
    if (outcome == EDIT_LOST) {
        progress_end(&provision->publication->progress);
        (void)say_failure(TOOL_FAILED, HF_ECHANGED,
                          "Nothing of theirs was lost. Look at it: "
                          "hf-tokenctl status; then try again.",
                          "provision: %s was not published", provision->users[index]);
    }
    if (outcome >= EDIT_FAILED)
        provision->failed++;
    for (size_t i = rows->first; outcome < EDIT_FAILED && i < rows->first + rows->count; i++)
        count_row(provision, i);
    provision->renewed += outcome == EDIT_RENEWED;
    progress_add(&provision->publication->progress, rows->count);
}

/* What is left to do: all of it goes on with the same call, but for what is not this fleet's. */
static const char *left_to_do(const struct provision *provision, int code, int end)
{
    if (code != TOOL_OK)
        return "; not all: the same call goes on where this one ended";
    if (provision->publication->odd)
        return "; not all: what is not of this fleet was left alone";
    return end != TOOL_OK ? "; all are written, and the same call does what is left" : "";
}

static void say_summary(const struct provision *provision, const char *left)
{
    const bool dry = provision->dry;
    const size_t renewed = provision->renewed;
    if (provision->skipped > SKIPPED_SAID)
        say_note("provision: %zu more are skipped", provision->skipped - SKIPPED_SAID);
    say_note("provision: tokens: %zu %s, %zu %s, %zu unchanged, %zu skipped%s", provision->added,
             dry ? "to add" : "added", provision->replaced, dry ? "to replace" : "replaced",
             provision->same, provision->skipped, left);
    if (renewed > 0)
        say_note("provision: %zu document%s %s, because %s time was near its end", renewed,
                 say_plural(renewed), dry ? "to sign anew" : "signed anew",
                 renewed == 1 ? "its" : "their");
}

/* Who is there already. It is a request for a thousand users; for few of them it is not worth it.
 */
static int list_present(const struct provision *provision, struct names *present,
                        struct document_plan *plan)
{
    if (!users_can_list(provision->publication) || provision->user_count <= CHUNK)
        return TOOL_OK;
    plan->present = present;
    return users_list(provision->publication, present);
}

static int read_taken(struct provision *provision)
{
    const struct fleet *fleet = provision->publication->fleet;
    const enum hf_error error = taken_read(fleet, &provision->taken);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_TAKEN_FILE, error);
}

static int write_taken(struct provision *provision)
{
    const struct fleet *fleet = provision->publication->fleet;
    const enum hf_error error = taken_write(fleet, &provision->taken);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_TAKEN_FILE, error);
}

int provision_run(struct provision *provision)
{
    SCOPED(names) struct names present = {0};
    struct document_plan plan = {.users = provision->users,
                                 .count = provision->user_count,
                                 .edit = edit_user,
                                 .done = user_done,
                                 .context = provision,
                                 .dry = provision->dry,
                                 .renew = true};
    int code = read_taken(provision);
    if (code == TOOL_OK)
        code = list_present(provision, &present, &plan);
    if (code == TOOL_OK && !provision->dry)
        code = users_note(provision->publication, provision->users, provision->user_count);
    if (code != TOOL_OK)
        return code;
    progress_begin(&provision->publication->progress, "provision:", "tokens",
                   provision->dry ? 0 : provision->batch->count);
    code = documents_update(provision->publication, &plan);
    progress_end(&provision->publication->progress);
    const int end = provision->dry ? TOOL_OK : publication_end(provision->publication, false);
    say_summary(provision, left_to_do(provision, code, end));
    code = code == TOOL_OK ? end : code;
    if (code == TOOL_OK)
        code = write_taken(provision);
    return code == TOOL_OK ? help_flush() : code;
}
