#include "tools/holdings/output.h"

#include <stdio.h>
#include <string.h>

#include "tools/holdings/holdings.h"
#include "tools/json-out.h"
#include "tools/say.h"
#include "tools/when.h"

/* The columns, each as wide as what is in it; the last one is not filled up. */
enum column {
    COLUMN_NAME,
    COLUMN_STATE,
    COLUMN_SEALED,
    COLUMN_SOURCE,
    COLUMN_EXPIRES,
    COLUMN_ROLE,
    COLUMN_ACCOUNT,
    COLUMN_COUNT
};

struct row {
    const char *cells[COLUMN_COUNT];
    char seals[SEALS_TEXT_MAX], expires[WHEN_TEXT_MAX];
    char role[ABOUT_TEXT_MAX + 1], account[ABOUT_TEXT_MAX + 1];
};

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

/* When its time is over: by its document, or by what the ring has kept of that. 0: never, or not
   known. */
static uint64_t expiry_of(const struct holding *holding)
{
    if (holding->sealed != NULL)
        return holding->sealed->expires;
    return holding->origin != NULL ? holding->origin->token_expires : 0;
}

/* Of a token of an engine only the one that has opened it is known. */
static unsigned seals_of_holding(const struct holding *holding)
{
    static const unsigned seals[ORIGIN_KEY_COUNT] = {
        [ORIGIN_KEY_HOST] = 1u << SLOT_HOST,
        [ORIGIN_KEY_POOL] = 1u << SLOT_POOL,
        [ORIGIN_KEY_USER] = 1u << SLOT_USER,
    };
    if (holding->sealed != NULL)
        return seals_of(holding->sealed);
    return holding->origin != NULL ? seals[holding->origin->key] : 0;
}

static bool has_expiry(const struct holding *holding)
{
    return holding->sealed != NULL || holding->origin != NULL;
}

static void fill(struct row *row, const struct holding *holding)
{
    const char *const cells[COLUMN_COUNT] = {
        [COLUMN_NAME] = holding->name,
        [COLUMN_STATE] = token_state_name(holding->state),
        [COLUMN_SEALED] = seals_text(seals_of_holding(holding), row->seals),
        [COLUMN_SOURCE] = holding->source != NULL ? holding->source : "-",
        [COLUMN_EXPIRES] = has_expiry(holding) ? when_print(expiry_of(holding), row->expires) : "-",
        [COLUMN_ROLE] = role_of(holding, row->role),
        [COLUMN_ACCOUNT] = account_of(holding, row->account)};
    memcpy(row->cells, cells, sizeof cells);
}

static void widen(int widths[static COLUMN_COUNT], const struct row *row)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        if ((int)strlen(row->cells[i]) > widths[i])
            widths[i] = (int)strlen(row->cells[i]);
}

static void print_row(const int widths[static COLUMN_COUNT], char mark, const struct row *row)
{
    printf("%c ", mark);
    for (size_t i = 0; i < COLUMN_ACCOUNT; i++)
        printf("%-*s  ", widths[i], row->cells[i]);
    printf("%s\n", row->cells[COLUMN_ACCOUNT]);
}

void output_tokens(const struct holdings *holdings)
{
    static const struct row head = {
        .cells = {"NAME", "STATE", "SEALED", "SOURCE", "EXPIRES", "ROLE", "ACCOUNT"}
    };
    int widths[COLUMN_COUNT] = {0};
    struct row row;
    widen(widths, &head);
    for (size_t i = 0; i < holdings->count; i++) {
        fill(&row, &holdings->tokens[i]);
        widen(widths, &row);
    }
    if (holdings->count > 0)
        print_row(widths, ' ', &head);
    for (size_t i = 0; i < holdings->count; i++) {
        const char *name = holdings->tokens[i].name;
        fill(&row, &holdings->tokens[i]);
        print_row(widths, strcmp(name, holdings_default(holdings)) == 0 ? '*' : ' ', &row);
    }
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
    const struct ring_origin *origin = holding->origin;
    const bool revoked = origin != NULL && holding->state == TOKEN_REVOKED;
    const bool withdrawn = origin != NULL && holding->state == TOKEN_WITHDRAWN;
    const bool placed = origin != NULL && origin->state == ORIGIN_PLACED;
    json_out_text(token, "name", holding->name);
    json_out_text(token, "state", token_state_name(holding->state));
    json_out_bool(token, "default", is_default);
    json_out_text(token, "source", holding->source);
    json_out_seals(token, seals_of_holding(holding));
    json_out_when(token, "created", holding->sealed != NULL ? holding->sealed->created : 0);
    json_out_when(token, "expires", expiry_of(holding));
    json_out_when(token, "confirmed", placed ? origin->confirmed : 0);
    json_out_when(token, "revoked", revoked ? origin->confirmed : 0);
    json_out_when(token, "withdrawn", withdrawn ? origin->confirmed : 0);
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
