#include "hub/whoami.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-token-hub/about.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/selected.h"
#include "tools/hf-token-hub/speak.h"
#include "tools/json-out.h"
#include "tools/when.h"

/* A line of the table; without a value there is none. */
static void print_line(const char *what, const char *value)
{
    char text[NEXT_MAX];
    if (value[0] == '\0')
        return;
    (void)say_next(text, "%s", value);
    printf("%-14s%s\n", what, say_clean(text));
}

static void print_when(const char *what, uint64_t when, const char *never)
{
    char text[WHEN_TEXT_MAX];
    print_line(what, when != 0 ? when_print(when, text) : never);
}

static void print_more(const char *what, size_t count, size_t all)
{
    if (all > count)
        printf("%-14sand %zu more\n", what, all - count);
}

static void print_lists(const struct hub_account *account)
{
    char text[NEXT_MAX];
    for (size_t i = 0; i < account->organisation_count; i++)
        print_line(i == 0 ? "organisations" : "", account->organisations[i]);
    print_more("", account->organisation_count, account->organisations_all);
    for (size_t i = 0; i < account->scope_count; i++)
        print_line(i == 0 ? "scopes" : "", say_next(text, "%s: %s", account->scopes[i].entity,
                                                    account->scopes[i].permissions));
    print_more("", account->scope_count, account->scopes_all);
}

static int print_text(const struct endpoint *endpoint, const struct hub_account *account)
{
    print_line("account", account->name);
    print_line("kind", account->kind);
    print_line("full name", account->full_name);
    print_line("token", account->display_name);
    print_line("role", about_role(account->role));
    print_when("created", account->created, "");
    print_when("expires", account->expires, "never, or not said");
    print_lists(account);
    if (strcmp(account->role, "fineGrained") == 0)
        print_line("gated", account->reads_gated ? "may read gated repositories of others"
                                                 : "may not read gated repositories of others");
    print_line("endpoint", endpoint->url);
    return help_flush();
}

/* What the Hub did not say is null. */
static void add_text(struct json_object *object, const char *member, const char *text)
{
    json_out_text(object, member, text[0] != '\0' ? text : NULL);
}

static struct json_object *scopes_json(const struct hub_account *account)
{
    struct json_object *scopes = json_out_array();
    for (size_t i = 0; i < account->scope_count; i++) {
        struct json_object *scope = json_out_object();
        json_out_text(scope, "entity", account->scopes[i].entity);
        json_out_text(scope, "permissions", account->scopes[i].permissions);
        json_out_append(scopes, scope);
    }
    return scopes;
}

/* The Hub says this of fine-grained tokens alone; of others false would be wrong. */
static void add_scopes(struct json_object *all, const struct hub_account *account)
{
    const bool fine = strcmp(account->role, "fineGrained") == 0;
    json_out_add(all, "scopes", fine ? scopes_json(account) : NULL);
    json_out_number(all, "scopes_all", account->scopes_all);
    if (fine)
        json_out_bool(all, "reads_gated", account->reads_gated);
    else
        json_out_add(all, "reads_gated", NULL);
}

static int print_json(const struct endpoint *endpoint, const struct hub_account *account)
{
    struct json_object *all = json_out_object(), *organisations = json_out_array();
    for (size_t i = 0; i < account->organisation_count; i++)
        json_out_append(organisations, json_out_string(account->organisations[i]));
    json_out_text(all, "endpoint", endpoint->url);
    add_text(all, "account", account->name);
    add_text(all, "kind", account->kind);
    add_text(all, "full_name", account->full_name);
    add_text(all, "role", account->role);
    add_text(all, "display_name", account->display_name);
    json_out_when(all, "created", account->created);
    json_out_when(all, "expires", account->expires);
    json_out_add(all, "organisations", organisations);
    json_out_number(all, "organisations_all", account->organisations_all);
    add_scopes(all, account);
    return json_out_print(all);
}

static int say_fault(const struct endpoint *endpoint, const struct selected *selected,
                     const struct hub_fault *fault)
{
    char page[SETTINGS_SIZE], next[NEXT_MAX];
    if (!hub_fault_is_refusal(fault->kind))
        return speak_fault("whoami", fault, NULL);
    return speak_fault("whoami", fault,
                       say_next(next, "Make a new one at %s; then: hf-token login --name %s",
                                speak_settings(endpoint, page),
                                selected->name[0] != '\0' ? selected->name : "NAME"));
}

int whoami_command(struct arguments *arguments)
{
    SCOPED(selected) struct selected selected = {0};
    struct endpoint endpoint;
    struct hub_account account;
    struct hub_fault fault = {0};
    const char *value = "", *option = NULL;
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            option = value;
        else if (argument == OPTION_JSON)
            json = true;
        else
            return arguments_stop(arguments, argument);
    }
    int code = speak_begin("whoami", &endpoint);
    if (code == TOOL_OK)
        code = selected_obtain("whoami", option, &endpoint, &selected);
    if (code != TOOL_OK)
        return code;
    if (whoami_ask(&endpoint, selected.token, &account, &fault) != HUB_OK)
        return say_fault(&endpoint, &selected, &fault);
    selected_note("whoami", &selected, &endpoint, &account);
    return json ? print_json(&endpoint, &account) : print_text(&endpoint, &account);
}
