#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "keyring/session.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/output.h"
#include "tools/holdings/verdict.h"
#include "tools/json-out.h"
#include "tools/say.h"

struct status {
    struct holdings *holdings;
    struct selection selection;
    struct verdict verdict;
    bool own_session; /* this process has a session keyring of its user */
};

static const char *const way_names[] = {
    [RING_BY_SESSION] = "session", [RING_BY_POINTER] = "pointer", [RING_BY_LISTING] = "listing"};
static const char *const way_texts[] = {
    [RING_BY_SESSION] = "found through this session",
    [RING_BY_POINTER] = "found by the pointer in the user keyring: another session of yours has it",
    [RING_BY_LISTING] = "found in /proc/keys: another session of yours has it",
};
static const char *const by_names[] = {[SELECT_BY_OPTION] = "option",
                                       [SELECT_BY_VARIABLE] = "variable",
                                       [SELECT_BY_FILE] = "file",
                                       [SELECT_BY_DEFAULT] = "default"};

static const char *selected_name(const struct status *status)
{
    return status->selection.by == SELECT_BY_DEFAULT ? holdings_default(status->holdings)
                                                     : status->selection.name;
}

/* Variables that change what a program does, and how. */
static const struct {
    const char *name, *text;
} variables[] = {
    {.name = "HF_OIDC_RESOURCE",
     .text = "is set: the Python client asks there first, also under hf-token run"           },
    {.name = "HF_API_TOKEN",
     .text = "is set: some programs take it before HF_TOKEN, also under hf-token run"        },
    {.name = "HF_HUB_OFFLINE",
     .text = "is set: with 1, on, yes or true programs do not ask the Hub, nor does hf-token"},
    {.name = "HF_ENDPOINT",      .text = "is set: programs send the token there"             },
    {.name = "HF_TOKEN_NAME",    .text = "selects the token"                                 },
};

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0';
}

/* The value of HF_TOKEN, or NULL where it is not set, or empty. */
static const char *set_token(void)
{
    return is_set("HF_TOKEN") ? getenv("HF_TOKEN") : NULL;
}

/* Whether HF_TOKEN has another token than the selected one. What cannot be read here differs. */
static bool differs(const struct status *status, const char *value)
{
    SCOPED(secret) struct secret *token = NULL;
    const struct holdings_ring *ring = &status->holdings->ring;
    if (!ring->found || ring_get(ring->serial, selected_name(status), &token) != HF_OK)
        return true;
    return strlen(value) != secret_length(token) ||
           memcmp(value, secret_view(token), secret_length(token)) != 0;
}

static void print_variables(const struct status *status)
{
    const char *value = set_token();
    if (value != NULL)
        printf("note      HF_TOKEN is set here, and %s the selected token: programs take it, "
               "except under hf-token run, which replaces it\n",
               differs(status, value) ? "differs from" : "is");
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (is_set(variables[i].name))
            printf("note      %s %s\n", variables[i].name, variables[i].text);
}

/* Of a name that is not among the tokens nothing is shown: it may be one. */
static const char *shown_name(const struct status *status)
{
    const char *name = selected_name(status);
    return status->verdict.holding != NULL || say_quotable(name) ? name : "";
}

static const char *selected_state(const struct status *status)
{
    return status->verdict.holding != NULL ? token_state_name(status->verdict.holding->state)
                                           : "none";
}

static void print_head(struct status *status)
{
    const struct holdings_ring *ring = &status->holdings->ring;
    const char *name = shown_name(status);
    printf("user      %s\n", status->holdings->account.name);
    printf("session   %s\n",
           status->own_session ? "has a keyring of its own" : "has no keyring of this user");
    printf("ring      %s\n",
           ring->found ? way_texts[ring->way] : "none: no session of yours holds tokens now");
    printf("selected  %s, by %s%s%s\n", name[0] != '\0' ? name : "none",
           select_origin(&status->selection), name[0] != '\0' ? ": " : "",
           name[0] != '\0' ? selected_state(status) : "");
}

