#include "tools/intake.h"

#include <string.h>

#include "common/name.h"
#include "common/secret.h"
#include "store/document.h"
#include "store/seal.h"
#include "store/slot.h"
#include "tools/exit.h"
#include "tools/line.h"
#include "tools/say.h"
#include "tools/token-form.h"
#include "tools/when.h"

#define SETTINGS_PAGE "https://huggingface.co/settings/tokens"

/* White space that comes with a paste. */
#define PASTE_MAX 1024

/* Lines without anything that are passed over. */
#define BLANK_LINES_MAX 4

/* How often two passwords that are not the same are asked for again. */
#define TRIES 3

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void strip(struct secret *line)
{
    uint8_t *bytes = secret_bytes(line);
    size_t end = secret_length(line), start = 0;
    while (end > 0 && is_blank(bytes[end - 1]))
        end--;
    while (start < end && is_blank(bytes[start]))
        start++;
    memmove(bytes, bytes + start, end - start);
    secret_set_length(line, end - start);
}

static void note_unusual(const struct intake *intake, const struct secret *token)
{
    const struct token_form *form = token_form(secret_view(token), secret_length(token));
    if (form->note != NULL)
        say_note("%s: %s", intake->command, form->note);
}

/* Empty lines before it come with a paste, too. */
static enum hf_error ask_token(const char *prompt, struct secret **out_token)
{
    for (int i = 0; i < BLANK_LINES_MAX; i++) {
        SCOPED(secret) struct secret *line = NULL;
        TRY(line_ask(prompt, TOKEN_MAX + PASTE_MAX, &line));
        strip(line);
        if (secret_length(line) == 0)
            continue;
        if (!token_valid((const char *)secret_view(line), secret_length(line)))
            return HF_ETOKEN;
        *out_token = TAKE(line);
        return HF_OK;
    }
    return HF_ETOKEN;
}

int intake_ask(const struct intake *intake, struct secret **out_token)
{
    const char *page = intake->settings != NULL ? intake->settings : SETTINGS_PAGE;
    char prompt[NEXT_MAX], next[NEXT_MAX];
    struct secret *token = NULL;
    enum hf_error error =
        ask_token(say_next(prompt, "Token, from %s (it is not shown): ", page), &token);
    if (error == HF_EEMPTY || error == HF_ETOOBIG)
        error = HF_ETOKEN;
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error,
                           say_next(next, "Copy it as a whole from %s and try again.", page), "%s",
                           intake->command);
    note_unusual(intake, token);
    *out_token = token;
    return TOOL_OK;
}

static bool same(const struct secret *one, const struct secret *other)
{
    return secret_length(one) == secret_length(other) &&
           memcmp(secret_view(one), secret_view(other), secret_length(one)) == 0;
}

static enum hf_error ask_password(const char *prompt, struct secret **out_password)
{
    SCOPED(secret) struct secret *password = NULL;
    TRY(line_ask(prompt, PASSWORD_MAX, &password));
    if (secret_length(password) == 0)
        return HF_EEMPTY;
    *out_password = TAKE(password);
    return HF_OK;
}

/* Twice, where that is wanted. *out_same says whether both were the same. */
static enum hf_error ask_twice(const char *prompt, const char *again, bool *out_same,
                               struct secret **out_password)
{
    SCOPED(secret) struct secret *password = NULL;
    SCOPED(secret) struct secret *second = NULL;
    TRY(ask_password(prompt, &password));
    if (again != NULL)
        TRY(ask_password(again, &second));
    *out_same = second == NULL || same(password, second);
    if (*out_same)
        *out_password = TAKE(password);
    return HF_OK;
}

int intake_password(const char *command, const char *prompt, const char *again,
                    struct secret **out_password)
{
    const char *second = line_interactive() ? again : NULL;
    enum hf_error error = HF_OK;
    for (int i = 0; i < TRIES && error == HF_OK; i++) {
        bool both = false;
        error = ask_twice(prompt, second, &both, out_password);
        if (error == HF_OK && both)
            return TOOL_OK;
        if (error == HF_OK && i < TRIES - 1)
            say_note("%s: the two passwords are not the same; once more", command);
    }
    if (error == HF_OK)
        return say_failure(TOOL_FAILED, HF_OK, "Nothing was changed; try again.",
                           "%s: the two passwords are not the same", command);
    return say_failure(
        TOOL_FAILED, error,
        "A password has 1 to 511 bytes. Without a terminal it is a line of standard input.",
        "%s: the password", command);
}

