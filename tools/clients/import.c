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

static void print_place(const struct occurrence *occurrence)
{
    const char *why = edit_refusal(occurrence->file, geteuid());
    if (why == NULL && occurrence->file->format->by_hand)
        why = "it is never edited";
    else if (why == NULL && occurrence->by_hand)
        why = "cut it by hand";
    say_clean(occurrence->file->path);
    printf("  %s:%u%s%s\n", occurrence->file->path, occurrence->line, why == NULL ? "" : "  # ",
           why == NULL ? "" : why);
}

static void print_places(const struct import *import, const struct candidate *candidate)
{
    for (size_t i = 0; i < import->found->occurrence_count; i++)
        if (import->found->occurrences[i].candidate == candidate)
            print_place(&import->found->occurrences[i]);
}

static bool any_of_other_form(const struct import *import)
{
    for (size_t i = 0; i < import->found->occurrence_count; i++)
        if (import->found->occurrences[i].candidate == NULL)
            return true;
    return false;
}

/* A refresh token is of use to the client that it was given to, and to no other. */
static const char *remark(const struct candidate *candidate)
{
    if (!candidate->movable)
        return "  # revoke it: this is no place to move it from";
    return candidate->refresh ? "  # its refresh token is removed with it, and not kept" : "";
}

static void print_all(const struct import *import)
{
    char masked[MASKED_SIZE];
    for (size_t i = 0; i < import->found->count; i++) {
        const struct candidate *candidate = &import->found->all[i];
        printf("%s%s%s%s\n", candidate_masked(candidate, masked),
               candidate->wish[0] != '\0' ? "  " : "", candidate->wish, remark(candidate));
        print_places(import, candidate);
    }
    if (any_of_other_form(import)) {
        printf("not of a token's form, and left alone\n");
        print_places(import, NULL);
    }
    (void)fflush(stdout);
}

static bool says_yes(const struct import *import, const char *prompt)
{
    return import->yes || line_yes(prompt);
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
        say_note(COMMAND ": %s stays where it is", candidate_masked(candidate, masked));
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
    (void)candidate_masked(candidate, masked);
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

static int say_kept(const struct place_file *file)
{
    return say_failure(TOOL_FAILED, HF_OK, "Cut it there yourself",
                       COMMAND ": the token is stored, and still in %s, %s", file->path,
                       file->format->by_hand ? "which is never edited"
                                             : "on a line that does more than that");
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
                              COMMAND ": the token is stored, and still in %s", file->path));
    else if (edit.why_not != NULL)
        note_code(import, say_failure(TOOL_FAILED, HF_OK, "Remove it there yourself",
                                      COMMAND ": the token is stored, but %s is not touched: %s",
                                      file->path, edit.why_not));
    else if (still_holds(file, candidate))
        note_code(import, say_kept(file));
    else
        say_note(COMMAND ": %s %s", edit.removed ? "removed" : "cut out of", file->path);
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
    char masked[MASKED_SIZE], prompt[NEXT_MAX];
    (void)say_next(prompt, "Move %s into the store%s? [y/N] ", candidate_masked(candidate, masked),
                   candidate->refresh ? ", and remove its refresh token for good" : "");
    if (!says_yes(import, prompt))
        return;
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

static int move_all(struct import *import)
{
    if (import->found->occurrence_count == 0)
        say_note(COMMAND ": the known places have no token in clear");
    print_all(import);
    if (import->dry_run || count_movable(import) == 0)
        return TOOL_OK;
    if (!import->yes && !line_interactive())
        return say_failure(TOOL_FAILED, HF_OK, "hf-token import --yes moves all of them",
                           COMMAND ": there is no terminal to ask on, and nothing was changed");
    for (size_t i = 0; i < import->found->count; i++)
        if (import->found->all[i].movable)
            move_one(import, &import->found->all[i]);
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
