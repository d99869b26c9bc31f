#include "store/json.h"

#include <json-c/json.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/name.h"
#include "store/base64.h"
#include "store/scan.h"

DEFINE_SCOPED(tokener, struct json_tokener *, json_tokener_free, NULL);
DEFINE_SCOPED(bytes, uint8_t *, free, NULL);

/* json-c keeps the last of two members of one name, and by then escapes are resolved: "a" and
   "\u0061" are one. So a tree with fewer members than the text had, had one twice. */
static size_t count_members(struct json_object *value)
{
    size_t count = 0;
    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            (void)name;
            count += 1 + count_members(member);
        }
    }
    if (json_object_is_type(value, json_type_array))
        for (size_t i = 0; i < json_object_array_length(value); i++)
            count += count_members(json_object_array_get_idx(value, i));
    return count;
}

enum hf_error json_parse(const char *bytes, size_t length, struct json_object **out_object)
{
    size_t members = 0;
    if (length > DOCUMENT_MAX)
        return HF_ETOOBIG;
    TRY(scan_object(bytes, length, &members));
    SCOPED(tokener) struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_MAX + 1);
    if (tokener == NULL)
        return HF_ENOMEM;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    SCOPED(json) struct json_object *object = json_tokener_parse_ex(tokener, bytes, (int)length);
    if (json_tokener_get_error(tokener) != json_tokener_success || object == NULL)
        return HF_EJSON;
    if (!json_object_is_type(object, json_type_object))
        return HF_EJSON;
    if (count_members(object) != members)
        return HF_EDUPLICATE;
    *out_object = TAKE(object);
    return HF_OK;
}

void json_free(struct json_object *object)
{
    json_object_put(object);
}

static enum hf_error get_member(const struct json_object *object, const char *member,
                                enum json_type type, struct json_object **out_value)
{
    struct json_object *value = NULL;
    if (!json_object_object_get_ex(object, member, &value) || !json_object_is_type(value, type))
        return HF_EFORMAT;
    *out_value = value;
    return HF_OK;
}

bool json_has(const struct json_object *object, const char *member)
{
    return json_object_object_get_ex(object, member, NULL);
}

enum hf_error json_member(const struct json_object *object, const char *member,
                          const struct json_object **out_object)
{
    struct json_object *value = NULL;
    TRY(get_member(object, member, json_type_object, &value));
    *out_object = value;
    return HF_OK;
}

enum hf_error json_flag(const struct json_object *object, const char *member, bool *out_flag)
{
    struct json_object *value = NULL;
    if (!json_has(object, member)) {
        *out_flag = false;
        return HF_OK;
    }
    TRY(get_member(object, member, json_type_boolean, &value));
    if (!json_object_get_boolean(value))
        return HF_EFORMAT;
    *out_flag = true;
    return HF_OK;
}

static enum hf_error copy_text(struct json_object *value, char *out_text, size_t size)
{
    size_t length = (size_t)json_object_get_string_len(value);
    if (length >= size)
        return HF_EFORMAT;
    memcpy(out_text, json_object_get_string(value), length);
    out_text[length] = '\0';
    return HF_OK;
}

enum hf_error json_text(const struct json_object *object, const char *member, char *out_text,
                        size_t size)
{
    struct json_object *value = NULL;
    TRY(get_member(object, member, json_type_string, &value));
    return copy_text(value, out_text, size);
}

enum hf_error json_number(const struct json_object *object, const char *member, uint64_t minimum,
                          uint64_t maximum, uint64_t *out_number)
{
    struct json_object *value = NULL;
    TRY(get_member(object, member, json_type_int, &value));
    /* The scan let no sign and no more than 15 digits through. */
    uint64_t number = (uint64_t)json_object_get_int64(value);
    if (number < minimum || number > maximum)
        return HF_EFORMAT;
    *out_number = number;
    return HF_OK;
}

enum hf_error json_any_bytes(const struct json_object *object, const char *member, size_t size,
                             uint8_t **out_bytes, size_t *out_length)
{
    struct json_object *value = NULL;
    TRY(get_member(object, member, json_type_string, &value));
    size_t text_length = (size_t)json_object_get_string_len(value), length = text_length / 4 * 3;
    /* Padding can make the bytes up to two fewer than that. */
    if (length == 0 || length > size + 2)
        return HF_EFORMAT;
    uint8_t *bytes = malloc(length);
    if (bytes == NULL)
        return HF_ENOMEM;
    if (base64_decode(json_object_get_string(value), text_length, bytes, length, &length) !=
            HF_OK ||
        length == 0 || length > size) {
        free(bytes);
        return HF_EFORMAT;
    }
    *out_bytes = bytes;
    *out_length = length;
    return HF_OK;
}

enum hf_error json_bytes(const struct json_object *object, const char *member, uint8_t *out_bytes,
                         size_t length)
{
    SCOPED(bytes) uint8_t *bytes = NULL;
    size_t got = 0;
    TRY(json_any_bytes(object, member, length, &bytes, &got));
    if (got != length)
        return HF_EFORMAT;
    memcpy(out_bytes, bytes, length);
    return HF_OK;
}

static bool is_listed(const char *name, const char *const *members)
{
    for (; *members != NULL; members++)
        if (strcmp(name, *members) == 0)
            return true;
    return false;
}

enum hf_error json_only(const struct json_object *object, const char *const *members)
{
    json_object_object_foreach(object, name, member)
    {
        (void)member;
        if (!is_listed(name, members))
            return HF_EFORMAT;
    }
    return HF_OK;
}