int intake_name(const char *command, const char *name)
{
    if (say_like_token(name))
        return say_failure(TOOL_USAGE, HF_OK,
                           "A name is not secret. If this was a token, revoke it at " SETTINGS_PAGE,
                           "%s: a name must not begin as tokens do", command);
    if (!token_name_valid(name))
        return say_failure(TOOL_USAGE, HF_ENAME,
                           "A name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with neither . nor -",
                           "%s", command);
    return TOOL_OK;
}

int intake_expires(const char *command, const char *text, uint64_t now, uint64_t *out_expires)
{
    enum hf_error error = text == NULL ? HF_OK : when_parse(text, now, out_expires);
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(
        TOOL_USAGE, HF_OK, "--expires takes YYYY-MM-DD, or days from now as 90d, at most 36500d.",
        error == HF_EEXPIRED ? "%s: that date is not in the future" : "%s: that is not a date",
        command);
}

enum hf_error intake_open(const char *user, const struct sealed_token *sealed,
                          const struct key_pair *pair, struct secret **out_token,
                          struct secret **out_grant)
{
    enum hf_error error = HF_ENOSLOT;
    for (size_t i = 0; i < sealed->slot_count; i++) {
        SCOPED(secret) struct secret *key = NULL;
        const struct slot *slot = &sealed->slots[i];
        const struct slot_context context = {
            .user = user, .name = sealed->name, .id = sealed->id, .recipient = slot->recipient};
        if (memcmp(slot->recipient, pair->public_key, KEY_BYTES) != 0)
            continue;
        error = slot_open(&context, pair, slot->sealed, &key);
        if (error == HF_OK)
            return token_open(user, sealed, key, out_token, out_grant);
    }
    return error;
}

static enum hf_error check_sealed(const struct intake *intake, const struct secret *token,
                                  const struct key_pair *pair, const struct sealed_token *sealed)
{
    SCOPED(secret) struct secret *opened = NULL;
    TRY(intake_open(intake->user, sealed, pair, &opened, NULL));
    return same(token, opened) ? HF_OK : HF_EALTERED;
}

/* Only root opens what is sealed to the machine: so a pair made for this one call does it. */
static enum hf_error seal_and_prove(const struct intake *intake, const struct secret *token,
                                    const struct recipient *recipients, size_t recipient_count,
                                    struct sealed_token *sealed)
{
    SCOPED(key_pair) struct key_pair pair = {.private_key = NULL};
    struct recipient all[SLOTS_MAX] = {0};
    if (recipient_count == 0 || recipient_count >= SLOTS_MAX)
        return HF_EFORMAT;
    TRY(key_pair_new(&pair));
    memcpy(all, recipients, recipient_count * sizeof *recipients);
    all[recipient_count].kind = SLOT_USER;
    memcpy(all[recipient_count].public_key, pair.public_key, KEY_BYTES);
    TRY(token_seal_as(intake->id, intake->user, intake->name, intake->created, intake->expires,
                      token, intake->grant, all, recipient_count + 1, sealed));
    TRY(check_sealed(intake, token, &pair, sealed));
    explicit_bzero(&sealed->slots[--sealed->slot_count], sizeof sealed->slots[0]);
    return HF_OK;
}

static enum hf_error seal_and_check(const struct intake *intake, const struct secret *token,
                                    const struct recipient *recipients, size_t recipient_count,
                                    const struct key_pair *pair, struct sealed_token *sealed)
{
    if (intake->prove && pair == NULL && recipient_count < SLOTS_MAX)
        return seal_and_prove(intake, token, recipients, recipient_count, sealed);
    TRY(token_seal_as(intake->id, intake->user, intake->name, intake->created, intake->expires,
                      token, intake->grant, recipients, recipient_count, sealed));
    return pair == NULL ? HF_OK : check_sealed(intake, token, pair, sealed);
}

enum hf_error intake_seal(const struct intake *intake, const struct secret *token,
                          const struct recipient *recipients, size_t recipient_count,
                          const struct key_pair *pair, struct sealed_token *out_sealed)
{
    struct sealed_token sealed = {0};
    enum hf_error error = seal_and_check(intake, token, recipients, recipient_count, pair, &sealed);
    if (error != HF_OK) {
        sealed_token_clear(&sealed);
        return error;
    }
    if (intake->about != NULL)
        sealed.about = *intake->about;
    *out_sealed = sealed;
    return HF_OK;
}
