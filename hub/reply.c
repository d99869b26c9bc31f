#include "hub/reply.h"

#include <json-c/json.h>
#include <string.h>

#include "common/secret.h"
#include "hub/printable.h"
#include "hub/request.h"

DEFINE_SCOPED(tokener, struct json_tokener *, json_tokener_free, NULL);

/* Where a string's closing quote is, from its opening one on; NULL where it has none. */
static char *string_end(char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"')
            return at;
        if (*at == '\\')
            at++;
    }
    return NULL;
}

static char *skip_space(char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

/* Copies the bytes between two quotes without escapes, and overwrites them. */
static enum hf_error take_string(char *from, size_t length, struct secret **out_value)
{
    SCOPED(secret) struct secret *value = NULL;
    size_t used = 0;
    if (length == 0)
        return HF_EFORMAT;
    TRY(secret_new(length, &value));
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '\\' && (++i == length || strchr("/\\\"", from[i]) == NULL))
            return HF_EFORMAT;
        secret_bytes(value)[used++] = (uint8_t)from[i];
    }
    secret_set_length(value, used);
    memset(from, 'x', length);
    *out_value = TAKE(value);
    return HF_OK;
}

/* At the opening quote of a string. If it is the member's name (NULL: of none) and a text follows,
   takes that. *out_at is where to go on. */
static enum hf_error take_at(char *at, const char *end, const char *member, char **out_at,
                             struct secret **out_value)
{
    char *stop = string_end(at, end);
    if (stop == NULL)
        return HF_EJSON;
    size_t length = (size_t)(stop - at) - 1;
    *out_at = stop + 1;
    if (member == NULL || length != strlen(member) || memcmp(at + 1, member, length) != 0)
        return HF_OK;
    char *value = skip_space(stop + 1, end);
    if (value == end || *value != ':')
        return HF_OK;
    value = skip_space(value + 1, end);
    if (value == end || *value != '"')
        return HF_OK;
    stop = string_end(value, end);
    if (stop == NULL)
        return HF_EJSON;
    if (*out_value != NULL)
        return HF_EFORMAT;
    *out_at = stop + 1;
    return take_string(value + 1, (size_t)(stop - value) - 1, out_value);
}

enum hf_error reply_cut(struct secret *answer, const char *member, struct secret **out_value)
{
    SCOPED(secret) struct secret *value = NULL;
    char *at = (char *)secret_bytes(answer);
    const char *end = at + secret_length(answer);
    int depth = 0;
    while (at < end) {
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        if (*at != '"')
            at++;
        else
            TRY(take_at(at, end, depth == 1 ? member : NULL, &at, &value));
    }
    *out_value = TAKE(value);
    return HF_OK;
}

/* An estimate from above: each value but the first follows on one of these. */
static size_t count_values(const char *bytes, size_t length)
{
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
    return count;
}

enum hf_error reply_parse(const char *bytes, size_t length, struct json_object **out_reply)
{
    if (length > HUB_ANSWER_MAX || count_values(bytes, length) > REPLY_VALUES_MAX)
        return HF_ETOOBIG;
    SCOPED(tokener) struct json_tokener *tokener = json_tokener_new_ex(REPLY_DEPTH_MAX);
    if (tokener == NULL)
        return HF_ENOMEM;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    SCOPED(reply) struct json_object *reply = json_tokener_parse_ex(tokener, bytes, (int)length);
    if (json_tokener_get_error(tokener) != json_tokener_success || reply == NULL)
        return HF_EJSON;
    if (!json_object_is_type(reply, json_type_object))
        return HF_EFORMAT;
    *out_reply = TAKE(reply);
    return HF_OK;
}

void reply_free(struct json_object *reply)
{
    json_object_put(reply);
}

static struct json_object *get(const struct json_object *object, const char *member, json_type type)
{
    struct json_object *value = NULL;
    if (!json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, member, &value) || !json_object_is_type(value, type))
        return NULL;
    return value;
}

const struct json_object *reply_object(const struct json_object *object, const char *member)
{
    return get(object, member, json_type_object);
}

const struct json_object *reply_list(const struct json_object *object, const char *member,
                                     size_t *out_count)
{
    const struct json_object *list = get(object, member, json_type_array);
    *out_count = list == NULL ? 0 : json_object_array_length(list);
    return list;
}

static void print(struct json_object *value, char *out_text, size_t size)
{
    out_text[0] = '\0';
    if (json_object_is_type(value, json_type_string))
        printable_copy(json_object_get_string(value), (size_t)json_object_get_string_len(value),
                       BLOT_LONG, out_text, size);
}

void reply_text(const struct json_object *object, const char *member, char *out_text, size_t size)
{
    print(get(object, member, json_type_string), out_text, size);
}

void reply_text_at(const struct json_object *list, size_t index, char *out_text, size_t size)
{
    print(json_object_array_get_idx(list, index), out_text, size);
}

const struct json_object *reply_object_at(const struct json_object *list, size_t index)
{
    const struct json_object *value = json_object_array_get_idx(list, index);
    return json_object_is_type(value, json_type_object) ? value : NULL;
}

bool reply_exact_text(const struct json_object *object, const char *member, char *out_text,
                      size_t size)
{
    struct json_object *value = get(object, member, json_type_string);
    size_t length = value == NULL ? 0 : (size_t)json_object_get_string_len(value);
    if (length == 0 || length >= size)
        return false;
    const char *text = json_object_get_string(value);
    for (size_t i = 0; i < length; i++)
        if (text[i] < 0x20 || text[i] >= 0x7f)
            return false;
    memcpy(out_text, text, length);
    out_text[length] = '\0';
    return true;
}

uint64_t reply_number(const struct json_object *object, const char *member, uint64_t maximum,
                      uint64_t missing)
{
    const struct json_object *value = get(object, member, json_type_int);
    int64_t number = value == NULL ? -1 : json_object_get_int64(value);
    if (number < 0)
        return missing;
    return (uint64_t)number < maximum ? (uint64_t)number : maximum;
}

bool reply_flag(const struct json_object *object, const char *member)
{
    return json_object_get_boolean(get(object, member, json_type_boolean));
}
