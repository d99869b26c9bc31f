#include <stdio.h>
#include <string.h>

#include "hub/access.h"
#include "hub/whoami.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/selected.h"
#include "tools/hf-token-hub/speak.h"

struct check {
    struct endpoint endpoint;
    struct repository repository;
    struct selected selected;
    struct hub_fault fault;     /* why it does not reach it */
    struct hub_account account; /* asked for only then */
    struct hub_fault whoami;    /* HUB_OK: the account is known */
};

static void check_scope_end(struct check *check)
{
    selected_clear(&check->selected);
}

/* As the Hub's own addresses have it: a model's page has no kind in front. */
static const char *kind_prefix(const struct repository *repository)
{
    if (strcmp(repository->kind, "datasets") == 0)
        return "datasets/";
    return strcmp(repository->kind, "spaces") == 0 ? "spaces/" : "";
}

/* Whether a scope names the repository, or its owner; what was cut off the list may. */
static bool has_scope(const struct check *check)
{
    const struct hub_account *account = &check->account;
    const char *id = check->repository.id;
    const size_t owner = strcspn(id, "/");
    for (size_t i = 0; i < account->scope_count; i++) {
        const char *name = strchr(account->scopes[i].entity, ' ');
        if (name != NULL && (strcmp(name + 1, id) == 0 ||
                             (strncmp(name + 1, id, owner) == 0 && name[1 + owner] == '\0')))
            return true;
    }
    return account->scopes_all > account->scope_count;
}

static bool is_fine_grained(const struct check *check)
{
    return check->whoami.kind == HUB_OK && strcmp(check->account.role, "fineGrained") == 0;
}

/* What the Hub says of the repository depends on the token: one more question tells it apart. */
static void ask_account(struct check *check)
{
    if (whoami_ask(&check->endpoint, check->selected.token, &check->account, &check->whoami) !=
            HUB_OK &&
        check->whoami.kind == HUB_OK)
        check->whoami.kind = HUB_LOCAL;
}

static const char *explain_token(const struct check *check, char next[static NEXT_MAX])
{
    char page[SETTINGS_SIZE];
    if (check->whoami.kind == HUB_REFUSED)
        return say_next(next,
                        "The token is revoked or has expired. Make a new one at %s; then: hf-token "
                        "login --name %s",
                        speak_settings(&check->endpoint, page),
                        check->selected.name[0] != '\0' ? check->selected.name : "NAME");
    if (check->whoami.kind == HUB_OK)
        return say_next(next,
                        "The token is good, as %s's: there is no such repository, or it is private",
                        check->account.name);
    return "hf-token whoami tells whether the Hub takes the token at all.";
}

static const char *explain_gated(const struct check *check, char next[static NEXT_MAX])
{
    char page[SETTINGS_SIZE];
    if (is_fine_grained(check) && !check->account.reads_gated)
        return say_next(next,
                        "This fine-grained token may not read gated repositories; allow it at %s, "
                        "and ask for access at %s/%s%s",
                        speak_settings(&check->endpoint, page), check->endpoint.url,
                        kind_prefix(&check->repository), check->repository.id);
    return say_next(next, "Ask for access at %s/%s%s", check->endpoint.url,
                    kind_prefix(&check->repository), check->repository.id);
}

static const char *explain_denied(const struct check *check, char next[static NEXT_MAX])
{
    char page[SETTINGS_SIZE];
    (void)speak_settings(&check->endpoint, page);
    /* The Hub refuses the same way what is gated to a token that may read nothing gated. */
    if (is_fine_grained(check) && !has_scope(check))
        return say_next(next, "This fine-grained token has no scope for %.*s%s; change it at %s",
                        (int)strcspn(check->repository.id, "/"), check->repository.id,
                        check->account.reads_gated ? "" : ", and may not read gated repositories",
                        page);
    if (check->whoami.kind == HUB_OK && check->account.role[0] != '\0')
        return say_next(next, "Its role is %s; one that may read it is made at %s",
                        about_role(check->account.role), page);
    return say_next(next, "See what it may do: hf-token whoami; and change it at %s", page);
}

static const char *explain_not_found(const struct check *check, char next[static NEXT_MAX])
{
    char page[SETTINGS_SIZE];
    if (check->whoami.kind == HUB_REFUSED)
        return explain_token(check, next);
    if (is_fine_grained(check) && !has_scope(check))
        return say_next(next,
                        "Look at its name; if it is private: this fine-grained token has no scope "
                        "for %.*s; give it one at %s",
                        (int)strcspn(check->repository.id, "/"), check->repository.id,
                        speak_settings(&check->endpoint, page));
    return "Look at its name, and at datasets/ or spaces/ before it; if it is private, its owner "
           "lets you in.";
}

static const char *explain(const struct check *check, char next[static NEXT_MAX])
{
    switch (check->fault.kind) {
    case HUB_REFUSED:
        return explain_token(check, next);
    case HUB_GATED:
        return explain_gated(check, next);
    case HUB_DENIED:
        return explain_denied(check, next);
    case HUB_NOT_FOUND:
        return explain_not_found(check, next);
    case HUB_POLICY:
        return "The organisation wants a fine-grained token, or one that it has approved: ask its "
               "administrator.";
    default:
        return NULL;
    }
}

static int say_no_repository(const struct arguments *arguments, const struct check *check,
                             enum hf_error error)
{
    char what[NEXT_MAX];
    if (error != HF_EENDPOINT)
        return arguments_wrong(arguments, "REPO is OWNER/NAME, models/OWNER/NAME, "
                                          "datasets/OWNER/NAME, spaces/OWNER/NAME or its page");
    return arguments_wrong(
        arguments, say_next(what, "that page is of another Hub than %s", check->endpoint.url));
}

static int say_fault(struct check *check)
{
    char next[NEXT_MAX];
    if (hub_fault_is_refusal(check->fault.kind))
        ask_account(check);
    const char *explained = explain(check, next);
    return speak_fault("check", &check->fault, explained == next ? say_clean(next) : explained);
}

/* -1 to go on. */
static int read_words(struct arguments *arguments, const char **out_option, const char **out_text)
{
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            *out_option = value;
        else if (argument == ARGUMENT_OPERAND && *out_text == NULL)
            *out_text = value;
        else
            return arguments_stop(arguments, argument);
    }
    return *out_text == NULL ? arguments_missing(arguments, 0) : -1;
}

int check_command(struct arguments *arguments)
{
    SCOPED(check) struct check check = {.selected = {.token = NULL}};
    const char *option = NULL, *text = NULL;
    int code = read_words(arguments, &option, &text);
    if (code != -1)
        return code;
    code = speak_begin("check", &check.endpoint);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = repository_parse(&check.endpoint, text, &check.repository);
    if (error != HF_OK)
        return say_no_repository(arguments, &check, error);
    code = selected_obtain("check", option, &check.endpoint, &check.selected);
    if (code != TOOL_OK)
        return code;
    if (access_ask(&check.endpoint, check.selected.token, &check.repository, &check.fault) !=
        HUB_OK)
        return say_fault(&check);
    printf("%s%s: the token reaches it\n", kind_prefix(&check.repository), check.repository.id);
    return help_flush();
}
