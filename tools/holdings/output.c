#include "tools/holdings/output.h"

#include <stdio.h>
#include <string.h>

#include "tools/holdings/holdings.h"
#include "tools/json-out.h"
#include "tools/say.h"
#include "tools/when.h"

static size_t name_width(const struct holdings *holdings)
{
    size_t width = 4;
    for (size_t i = 0; i < holdings->count; i++)
        if (strlen(holdings->tokens[i].name) > width)
            width = strlen(holdings->tokens[i].name);
    return width;
}

/* What the Hub said of it, as far as it was asked. */
static const char *account_of(const struct holding *holding, char text[static ABOUT_TEXT_MAX + 1])
{
    if (holding->sealed == NULL)
        return "-";
    if (holding->sealed->about.checked == 0)
        return "unchecked";
    memcpy(text, holding->sealed->about.account, sizeof holding->sealed->about.account);
    return say_clean(text);
}

static const char *role_of(const struct holding *holding, char text[static ABOUT_TEXT_MAX + 1])
{
    if (holding->sealed == NULL || holding->sealed->about.role[0] == '\0')
        return "-";
    if (strcmp(holding->sealed->about.role, "fineGrained") == 0)
        return "fine-grained";
    memcpy(text, holding->sealed->about.role, sizeof holding->sealed->about.role);
    return say_clean(text);
}

static void print_token(const struct holding *holding, bool is_default, size_t width)
{
    char seals[SEALS_TEXT_MAX] = "-", expires[WHEN_TEXT_MAX] = "-";
    char account[ABOUT_TEXT_MAX + 1], role[ABOUT_TEXT_MAX + 1];
    if (holding->sealed != NULL) {
        (void)seals_text(holding->sealed, seals);
        (void)when_print(holding->sealed->expires, expires);
    }
    printf("%c %-*s  %-7s  %-13s  %-9s  %-16s  %-12s  %s\n", is_default ? '*' : ' ', (int)width,
           holding->name, token_state_name(holding->state), seals,
           holding->source != NULL ? holding->source : "-", expires, role_of(holding, role),
           account_of(holding, account));
}

void output_tokens(const struct holdings *holdings)
{
    const size_t width = name_width(holdings);
    if (holdings->count > 0)
        printf("  %-*s  %-7s  %-13s  %-9s  %-16s  %-12s  %s\n", (int)width, "NAME", "STATE",
               "SEALED", "SOURCE", "EXPIRES", "ROLE", "ACCOUNT");
    for (size_t i = 0; i < holdings->count; i++)
        print_token(&holdings->tokens[i],
                    strcmp(holdings->tokens[i].name, holdings_default(holdings)) == 0, width);
}

/* What the Hub did not say is null. */
static void add_text(struct json_object *object, const char *member, const char *text)
{
    json_out_text(object, member, text[0] != '\0' ? text : NULL);
}

static struct json_object *about_json(const struct token_about *about)
{
    struct json_object *hub = json_out_object(), *organisations = json_out_array();
    for (size_t i = 0; i < about->organisation_count; i++)
        json_out_append(organisations, json_out_string(about->organisations[i]));
    json_out_when(hub, "checked", about->checked);
    add_text(hub, "endpoint", about->endpoint);
    add_text(hub, "account", about->account);
    add_text(hub, "kind", about->kind);
    add_text(hub, "role", about->role);
    add_text(hub, "display_name", about->display_name);
    json_out_when(hub, "created", about->created);
    json_out_when(hub, "expires", about->expires);
    json_out_add(hub, "organisations", organisations);
    return hub;
}

static struct json_object *token_json(const struct holding *holding, bool is_default)
{
    struct json_object *token = json_out_object();
    json_out_text(token, "name", holding->name);
    json_out_text(token, "state", token_state_name(holding->state));
    json_out_bool(token, "default", is_default);
    json_out_text(token, "source", holding->source);
    if (holding->sealed != NULL)
        json_out_seals(token, holding->sealed);
    else
        json_out_add(token, "seals", json_out_array());
    json_out_when(token, "created", holding->sealed != NULL ? holding->sealed->created : 0);
    json_out_when(token, "expires", holding->sealed != NULL ? holding->sealed->expires : 0);
    json_out_add(token, "hub",
                 holding->sealed != NULL && holding->sealed->about.checked != 0
                     ? about_json(&holding->sealed->about)
                     : NULL);
    return token;
}

struct json_object *output_tokens_json(const struct holdings *holdings)
{
    struct json_object *tokens = json_out_array();
    for (size_t i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->tokens[i];
        json_out_append(
            tokens, token_json(holding, strcmp(holding->name, holdings_default(holdings)) == 0));
    }
    return tokens;
}
