#include "tools/fleet/provision.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/exit.h"
#include "tools/help.h"
#include "tools/say.h"
#include "tools/when.h"

#define FULL_NEXT                                                                                  \
    "A user has room for 16 tokens. What is there: hf-tokenctl status USER; and revoke some."

/* Rows that are told one by one that they are skipped. */
#define SKIPPED_SAID 10

/* And tokens that come back with their documents. */
#define REVIVED_SAID 10

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

/* Whether a row is to have its user's document back, whose time is over. What was revoked, and is
   there only because that came to nothing, is not. */
static bool brings_back(const struct provision *provision, size_t index)
{
    const struct row_state *state = &provision->states[index];
    return state->change == ROW_SAME &&
           (state->back.kind == TAKEN_NOT || !state->back.published || provision->bring_back);
}

static bool has_row(const struct provision *provision, const struct user_rows *rows,
                    const char *name)
{
    for (size_t i = rows->first; i < rows->first + rows->count; i++)
        if (strcmp(provision->batch->rows[i].name, name) == 0)
            return true;
    return false;
}

/* A document whose time was over comes back as a whole: also what the list does not have. */
static void say_revived(struct provision *provision, const struct user_rows *rows,
                        const struct document *document)
{
    const uint64_t now = provision->publication->now;
    char when[WHEN_TEXT_MAX], next[NEXT_MAX];
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        const bool over = token->expires != 0 && token->expires <= now;
        if (over || has_row(provision, rows, token->name) || ++provision->revived > REVIVED_SAID)
            continue;
        progress_end(&provision->publication->progress);
        (void)say_failure(TOOL_OK, HF_OK,
                          say_next(next, "If it is not to: hf-tokenctl revoke %s %s",
                                   document->user, token->name),
                          "provision: %s of %s is not in the list, and comes back with the "
                          "document, which had ended on %s",
                          token->name, document->user, when_print(document->until, when));
    }
}

static enum edit edit_user(void *context, size_t index, struct document *document, bool there)
{
    struct provision *provision = context;
    const struct user_rows *rows = &provision->of_user[index];
    const bool ended = there && document->until <= provision->publication->now;
    enum edit edit = EDIT_NONE;
    for (size_t i = rows->first; i < rows->first + rows->count; i++) {
        enum edit row = EDIT_NONE;
        const enum hf_error error = provision_row(provision, i, document, &row);
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
        else if (ended && edit == EDIT_NONE && brings_back(provision, i))
            edit = EDIT_RENEWED;
    }
    if (ended && edit != EDIT_NONE)
        say_revived(provision, rows, document);
    return edit;
}

static void show(const struct batch_row *row, enum row_change change)
{
    static const char signs[] = {
        [ROW_SAME] = '=', [ROW_ADDED] = '+', [ROW_REPLACED] = '~', [ROW_SKIPPED] = '!'};
    printf("%c %s %s\n", signs[change], row->user, row->name);
}

/* What was taken back, and is published on purpose, is not asked about again; neither is what a
   rotation left as it was. */
static void forget(struct provision *provision, size_t index)
{
    const struct taken_back *back = &provision->states[index].back;
    if (provision->dry || (!back->stale && (back->kind == TAKEN_NOT || !provision->bring_back)))
        return;
    const enum hf_error error = provision_forget(provision, index);
    if (error != HF_OK)
        (void)say_failure(TOOL_FAILED, error, NULL, "provision: %s: line %u",
                          provision->batch->source, provision->batch->rows[index].line);
}

static const char *skipped_because(const struct taken_back *back)
{
    if (back->unsure)
        return "before key rotate: it may be the earlier token, and is skipped";
    if (back->elsewhere)
        return "under another name, and the list still has that token: skipped";
    return "and the list still has that token: skipped";
}

static void say_skipped(struct provision *provision, const struct batch_row *row,
                        const struct taken_back *back)
{
    static const char next[] = "Mend the list. To publish what it has, all the same: --bring-back";
    const char *what = back->kind == TAKEN_ROTATED ? "rotated" : "revoked";
    char when[WHEN_TEXT_MAX];
    progress_end(&provision->publication->progress);
    if (++provision->skipped > SKIPPED_SAID)
        return;
    (void)say_failure(TOOL_OK, HF_OK, provision->skipped == 1 ? next : NULL,
                      "provision: %s: line %u: %s of %s was %s on %s, %s", provision->batch->source,
                      row->line, row->name, row->user, what, when_print(back->when, when),
                      skipped_because(back));
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
    if (change != ROW_SKIPPED)
        forget(provision, index);
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
    /* What was taken back, and is published, has its own next step. */
    return end != TOOL_OK && provision->publication->returned == 0
               ? "; all are written, and the same call does what is left"
               : "";
}

static void say_summary(const struct provision *provision, const char *left)
{
    const bool dry = provision->dry;
    const size_t renewed = provision->renewed;
    if (provision->skipped > SKIPPED_SAID)
        say_note("provision: %zu more are skipped", provision->skipped - SKIPPED_SAID);
    if (provision->revived > REVIVED_SAID)
        say_note("provision: %zu more come back with their documents",
                 provision->revived - REVIVED_SAID);
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
    return error == HF_OK ? TOOL_OK : taken_say(fleet, error);
}

static int write_taken(struct provision *provision)
{
    const struct fleet *fleet = provision->publication->fleet;
    const enum hf_error error = taken_write(fleet, &provision->taken);
    return error == HF_OK ? TOOL_OK : taken_say(fleet, error);
}

int provision_run(struct provision *provision)
{
    SCOPED(names) struct names present = {0};
    struct document_plan plan = {.users = provision->users,
                                 .count = provision->user_count,
                                 .edit = edit_user,
                                 .done = user_done,
                                 .context = provision,
                                 .taken = provision->bring_back ? NULL : &provision->taken,
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
    const int written = write_taken(provision);
    code = code == TOOL_OK ? written : code;
    if (code == TOOL_OK && provision->publication->returned > 0)
        code = TOOL_FAILED;
    return code == TOOL_OK ? help_flush() : code;
}
