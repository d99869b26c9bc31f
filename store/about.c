#include "store/about.h"

#include <stdbool.h>
#include <string.h>

#include "common/character.h"
#include "store/json.h"

/* In the document's order. */
static const char *const members[] = {
    "checked",      "endpoint", "account", "kind",          "role",
    "display_name", "created",  "expires", "organisations", NULL};

/* What hub/endpoint.h prints: nothing that a shell or a terminal takes for more than letters. Which
   Hub that is, who asks one decides. */
static bool is_endpoint(const char *text)
{
    static const char characters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/[]";
    const size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                          : strncmp(text, "http://", 7) == 0 ? 7
                                                             : 0;
    const size_t rest = strspn(text + scheme, characters);
    return scheme != 0 && rest != 0 && text[scheme + rest] == '\0';
}

static enum hf_error parse_text(const struct json_object *object, const char *member,
                                char *out_text, size_t size)
{
    TRY(json_text(object, member, out_text, size));
    return character_all_shown(out_text) ? HF_OK : HF_EFORMAT;
}

static enum hf_error parse_endpoint(const struct json_object *object, struct token_about *about)
{
    TRY(json_text(object, "endpoint", about->endpoint, sizeof about->endpoint));
    return is_endpoint(about->endpoint) ? HF_OK : HF_EFORMAT;
}

static enum hf_error parse_organisations(const struct json_object *object,
                                         struct token_about *about)
{
    const struct json_object *list = NULL;
    size_t count = 0;
    TRY(json_list(object, "organisations", 0, ABOUT_ORGANISATIONS_MAX, &list, &count));
    for (size_t i = 0; i < count; i++) {
        char *name = about->organisations[i];
        TRY(json_element_text(list, i, name, sizeof about->organisations[i]));
        if (!character_all_shown(name))
            return HF_EFORMAT;
    }
    about->organisation_count = count;
    return HF_OK;
}

enum hf_error about_parse(const struct json_object *object, struct token_about *out_about)
{
    struct token_about about = {0};
    TRY(json_only(object, members));
    TRY(json_number(object, "checked", 1, JSON_NUMBER_MAX, &about.checked));
    TRY(parse_endpoint(object, &about));
    TRY(parse_text(object, "account", about.account, sizeof about.account));
    TRY(parse_text(object, "kind", about.kind, sizeof about.kind));
    TRY(parse_text(object, "role", about.role, sizeof about.role));
    TRY(parse_text(object, "display_name", about.display_name, sizeof about.display_name));
    TRY(json_number(object, "created", 0, JSON_NUMBER_MAX, &about.created));
    TRY(json_number(object, "expires", 0, JSON_NUMBER_MAX, &about.expires));
    TRY(parse_organisations(object, &about));
    *out_about = about;
    return HF_OK;
}

static enum hf_error print_text(const char *text, const char *member, struct json_object *object)
{
    return character_all_shown(text) ? json_add_text(object, member, text) : HF_EFORMAT;
}

static enum hf_error print_organisations(const struct token_about *about,
                                         struct json_object *object)
{
    struct json_object *list = NULL;
    if (about->organisation_count > ABOUT_ORGANISATIONS_MAX)
        return HF_EFORMAT;
    TRY(json_add_list(object, "organisations", &list));
    for (size_t i = 0; i < about->organisation_count; i++) {
        if (!character_all_shown(about->organisations[i]))
            return HF_EFORMAT;
        TRY(json_add_element_text(list, about->organisations[i]));
    }
    return HF_OK;
}

enum hf_error about_print(const struct token_about *about, struct json_object *object)
{
    if (about->checked == 0 || !is_endpoint(about->endpoint))
        return HF_EFORMAT;
    TRY(json_add_number(object, "checked", about->checked));
    TRY(json_add_text(object, "endpoint", about->endpoint));
    TRY(print_text(about->account, "account", object));
    TRY(print_text(about->kind, "kind", object));
    TRY(print_text(about->role, "role", object));
    TRY(print_text(about->display_name, "display_name", object));
    TRY(json_add_number(object, "created", about->created));
    TRY(json_add_number(object, "expires", about->expires));
    return print_organisations(about, object);
}
