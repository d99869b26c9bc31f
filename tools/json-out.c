#include "tools/json-out.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/document.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/say.h"

/* A command line that runs out of memory while it prints has nothing to save. */
static struct json_object *checked(struct json_object *object)
{
    if (object == NULL)
        exit(say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "JSON"));
    return object;
}

struct json_object *json_out_object(void)
{
    return checked(json_object_new_object());
}

struct json_object *json_out_array(void)
{
    return checked(json_object_new_array());
}

void json_out_add(struct json_object *object, const char *member, struct json_object *value)
{
    if (json_object_object_add(object, member, value) != 0)
        (void)checked(NULL);
}

void json_out_append(struct json_object *array, struct json_object *value)
{
    if (json_object_array_add(array, value) != 0)
        (void)checked(NULL);
}

/* Bytes of the UTF-8 character at `text`, RFC 3629 section 4; 0 where there is none. */
static size_t character_length(const unsigned char *text)
{
    const unsigned char c = text[0];
    const size_t length = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : c >= 0xe0 && c < 0xf0 ? 3 : 4;
    if ((c >= 0x80 && c < 0xc2) || c > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
    if ((c == 0xe0 && text[1] < 0xa0) || (c == 0xed && text[1] > 0x9f) ||
        (c == 0xf0 && text[1] < 0x90) || (c == 0xf4 && text[1] > 0x8f))
        return 0;
    return length;
}

struct json_object *json_out_string(const char *text)
{
    char *copy = strdup(text);
    if (copy == NULL)
        (void)checked(NULL);
    for (size_t i = 0; copy[i] != '\0';) {
        const size_t length = character_length((unsigned char *)copy + i);
        if (length == 0)
            copy[i] = '?';
        i += length == 0 ? 1 : length;
    }
    struct json_object *string = checked(json_object_new_string(copy));
    free(copy);
    return string;
}

void json_out_text(struct json_object *object, const char *member, const char *text)
{
    json_out_add(object, member, text != NULL ? json_out_string(text) : NULL);
}

void json_out_number(struct json_object *object, const char *member, uint64_t number)
{
    json_out_add(object, member, checked(json_object_new_int64((int64_t)number)));
}

void json_out_bool(struct json_object *object, const char *member, bool value)
{
    json_out_add(object, member, checked(json_object_new_boolean(value)));
}

void json_out_when(struct json_object *object, const char *member, uint64_t when)
{
    if (when == 0)
        json_out_add(object, member, NULL);
    else
        json_out_number(object, member, when);
}

unsigned seals_of(const struct sealed_token *sealed)
{
    unsigned seals = 0;
    for (size_t i = 0; i < sealed->slot_count; i++)
        seals |= 1u << sealed->slots[i].kind;
    return seals;
}

void json_out_seals(struct json_object *object, unsigned seals)
{
    struct json_object *kinds = json_out_array();
    for (enum slot_kind kind = 0; kind < SLOT_KIND_COUNT; kind++)
        if ((seals & 1u << kind) != 0)
            json_out_append(kinds, checked(json_object_new_string(slot_kind_name(kind))));
    json_out_add(object, "seals", kinds);
}

const char *seals_text(unsigned seals, char text[static SEALS_TEXT_MAX])
{
    size_t used = 0;
    if (seals == 0)
        return "-";
    for (enum slot_kind kind = 0; kind < SLOT_KIND_COUNT; kind++)
        if ((seals & 1u << kind) != 0)
            used +=
                (size_t)snprintf(text + used, SEALS_TEXT_MAX - used, "%s%s", used > 0 ? "," : "",
                                 kind == SLOT_USER ? "password" : slot_kind_name(kind));
    return text;
}

int json_out_print(struct json_object *object)
{
    const char *text = json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    if (text == NULL)
        (void)checked(NULL);
    printf("%s\n", text);
    json_object_put(object);
    return help_flush();
}