static void print_notes(struct status *status)
{
    print_variables(status);
    if (status->verdict.holding != NULL && status->verdict.holding->state == TOKEN_DUE)
        printf("note      %s has expired; its next use refreshes it at the Hub\n",
               status->verdict.holding->name);
    if (status->selection.ignored != HF_OK)
        printf("note      %s is ignored: %s\n", say_clean(status->selection.ignored_file),
               error_text_open(status->selection.ignored));
    if (status->holdings->switch_error != HF_OK)
        printf("note      " HF_CONF_FILE ": %s\n", error_text_open(status->holdings->switch_error));
    for (size_t i = 0; i < status->holdings->source_count; i++) {
        const struct holdings_source *source = &status->holdings->sources[i];
        if (source->error != HF_OK && source->error != HF_ENOTFOUND)
            printf("note      source %s: %s\n", source->name, error_text(source->error));
    }
}

static int print_text(struct status *status)
{
    print_head(status);
    print_notes(status);
    if (status->verdict.code != TOOL_OK)
        printf("why       %s\nnext      %s\n", status->verdict.why, status->verdict.next);
    if (status->holdings->count > 0)
        printf("\n");
    output_tokens(status->holdings);
    return help_flush();
}

static struct json_object *selected_json(const struct status *status)
{
    struct json_object *selected = json_out_object();
    const char *name = shown_name(status);
    json_out_text(selected, "name", name[0] != '\0' ? name : NULL);
    json_out_text(selected, "by", by_names[status->selection.by]);
    json_out_text(selected, "file",
                  status->selection.by == SELECT_BY_FILE ? status->selection.file : NULL);
    json_out_text(selected, "state", selected_state(status));
    return selected;
}

static struct json_object *sources_json(const struct holdings *holdings)
{
    struct json_object *sources = json_out_array();
    for (size_t i = 0; i < holdings->source_count; i++) {
        const struct holdings_source *source = &holdings->sources[i];
        struct json_object *row = json_out_object();
        json_out_text(row, "name", source->name);
        json_out_bool(row, "document", source->document != NULL);
        json_out_text(row, "error",
                      holdings_source_troubled(source) ? error_text(source->error) : NULL);
        json_out_append(sources, row);
    }
    return sources;
}

static int print_json(struct status *status)
{
    const struct holdings_ring *ring = &status->holdings->ring;
    struct json_object *all = json_out_object(), *environment = json_out_object();
    json_out_text(all, "user", status->holdings->account.name);
    json_out_bool(all, "session", status->own_session);
    json_out_text(all, "ring", ring->found ? way_names[ring->way] : NULL);
    json_out_add(all, "selected", selected_json(status));
    json_out_add(all, "tokens", output_tokens_json(status->holdings));
    json_out_add(all, "sources", sources_json(status->holdings));
    const char *value = set_token();
    json_out_bool(environment, "HF_TOKEN", value != NULL);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        json_out_bool(environment, variables[i].name, is_set(variables[i].name));
    json_out_add(all, "environment", environment);
    json_out_bool(all, "differs", value != NULL && differs(status, value));
    json_out_text(all, "ignored_file",
                  status->selection.ignored != HF_OK ? status->selection.ignored_file : NULL);
    json_out_text(all, "why", status->verdict.code != TOOL_OK ? status->verdict.why : NULL);
    json_out_text(all, "next", status->verdict.code != TOOL_OK ? status->verdict.next : NULL);
    return json_out_print(all);
}

int status_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    struct status status = {0};
    const char *value = "";
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_JSON)
            return arguments_stop(arguments, argument);
        json = true;
    }
    int code = holdings_begin("status", &holdings);
    if (code != TOOL_OK)
        return code;
    status.holdings = holdings;
    status.own_session = session_belongs_to(geteuid());
    select_token(NULL, &status.selection);
    verdict_of(holdings, &status.selection, &status.verdict);
    code = json ? print_json(&status) : print_text(&status);
    return code != TOOL_OK ? code : status.verdict.code;
}
