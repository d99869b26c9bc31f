/* import: moves tokens in clear into the store. Each is sealed, written and opened again before
 * anything of it is cut, so that whoever is killed has it in one place at least. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "hub/endpoint.h"
#include "store/files.h"
#include "tools/arguments.h"
#include "tools/clients/candidates.h"
#include "tools/clients/edit.h"
#include "tools/clients/shown.h"
#include "tools/clients/twin.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/add.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/newcomer.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/line.h"
#include "tools/say.h"
#include "tools/when.h"

#define COMMAND "import"

/* How long another import may hold the lock of the store. */
#define LOCK_PATIENCE 5000

struct import {
    bool dry_run, yes, no_check, has_endpoint;
    enum seal_choice seal;
    struct endpoint endpoint;
    struct adding adding;
    bool asked; /* for the password, once */
    struct candidates *found;
    bool cut; /* a token left its place */
    int code;
};

static void import_scope_end(struct import *import)
{
    add_end(&import->adding);
    candidates_free(import->found);
}

/* The first thing that went wrong gives the exit code, and a refusal of the Hub's before others. */
static void note_code(struct import *import, int code)
{
    if (import->code == TOOL_OK || code == TOOL_REFUSED)
        import->code = code;
}

/* -1 to go on. */
static int read_words(struct import *import, struct arguments *arguments)
{
    const char *value = "";
    int argument, code = TOOL_OK;
    while (code == TOOL_OK && (argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_DRY_RUN)
            import->dry_run = true;
        else if (argument == OPTION_YES)
            import->yes = true;
        else if (argument == OPTION_NO_CHECK)
            import->no_check = true;
        else if (argument == OPTION_SEAL)
            code = add_seal_parse(arguments, value, &import->seal);
        else
            return arguments_stop(arguments, argument);
    }
    return code == TOOL_OK ? -1 : code;
}

static int find_all(struct import *import)
{
    int code = TOOL_OK;
    if (import->no_check || import->dry_run)
        import->has_endpoint = endpoint_choose(&import->endpoint) == HF_OK;
    else
        code = speak_begin(COMMAND, &import->endpoint);
    if (code != TOOL_OK)
        return code;
    if (!import->no_check && !import->dry_run)
        import->has_endpoint = true;
    enum hf_error error =
        candidates_find(import->adding.account.home,
                        import->has_endpoint ? import->endpoint.host : NULL, &import->found);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, COMMAND);
    if (import->found->more)
        say_note(COMMAND ": there are more than one run takes; run it again afterwards");
    return TOOL_OK;
}

/* Asks the Hub, where that is wanted. What it refuses is not worth a place in the store. */
static int check(const struct import *import, const struct candidate *candidate,
                 struct newcomer *newcomer)
{
    char masked[MASKED_SIZE];
    enum hf_error error = secret_copy(secret_view(candidate->token),
                                      secret_length(candidate->token), &newcomer->token);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, COMMAND);
    if (import->no_check)
        return TOOL_OK;
    int code = newcomer_check(newcomer);
    if (code != TOOL_OK)
        say_note(COMMAND ": %s stays where it is", about_masked(candidate->token, masked));
    return code;
}

static int store(struct import *import, const struct candidate *candidate,
                 const struct newcomer *newcomer)
{
    struct addition addition = {.name_is_wish = true,
                                .replaces_none = true,
                                .created = newcomer->now,
                                .expires = newcomer->expires,
                                .token = newcomer->token,
                                .about = newcomer->about};
    if (candidate->wish[0] != '\0')
        memcpy(addition.name, candidate->wish, sizeof addition.name);
    else
        about_name(newcomer->about.display_name, addition.name);
    int code = import->asked ? TOOL_OK : add_password(&import->adding);
    import->asked = true;
    if (code == TOOL_OK)
        code = add_store(&import->adding, &addition);
    if (code != TOOL_OK)
        return code;
    code = add_place(&import->adding, &addition);
    newcomer_say(newcomer, addition.name);
    /* Programs would be left without it: where it lies in clear they have it. */
    if (code != TOOL_OK)
        say_note(COMMAND ": it stays where it lies in clear, too");
    else if (candidate->refresh)
        say_note(COMMAND
                 ": %s is not renewed here; when its time is over: hf-token login --browser",
                 addition.name);
    return code;
}

static int take_in(struct import *import, const struct candidate *candidate)
{
    SCOPED(newcomer)
    struct newcomer newcomer = {
        .command = COMMAND, .endpoint = import->endpoint, .now = when_now()};
    char masked[MASKED_SIZE], name[TOKEN_NAME_MAX + 1];
    int code = check(import, candidate, &newcomer);
    if (code != TOOL_OK)
        return code;
    const enum twin twin = twin_find(newcomer.token, &newcomer.about, name);
    (void)about_masked(candidate->token, masked);
    if (twin == TWIN_STORED) {
        say_note(COMMAND ": %s is stored already, as %s", masked, name);
        return TOOL_OK;
    }
    if (twin == TWIN_IN_RING)
        say_note(COMMAND ": %s is in use as %s, but what is stored of that name may be another "
                         "one: it is stored by itself",
                 masked, name);
    return store(import, candidate, &newcomer);
}

/* Other tokens of the file may be ones that are never cut. */
static bool still_holds(const struct place_file *file, const struct candidate *candidate)
{
    return memmem(secret_view(file->bytes), secret_length(file->bytes),
                  secret_view(candidate->token), secret_length(candidate->token)) != NULL;
}