enum hf_error json_version(const struct json_object *object, uint64_t version)
{
    uint64_t found = 0;
    TRY(json_number(object, "version", 0, JSON_NUMBER_MAX, &found));
    return found == version ? HF_OK : HF_EVERSION;
}

enum hf_error json_header(const struct json_object *object, uint64_t version, const char *user)
{
    char name[USER_NAME_MAX + 1];
    TRY(json_version(object, version));
    TRY(json_text(object, "user", name, sizeof name));
    return strcmp(name, user) == 0 ? HF_OK : HF_EUSER;
}

enum hf_error json_list(const struct json_object *object, const char *member, size_t minimum,
                        size_t maximum, const struct json_object **out_list, size_t *out_count)
{
    struct json_object *list = NULL;
    TRY(get_member(object, member, json_type_array, &list));
    size_t count = json_object_array_length(list);
    if (count < minimum || count > maximum)
        return HF_EFORMAT;
    *out_list = list;
    *out_count = count;
    return HF_OK;
}

enum hf_error json_element(const struct json_object *list, size_t index,
                           const struct json_object **out_object)
{
    const struct json_object *element = json_object_array_get_idx(list, index);
    if (!json_object_is_type(element, json_type_object))
        return HF_EFORMAT;
    *out_object = element;
    return HF_OK;
}

enum hf_error json_element_text(const struct json_object *list, size_t index, char *out_text,
                                size_t size)
{
    struct json_object *element = json_object_array_get_idx(list, index);
    if (!json_object_is_type(element, json_type_string))
        return HF_EFORMAT;
    return copy_text(element, out_text, size);
}

/* Takes the value, also on failure. */
static enum hf_error add(struct json_object *object, const char *member, struct json_object *value)
{
    if (value == NULL)
        return HF_ENOMEM;
    if (json_object_object_add(object, member, value) != 0) {
        json_object_put(value);
        return HF_ENOMEM;
    }
    return HF_OK;
}

enum hf_error json_add_text(struct json_object *object, const char *member, const char *text)
{
    if (!scan_utf8(text, strlen(text)))
        return HF_EFORMAT;
    return add(object, member, json_object_new_string(text));
}

enum hf_error json_add_number(struct json_object *object, const char *member, uint64_t number)
{
    if (number > JSON_NUMBER_MAX)
        return HF_EFORMAT;
    return add(object, member, json_object_new_int64((int64_t)number));
}

enum hf_error json_add_flag(struct json_object *object, const char *member)
{
    return add(object, member, json_object_new_boolean(true));
}

enum hf_error json_add_bytes(struct json_object *object, const char *member, const uint8_t *bytes,
                             size_t length)
{
    if (length > DOCUMENT_MAX)
        return HF_EFORMAT;
    size_t size = sodium_base64_encoded_len(length, sodium_base64_VARIANT_ORIGINAL);
    SCOPED(text) char *text = malloc(size);
    if (text == NULL)
        return HF_ENOMEM;
    sodium_bin2base64(text, size, bytes, length, sodium_base64_VARIANT_ORIGINAL);
    return add(object, member, json_object_new_string(text));
}

enum hf_error json_new(uint64_t version, const char *user, struct json_object **out_object)
{
    SCOPED(json) struct json_object *object = json_object_new_object();
    if (object == NULL)
        return HF_ENOMEM;
    TRY(json_add_number(object, "version", version));
    if (user != NULL)
        TRY(json_add_text(object, "user", user));
    *out_object = TAKE(object);
    return HF_OK;
}

enum hf_error json_add_list(struct json_object *object, const char *member,
                            struct json_object **out_list)
{
    struct json_object *list = json_object_new_array();
    TRY(add(object, member, list));
    *out_list = list;
    return HF_OK;
}

enum hf_error json_add_object(struct json_object *object, const char *member,
                              struct json_object **out_object)
{
    struct json_object *inner = json_object_new_object();
    TRY(add(object, member, inner));
    *out_object = inner;
    return HF_OK;
}

/* Takes the value, also on failure. */
static enum hf_error append(struct json_object *list, struct json_object *value)
{
    if (value == NULL || json_object_array_add(list, value) != 0) {
        json_object_put(value);
        return HF_ENOMEM;
    }
    return HF_OK;
}

enum hf_error json_add_element(struct json_object *list, struct json_object **out_object)
{
    struct json_object *object = json_object_new_object();
    TRY(append(list, object));
    *out_object = object;
    return HF_OK;
}

enum hf_error json_add_element_text(struct json_object *list, const char *text)
{
    if (!scan_utf8(text, strlen(text)))
        return HF_EFORMAT;
    return append(list, json_object_new_string(text));
}

enum hf_error json_print(struct json_object *object, char **out_text, size_t *out_length)
{
    size_t length = 0;
    /* Owned by the object. Slashes stay as they are: base64 has them. */
    const char *printed = json_object_to_json_string_length(
        object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE,
        &length);
    if (printed == NULL)
        return HF_ENOMEM;
    if (length + 1 > DOCUMENT_MAX)
        return HF_ETOOBIG;
    char *text = malloc(length + 2);
    if (text == NULL)
        return HF_ENOMEM;
    memcpy(text, printed, length);
    memcpy(text + length, "\n", 2);
    *out_text = text;
    *out_length = length + 1;
    return HF_OK;
}
