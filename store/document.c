#include "store/document.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/dates.h"
#include "store/json.h"
#include "store/seal.h"

static const char *const document_members[] = {"version", "user",    "generation", "issued",
                                               "until",   "default", "tokens",     NULL};
static const char *const token_members[] = {"name",       "id",    "created", "expires",
                                            "commitment", "nonce", "sealed",  "slots",
                                            "grant",      "hub",   "mark",    NULL};
static const char *const slot_members[] = {"kind", "recipient", "sealed", NULL};

/* Room for the longest kind and one byte more, so that a longer word is no kind by its length. */
#define KIND_SIZE 8

void sealed_token_clear(struct sealed_token *token)
{
    free(token->sealed);
    *token = (struct sealed_token){0};
}

enum hf_error document_new(const char *user, struct document **out_document)
{
    if (!user_name_valid(user))
        return HF_ENAME;
    struct document *document = calloc(1, sizeof *document);
    if (document == NULL)
        return HF_ENOMEM;
    memcpy(document->user, user, strlen(user) + 1);
    *out_document = document;
    return HF_OK;
}

void document_free(struct document *document)
{
    if (document == NULL)
        return;
    for (size_t i = 0; i < document->token_count; i++)
        sealed_token_clear(&document->tokens[i]);
    free(document);
}

static enum hf_error parse_slot(const struct json_object *object, struct slot *slot)
{
    char kind[KIND_SIZE];
    TRY(json_only(object, slot_members));
    TRY(json_text(object, "kind", kind, sizeof kind));
    TRY(slot_kind_parse(kind, &slot->kind));
    TRY(json_bytes(object, "recipient", slot->recipient, sizeof slot->recipient));
    return json_bytes(object, "sealed", slot->sealed, sizeof slot->sealed);
}

