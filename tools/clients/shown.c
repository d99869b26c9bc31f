#include "tools/clients/shown.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "tools/clients/candidates.h"
#include "tools/clients/edit.h"
#include "tools/hf-token-hub/about.h"
#include "tools/line.h"
#include "tools/say.h"

/* Longest answer to a question; more is no answer. */
#define ANSWER_MAX 16

/* How often a question comes again. */
#define TRIES 3

static void print_place(const struct occurrence *occurrence)
{
    const char *why = edit_refusal(occurrence->file, geteuid());
    if (why == NULL && occurrence->file->format->by_hand)
        why = "it is never edited";
    else if (why == NULL && occurrence->by_hand)
        why = "cut it by hand";
    printf("  %s:%u%s%s\n", occurrence->file->shown, occurrence->line, why == NULL ? "" : "  # ",
           why == NULL ? "" : why);
}

static void print_places(const struct candidates *found, const struct candidate *candidate)
{
    for (size_t i = 0; i < found->occurrence_count; i++)
        if (found->occurrences[i].candidate == candidate)
            print_place(&found->occurrences[i]);
}

static bool any_of_other_form(const struct candidates *found)
{
    for (size_t i = 0; i < found->occurrence_count; i++)
        if (found->occurrences[i].candidate == NULL)
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

void shown_print(const struct candidates *found)
{
    char masked[MASKED_SIZE];
    for (size_t i = 0; i < found->count; i++) {
        const struct candidate *candidate = &found->all[i];
        printf("%s%s%s%s\n", about_masked(candidate->token, masked),
               candidate->wish[0] != '\0' ? "  " : "", candidate->wish, remark(candidate));
        print_places(found, candidate);
    }
    if (any_of_other_form(found)) {
        printf("not of a token's form, and left alone\n");
        print_places(found, NULL);
    }
    (void)fflush(stdout);
}

/* The first place, and how many more there are: " (~/.netrc:2 and 1 more)". */
static void describe_places(const struct candidates *found, const struct candidate *candidate,
                            const char *home, char text[static NEXT_MAX])
{
    const struct occurrence *first = NULL;
    const size_t length = strlen(home);
    char more[32] = "";
    size_t count = 0;
    for (size_t i = 0; i < found->occurrence_count; i++) {
        if (found->occurrences[i].candidate != candidate)
            continue;
        first = first == NULL ? &found->occurrences[i] : first;
        count++;
    }
    text[0] = '\0';
    if (first == NULL)
        return;
    if (count > 1)
        (void)snprintf(more, sizeof more, " and %zu more", count - 1);
    const char *path = first->file->shown;
    const bool within = length > 1 && strncmp(path, home, length) == 0 && path[length] == '/';
    (void)say_next(text, " (%s%.256s:%u%s)", within ? "~" : "", within ? path + length : path,
                   first->line, more);
}

/* The word as it was typed: yes, no, or neither. An end of input is a no. */
static bool read_answer(const char *prompt, bool *out_yes)
{
    SCOPED(secret) struct secret *line = NULL;
    *out_yes = false;
    enum hf_error error = line_ask(prompt, ANSWER_MAX, &line);
    if (error != HF_OK)
        return error != HF_ETOOBIG;
    if (secret_length(line) == 0)
        return true;
    const uint8_t answer = secret_view(line)[0];
    *out_yes = answer == 'y' || answer == 'Y';
    return *out_yes || answer == 'n' || answer == 'N';
}

bool shown_ask(const struct candidates *found, const struct candidate *candidate, const char *home)
{
    char masked[MASKED_SIZE], prompt[NEXT_MAX], places[NEXT_MAX];
    const bool named = candidate->wish[0] != '\0';
    bool yes = false;
    describe_places(found, candidate, home, places);
    (void)say_next(prompt, "Move %s%s into the store%s%s%s? [y/N] ",
                   about_masked(candidate->token, masked), places, named ? " as " : "",
                   candidate->wish,
                   candidate->refresh ? ", and remove its refresh token for good" : "");
    for (int i = 0; i < TRIES; i++)
        if (read_answer(prompt, &yes))
            return yes;
    return false;
}

unsigned shown_line(const struct place_file *file, const struct candidate *candidate)
{
    const uint8_t *bytes = secret_view(file->bytes);
    const uint8_t *token = memmem(bytes, secret_length(file->bytes), secret_view(candidate->token),
                                  secret_length(candidate->token));
    unsigned line = 1;
    for (const uint8_t *c = bytes; token != NULL && c < token; c++)
        line += *c == '\n';
    return line;
}