static int say_kept(const struct place_file *file, const struct candidate *candidate)
{
    char next[NEXT_MAX];
    return say_failure(
        TOOL_FAILED, HF_OK,
        say_next(next, "Cut it there yourself: line %u", shown_line(file, candidate)),
        COMMAND ": the token is stored, and still in %s, %s", file->shown,
        file->format->by_hand ? "which is never edited" : "on a line that does more than that");
}

/* Only the path of a file is ever told of it. */
static void cut_file(struct import *import, struct place_file *file,
                     const struct candidate *candidate)
{
    struct edit edit = {.host = import->has_endpoint ? import->endpoint.host : NULL,
                        .may = candidates_may_go,
                        .context = import->found};
    enum hf_error error = edit_cut(file, geteuid(), &edit);
    if (error != HF_OK)
        note_code(import,
                  say_failure(TOOL_FAILED, error, "Remove it there yourself",
                              COMMAND ": the token is stored, and still in %s", file->shown));
    else if (edit.why_not != NULL)
        note_code(import, say_failure(TOOL_FAILED, HF_OK, "Remove it there yourself",
                                      COMMAND ": the token is stored, but %s is not touched: %s",
                                      file->shown, edit.why_not));
    else if (still_holds(file, candidate))
        note_code(import, say_kept(file, candidate));
    else {
        say_note(COMMAND ": %s %s", edit.removed ? "removed" : "cut out of", file->shown);
        import->cut = true;
    }
}

static bool lies_in(const struct import *import, const struct candidate *candidate,
                    const struct place_file *file)
{
    for (size_t i = 0; i < import->found->occurrence_count; i++)
        if (import->found->occurrences[i].candidate == candidate &&
            import->found->occurrences[i].file == file)
            return true;
    return false;
}

static void cut_all(struct import *import, const struct candidate *candidate)
{
    SCOPED(fd) int lock = -1;
    enum hf_error error = store_lock(&import->adding.account, clock_ms() + LOCK_PATIENCE, &lock);
    if (error != HF_OK) {
        note_code(import, say_failure(TOOL_FAILED, error, "hf-token import",
                                      COMMAND ": the token is stored, and still where it was"));
        return;
    }
    for (size_t i = 0; i < import->found->places.count; i++)
        if (lies_in(import, candidate, import->found->places.files[i]))
            cut_file(import, import->found->places.files[i], candidate);
}

static void move_one(struct import *import, struct candidate *candidate)
{
    char masked[MASKED_SIZE];
    if (!import->yes && !shown_ask(import->found, candidate, import->adding.account.home)) {
        note_code(import, say_failure(TOOL_FAILED, HF_OK, "hf-token import",
                                      COMMAND ": %s is still where it was",
                                      about_masked(candidate->token, masked)));
        return;
    }
    int code = take_in(import, candidate);
    note_code(import, code);
    if (code != TOOL_OK)
        return;
    candidate->may_go = true;
    cut_all(import, candidate);
}

static size_t count_movable(const struct import *import)
{
    size_t count = 0;
    for (size_t i = 0; i < import->found->count; i++)
        count += import->found->all[i].movable;
    return count;
}

/* Of those that are only in histories and the like. */
static void say_unmovable(struct import *import, size_t movable)
{
    char page[SETTINGS_SIZE], next[NEXT_MAX];
    const size_t count = import->found->count - movable;
    if (count == 0)
        return;
    (void)say_next(next, "Revoke %s at %s, and remove the line%s", count == 1 ? "it" : "them",
                   import->has_endpoint ? speak_settings(&import->endpoint, page)
                                        : "the Hub's settings page",
                   count == 1 ? "" : "s");
    note_code(import, say_failure(TOOL_FAILED, HF_OK, next,
                                  COMMAND ": %zu token%s only where nothing is moved from", count,
                                  count == 1 ? " is" : "s are"));
}

static int show_dry(size_t movable)
{
    if (movable > 0)
        say_note(COMMAND ": %zu token%s; to move %s: hf-token import", movable,
                 movable == 1 ? "" : "s", movable == 1 ? "it" : "them");
    return TOOL_OK;
}

static int move_all(struct import *import)
{
    const size_t movable = count_movable(import);
    if (import->found->occurrence_count == 0)
        say_note(COMMAND ": the known places have no token in clear");
    shown_print(import->found);
    if (import->dry_run)
        return show_dry(movable);
    if (movable > 0 && !import->yes && !line_interactive())
        return say_failure(TOOL_FAILED, HF_OK, "hf-token import --yes moves all of them",
                           COMMAND ": there is no terminal to ask on, and nothing was changed");
    for (size_t i = 0; i < import->found->count; i++)
        if (import->found->all[i].movable)
            move_one(import, &import->found->all[i]);
    say_unmovable(import, movable);
    if (import->cut)
        say_note(COMMAND
                 ": copies may lie in backups and in the disk's free blocks: hf-token rotate "
                 "NAME makes them useless");
    return import->code;
}

int import_command(struct arguments *arguments)
{
    SCOPED(import) struct import import = {.dry_run = false};
    int code = read_words(&import, arguments);
    if (code != -1)
        return code;
    code = add_begin(COMMAND, import.seal, &import.adding);
    if (code == TOOL_OK)
        code = find_all(&import);
    return code == TOOL_OK ? move_all(&import) : code;
}