static enum hf_error parse_slots(const struct json_object *object, struct sealed_token *token)
{
    const struct json_object *list = NULL, *element = NULL;
    size_t count = 0;
    TRY(json_list(object, "slots", 1, SLOTS_MAX, &list, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(json_element(list, i, &element));
        TRY(parse_slot(element, &token->slots[i]));
    }
    token->slot_count = count;
    return HF_OK;
}

/* Missing where the Hub was not asked. */
static enum hf_error parse_about(const struct json_object *object, struct sealed_token *token)
{
    const struct json_object *about = NULL;
    if (!json_has(object, "hub"))
        return HF_OK;
    TRY(json_member(object, "hub", &about));
    return about_parse(about, &token->about);
}

/* Missing where no admin published the token. */
static enum hf_error parse_mark(const struct json_object *object, struct sealed_token *token)
{
    if (!json_has(object, "mark"))
        return HF_OK;
    TRY(json_bytes(object, "mark", token->mark, sizeof token->mark));
    token->has_mark = true;
    return HF_OK;
}

/* What the token owns already when this fails is the caller's to clear. */
static enum hf_error parse_token(const struct json_object *object, struct sealed_token *token)
{
    TRY(json_only(object, token_members));
    TRY(json_text(object, "name", token->name, sizeof token->name));
    if (!token_name_valid(token->name))
        return HF_EFORMAT;
    TRY(json_bytes(object, "id", token->id, sizeof token->id));
    TRY(json_number(object, "created", 0, JSON_NUMBER_MAX, &token->created));
    TRY(json_number(object, "expires", 0, JSON_NUMBER_MAX, &token->expires));
    TRY(json_bytes(object, "commitment", token->commitment, sizeof token->commitment));
    TRY(json_bytes(object, "nonce", token->nonce, sizeof token->nonce));
    TRY(json_any_bytes(object, "sealed", TOKEN_SEALED_MAX, &token->sealed, &token->sealed_length));
    if (!token_sealed_length_valid(token->sealed_length))
        return HF_EFORMAT;
    TRY(parse_slots(object, token));
    TRY(json_flag(object, "grant", &token->has_grant));
    TRY(parse_mark(object, token));
    return parse_about(object, token);
}

static enum hf_error parse_tokens(const struct json_object *object, struct document *document)
{
    const struct json_object *list = NULL, *element = NULL;
    size_t count = 0;
    TRY(json_list(object, "tokens", 0, TOKENS_MAX, &list, &count));
    for (size_t i = 0; i < count; i++) {
        struct sealed_token *token = &document->tokens[i];
        document->token_count = i + 1;
        TRY(json_element(list, i, &element));
        TRY(parse_token(element, token));
        if (document_find(document, token->name) != token)
            return HF_EDUPLICATE;
    }
    return HF_OK;
}

/* Both, or none where no admin published the document. */
static enum hf_error parse_dates(const struct json_object *object, struct document *document)
{
    if (!json_has(object, "issued") && !json_has(object, "until"))
        return HF_OK;
    return dates_parse(object, &document->issued, &document->until);
}

static enum hf_error parse_default(const struct json_object *object, struct document *document)
{
    char *name = document->default_name;
    TRY(json_text(object, "default", name, sizeof document->default_name));
    if (document->token_count == 0)
        return name[0] == '\0' ? HF_OK : HF_EFORMAT;
    return document_find(document, name) != NULL ? HF_OK : HF_EFORMAT;
}

enum hf_error document_parse(const char *bytes, size_t length, const char *user,
                             struct document **out_document)
{
    SCOPED(json) struct json_object *object = NULL;
    SCOPED(document) struct document *document = NULL;
    TRY(json_parse(bytes, length, &object));
    TRY(json_header(object, DOCUMENT_VERSION, user));
    TRY(json_only(object, document_members));
    TRY(document_new(user, &document));
    TRY(json_number(object, "generation", 0, JSON_NUMBER_MAX, &document->generation));
    TRY(parse_dates(object, document));
    TRY(parse_tokens(object, document));
    TRY(parse_default(object, document));
    *out_document = TAKE(document);
    return HF_OK;
}

static enum hf_error print_slot(const struct slot *slot, struct json_object *object)
{
    TRY(json_add_text(object, "kind", slot_kind_name(slot->kind)));
    TRY(json_add_bytes(object, "recipient", slot->recipient, sizeof slot->recipient));
    return json_add_bytes(object, "sealed", slot->sealed, sizeof slot->sealed);
}

static enum hf_error print_token(const struct sealed_token *token, struct json_object *object)
{
    struct json_object *slots = NULL, *slot = NULL, *about = NULL;
    TRY(json_add_text(object, "name", token->name));
    TRY(json_add_bytes(object, "id", token->id, sizeof token->id));
    TRY(json_add_number(object, "created", token->created));
    TRY(json_add_number(object, "expires", token->expires));
    TRY(json_add_bytes(object, "commitment", token->commitment, sizeof token->commitment));
    TRY(json_add_bytes(object, "nonce", token->nonce, sizeof token->nonce));
    TRY(json_add_bytes(object, "sealed", token->sealed, token->sealed_length));
    TRY(json_add_list(object, "slots", &slots));
    for (size_t i = 0; i < token->slot_count; i++) {
        TRY(json_add_element(slots, &slot));
        TRY(print_slot(&token->slots[i], slot));
    }
    if (token->has_grant)
        TRY(json_add_flag(object, "grant"));
    if (token->has_mark)
        TRY(json_add_bytes(object, "mark", token->mark, sizeof token->mark));
    if (token->about.checked == 0)
        return HF_OK;
    TRY(json_add_object(object, "hub", &about));
    return about_print(&token->about, about);
}

enum hf_error document_print(const struct document *document, char **out_text, size_t *out_length)
{
    SCOPED(json) struct json_object *object = NULL;
    struct json_object *tokens = NULL, *token = NULL;
    TRY(json_new(DOCUMENT_VERSION, document->user, &object));
    TRY(json_add_number(object, "generation", document->generation));
    if (document->issued != 0 || document->until != 0)
        TRY(dates_print(document->issued, document->until, object));
    TRY(json_add_text(object, "default", document->default_name));
    TRY(json_add_list(object, "tokens", &tokens));
    for (size_t i = 0; i < document->token_count; i++) {
        TRY(json_add_element(tokens, &token));
        TRY(print_token(&document->tokens[i], token));
    }
    return json_print(object, out_text, out_length);
}

struct sealed_token *document_find(struct document *document, const char *name)
{
    for (size_t i = 0; i < document->token_count; i++)
        if (strcmp(document->tokens[i].name, name) == 0)
            return &document->tokens[i];
    return NULL;
}

enum hf_error document_put(struct document *document, struct sealed_token *token)
{
    struct sealed_token *place = document_find(document, token->name);
    if (place == NULL && document->token_count == TOKENS_MAX)
        return HF_EFULL;
    if (place == NULL)
        place = &document->tokens[document->token_count++];
    sealed_token_clear(place);
    *place = *token;
    *token = (struct sealed_token){0};
    if (document->default_name[0] == '\0')
        memcpy(document->default_name, place->name, sizeof document->default_name);
    return HF_OK;
}

enum hf_error document_remove(struct document *document, const char *name)
{
    struct sealed_token *token = document_find(document, name);
    if (token == NULL)
        return HF_ENOTFOUND;
    bool was_default = strcmp(document->default_name, token->name) == 0;
    sealed_token_clear(token);
    size_t behind = (size_t)(document->tokens + document->token_count - (token + 1));
    memmove(token, token + 1, behind * sizeof *token);
    document->token_count--;
    document->tokens[document->token_count] = (struct sealed_token){0};
    /* Without any token left, the first place is empty, and so is its name. */
    if (was_default)
        memcpy(document->default_name, document->tokens[0].name, sizeof document->default_name);
    return HF_OK;
}

enum hf_error document_set_default(struct document *document, const char *name)
{
    const struct sealed_token *token = document_find(document, name);
    if (token == NULL)
        return HF_ENOTFOUND;
    memcpy(document->default_name, token->name, sizeof document->default_name);
    return HF_OK;
}
