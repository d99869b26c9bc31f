#include "tools/fleet/status.h"

#include <stdio.h>
#include <string.h>

#include "tools/fleet/fleet.h"
#include "tools/json-out.h"
#include "tools/when.h"

#define DOCUMENT_ROW "%-16s  %c %-16s  %-16s  %-11s  %-24s  %-13s  %s\n"
#define HOST_ROW     "%-24s  %-13s  %s\n"

/* Room for the recipients of a token, with commas. */
#define RECIPIENTS_TEXT_MAX ((size_t)SLOTS_MAX * (RECIPIENT_TEXT_MAX + 1))

static const char *recipients_text(const struct roster *roster, const struct sealed_token *token,
                                   char text[static RECIPIENTS_TEXT_MAX])
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < token->slot_count; i++) {
        char name[RECIPIENT_TEXT_MAX];
        used +=
            (size_t)snprintf(text + used, RECIPIENTS_TEXT_MAX - used, "%s%s", used > 0 ? "," : "",
                             recipient_text(roster, &token->slots[i], name));
    }
    return text;
}

static void print_row(const struct document *document, char mark, const char *name,
                      const char *expires, const char *role, const char *recipients)
{
    char generation[24], until[WHEN_TEXT_MAX];
    (void)snprintf(generation, sizeof generation, "%llu", (unsigned long long)document->generation);
    printf(DOCUMENT_ROW, document->user, mark, name, expires, role, recipients, generation,
           when_print(document->until, until));
}

void status_print_document(const struct roster *roster, const struct document *document,
                           bool headed)
{
    if (!headed)
        printf(DOCUMENT_ROW, "USER", ' ', "NAME", "EXPIRES", "ROLE", "SEALED TO", "GENERATION",
               "DOCUMENT UNTIL");
    if (document->token_count == 0)
        print_row(document, ' ', "-", "-", "-", "-");
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *token = &document->tokens[i];
        char expires[WHEN_TEXT_MAX], recipients[RECIPIENTS_TEXT_MAX];
        print_row(document, strcmp(document->default_name, token->name) == 0 ? '*' : ' ',
                  token->name, when_print(token->expires, expires),
                  token->about.role[0] != '\0' ? token->about.role : "-",
                  recipients_text(roster, token, recipients));
    }
}

void status_print_host(const struct roster_host *host, const struct seen *seen, bool headed)
{
    char generation[24], when[WHEN_TEXT_MAX];
    (void)snprintf(generation, sizeof generation, "%llu", (unsigned long long)seen->generation);
    if (!headed)
        printf("\n" HOST_ROW, "HOST", "HAS SEEN", "AT");
    printf(HOST_ROW, host->name, seen->generation > 0 ? generation : "-",
           seen->generation > 0 ? when_print(seen->when, when) : "-");
}

static struct json_object *recipients_json(const struct roster *roster,
                                           const struct sealed_token *token)
{
    struct json_object *recipients = json_out_array();
    for (size_t i = 0; i < token->slot_count; i++) {
        const struct slot *slot = &token->slots[i];
        struct json_object *row = json_out_object();
        char key[KEY_TEXT_SIZE];
        bool present = true;
        const struct roster_host *host =
            slot->kind == SLOT_HOST ? roster_host_of(roster, slot->recipient) : NULL;
        const struct pool_file *pool =
            slot->kind == SLOT_POOL ? roster_pool_of(roster, slot->recipient, &present) : NULL;
        json_out_text(row, "kind", slot_kind_name(slot->kind));
        json_out_text(row, "name", host != NULL ? host->name : pool != NULL ? pool->name : NULL);
        json_out_text(row, "key", key_text(slot->recipient, key));
        json_out_append(recipients, row);
    }
    return recipients;
}

static struct json_object *token_json(const struct roster *roster, const struct document *document,
                                      const struct sealed_token *token)
{
    struct json_object *row = json_out_object();
    const char *role = token->about.role;
    json_out_text(row, "name", token->name);
    json_out_bool(row, "default", strcmp(document->default_name, token->name) == 0);
    json_out_when(row, "created", token->created);
    json_out_when(row, "expires", token->expires);
    json_out_text(row, "role", role[0] != '\0' ? role : NULL);
    json_out_add(row, "recipients", recipients_json(roster, token));
    return row;
}

struct json_object *status_document_json(const struct roster *roster,
                                         const struct document *document)
{
    struct json_object *row = json_out_object(), *tokens = json_out_array();
    json_out_text(row, "user", document->user);
    json_out_number(row, "generation", document->generation);
    json_out_when(row, "issued", document->issued);
    json_out_when(row, "until", document->until);
    for (size_t i = 0; i < document->token_count; i++)
        json_out_append(tokens, token_json(roster, document, &document->tokens[i]));
    json_out_add(row, "tokens", tokens);
    return row;
}

struct json_object *status_host_json(const struct roster_host *host, const struct seen *seen)
{
    struct json_object *row = json_out_object();
    json_out_text(row, "name", host->name);
    json_out_when(row, "generation", seen->generation);
    json_out_when(row, "seen", seen->when);
    return row;
}

struct json_object *status_head_json(const struct head *head)
{
    struct json_object *row = json_out_object();
    json_out_number(row, "generation", head->generation);
    json_out_when(row, "issued", head->issued);
    json_out_when(row, "until", head->until);
    json_out_bool(row, "open", head->open);
    return row;
}
