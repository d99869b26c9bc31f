#include "tools/holdings/output.h"

#include <stdio.h>
#include <string.h>

#include "tools/holdings/holdings.h"
#include "tools/json-out.h"
#include "tools/when.h"

static size_t name_width(const struct holdings *holdings)
{
    size_t width = 4;
    for (size_t i = 0; i < holdings->count; i++)
        if (strlen(holdings->tokens[i].name) > width)
            width = strlen(holdings->tokens[i].name);
    return width;
}

static void print_token(const struct holding *holding, bool is_default, size_t width)
{
    char seals[SEALS_TEXT_MAX] = "-", expires[WHEN_TEXT_MAX] = "-";
    if (holding->sealed != NULL) {
        (void)seals_text(holding->sealed, seals);
        (void)when_print(holding->sealed->expires, expires);
    }
    printf("%c %-*s  %-7s  %-13s  %-9s  %s\n", is_default ? '*' : ' ', (int)width, holding->name,
           token_state_name(holding->state), seals, holding->source != NULL ? holding->source : "-",
           expires);
}

void output_tokens(const struct holdings *holdings)
{
    const size_t width = name_width(holdings);
    if (holdings->count > 0)
        printf("  %-*s  %-7s  %-13s  %-9s  %s\n", (int)width, "NAME", "STATE", "SEALED", "SOURCE",
               "EXPIRES");
    for (size_t i = 0; i < holdings->count; i++)
        print_token(&holdings->tokens[i],
                    strcmp(holdings->tokens[i].name, holdings_default(holdings)) == 0, width);
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
