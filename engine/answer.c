#include "engine/answer.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <string.h>

#include "common/secret.h"
#include "engine/base64.h"

#define DEPTH_MAX       8
#define VALUES_MAX      64
#define LIST_VALUES_MAX (ANSWER_LIST_KEYS * 6 + VALUES_MAX)
/* Digits of the largest integer of 64 bits. */
#define DIGITS_MAX 19

DEFINE_SCOPED(json, struct json_object *, json_object_put, NULL);
DEFINE_SCOPED(tokener, struct json_tokener *, json_tokener_free, NULL);

/* An estimate from above: each value but the first follows on one of these. */
static size_t count_values(const char *bytes, size_t length)
{
    size_t count = 1;
    for (size_t i = 0; i < length; i++)
        count += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
    return count;
}

/* json-c takes some 270 bytes for each value. */
static enum hf_error parse(const char *bytes, size_t length, size_t values,
                           struct json_object **out_object)
{
    if (length == 0 || length > ANSWER_LIST_MAX || memchr(bytes, '\0', length) != NULL)
        return HF_EPROTOCOL;
    if (count_values(bytes, length) > values)
        return HF_ETOOBIG;
    SCOPED(tokener) struct json_tokener *tokener = json_tokener_new_ex(DEPTH_MAX);
    if (tokener == NULL)
        return HF_ENOMEM;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    SCOPED(json) struct json_object *object = json_tokener_parse_ex(tokener, bytes, (int)length);
    if (json_tokener_get_error(tokener) != json_tokener_success ||
        !json_object_is_type(object, json_type_object))
        return HF_EPROTOCOL;
    *out_object = TAKE(object);
    return HF_OK;
}

/* A member, borrowed; NULL: it is missing, or of another type. */
static struct json_object *member(struct json_object *object, const char *name, json_type type)
{
    struct json_object *value = NULL;
    if (!json_object_is_type(object, json_type_object) ||
        !json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, type))
        return NULL;
    return value;
}

static bool is_true(struct json_object *object, const char *name)
{
    return json_object_get_boolean(member(object, name, json_type_boolean));
}

/* A revision: digits, the first one not 0. */
static enum hf_error read_revision(struct json_object *object, const char *name,
                                   struct engine_version *out_version)
{
    struct json_object *value = member(object, name, json_type_string);
    const char *text = value == NULL ? "" : json_object_get_string(value);
    const size_t length = strlen(text);
    if (length == 0 || length > DIGITS_MAX || text[0] == '0' ||
        strspn(text, "0123456789") != length)
        return HF_EPROTOCOL;
    memcpy(out_version->text, text, length + 1);
    return HF_OK;
}

/* Exactly this key; another server's answer, or another question's, is none. */
static bool is_key(struct json_object *pair, const char *key)
{
    char wanted[BASE64_SIZE(ANSWER_KEY_MAX)];
    struct json_object *value = member(pair, "key", json_type_string);
    if (value == NULL || strlen(key) > ANSWER_KEY_MAX)
        return false;
    (void)base64_write(key, strlen(key), wanted);
    return strcmp(json_object_get_string(value), wanted) == 0;
}

/* A value that is left out is empty. */
static enum hf_error read_value(struct json_object *pair, struct engine_object *object)
{
    struct json_object *value = member(pair, "value", json_type_string);
    const size_t length = value == NULL ? 0 : (size_t)json_object_get_string_len(value);
    if (length > BASE64_SIZE(ENGINE_OBJECT_MAX))
        return HF_ETOOBIG;
    object->bytes = malloc(length + 1);
    if (object->bytes == NULL)
        return HF_ENOMEM;
    if (length > 0) {
        enum hf_error error = base64_read(json_object_get_string(value), length, object->bytes,
                                          ENGINE_OBJECT_MAX, &object->length);
        if (error != HF_OK)
            return error == HF_EFORMAT ? HF_EPROTOCOL : error;
    }
    object->bytes[object->length] = '\0';
    return HF_OK;
}

/* The one pair of a range's answer. */
static enum hf_error read_object(struct json_object *range, const char *key,
                                 struct engine_object *out_object)
{
    SCOPED(engine_object) struct engine_object object = {0};
    struct json_object *pairs = member(range, "kvs", json_type_array);
    const size_t count = pairs == NULL ? 0 : json_object_array_length(pairs);
    if (count == 0)
        return HF_ENOTFOUND;
    struct json_object *pair = json_object_array_get_idx(pairs, 0);
    if (count != 1 || !is_key(pair, key))
        return HF_EPROTOCOL;
    TRY(read_revision(pair, "mod_revision", &object.version));
    TRY(read_value(pair, &object));
    *out_object = object;
    object.bytes = NULL;
    return HF_OK;
}

/* "header" is in each answer of an etcd that succeeded; an empty object could come from anything.
 */
static enum hf_error parse_answer(const char *bytes, size_t length, size_t values,
                                  struct json_object **out_answer)
{
    SCOPED(json) struct json_object *answer = NULL;
    TRY(parse(bytes, length, values, &answer));
    if (member(answer, "header", json_type_object) == NULL)
        return HF_EPROTOCOL;
    *out_answer = TAKE(answer);
    return HF_OK;
}

enum hf_error answer_range(const char *bytes, size_t length, const char *key,
                           struct engine_object *out_object)
{
    SCOPED(json) struct json_object *answer = NULL;
    TRY(parse_answer(bytes, length, VALUES_MAX, &answer));
    return read_object(answer, key, out_object);
}

enum hf_error answer_put(const char *bytes, size_t length, const char *key,
                         struct engine_version *out_version, struct engine_object *out_found)
{
    SCOPED(json) struct json_object *answer = NULL;
    TRY(parse_answer(bytes, length, VALUES_MAX, &answer));
    if (is_true(answer, "succeeded"))
        return read_revision(member(answer, "header", json_type_object), "revision", out_version);
    struct json_object *responses = member(answer, "responses", json_type_array);
    if (responses == NULL || json_object_array_length(responses) != 1)
        return HF_EPROTOCOL;
    struct json_object *range =
        member(json_object_array_get_idx(responses, 0), "response_range", json_type_object);
    if (range == NULL)
        return HF_EPROTOCOL;
    enum hf_error error = read_object(range, key, out_found);
    return error == HF_OK || error == HF_ENOTFOUND ? HF_ECHANGED : error;
}

/* A key as text. */
static enum hf_error read_key(struct json_object *pair, const char *prefix,
                              struct answer_key *out_key)
{
    struct json_object *value = member(pair, "key", json_type_string);
    size_t length = 0;
    if (value == NULL ||
        base64_read(json_object_get_string(value), (size_t)json_object_get_string_len(value),
                    out_key->text, ANSWER_KEY_MAX, &length) != HF_OK)
        return HF_EPROTOCOL;
    out_key->text[length] = '\0';
    if (strlen(out_key->text) != length || strncmp(out_key->text, prefix, strlen(prefix)) != 0)
        return HF_EPROTOCOL;
    return HF_OK;
}

enum hf_error answer_list(const char *bytes, size_t length, const char *prefix, engine_take *take,
                          void *context, struct answer_key *out_last, bool *out_more)
{
    SCOPED(json) struct json_object *answer = NULL;
    struct answer_key key = {0};
    TRY(parse_answer(bytes, length, LIST_VALUES_MAX, &answer));
    struct json_object *pairs = member(answer, "kvs", json_type_array);
    const size_t count = pairs == NULL ? 0 : json_object_array_length(pairs);
    for (size_t i = 0; i < count; i++) {
        TRY(read_key(json_object_array_get_idx(pairs, i), prefix, &key));
        TRY(take(key.text + strlen(prefix), context));
    }
    *out_last = key;
    *out_more = count > 0 && is_true(answer, "more");
    return HF_OK;
}

/* By hand: json-c does not wipe its memory. A token of either kind has no character that JSON would
   escape. */
enum hf_error answer_token(const char *bytes, size_t length, struct secret **out_token)
{
    static const char name[] = "\"token\":\"";
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "._-";
    const char *at = length == 0 ? NULL : memmem(bytes, length, name, strlen(name));
    size_t used = 0;
    if (at == NULL)
        return HF_EPROTOCOL;
    at += strlen(name);
    const size_t left = (size_t)(bytes + length - at);
    while (used < left && at[used] != '\0' && strchr(letters, at[used]) != NULL)
        used++;
    if (used == 0 || used > ANSWER_TOKEN_MAX || used == left || at[used] != '"')
        return HF_EPROTOCOL;
    return secret_copy(at, used, out_token);
}

/* Codes of gRPC, grpc.io/docs/guides/status-codes, and words of etcd's api/v3rpc/rpctypes. */
static const struct fault_row {
    int code;
    const char *words; /* part of the server's text; "": any */
    struct answer_fault fault;
} fault_rows[] = {
    {16,
     "",                      {.error = HF_EREFUSED, .token = true, .text = "etcd no longer takes the login's token"}   },
    {3,
     "user name is empty",    {.error = HF_EREFUSED,
      .token = true,
      .final = true,
      .text = "etcd wants a user and a password"}                                             },
    {3,
     "auth store is old",     {.error = HF_EREFUSED, .token = true, .text = "etcd no longer takes the login's token"}   },
    {3,
     "authentication failed", {.error = HF_EREFUSED,
      .final = true,
      .text = "etcd takes neither this user nor this password"}                            },
    {3,
     "CommonName of client",  {.error = HF_EREFUSED,
      .final = true,
      .text = "etcd's gateway takes no client certificate with a CommonName"}               },
    {9,  "not enabled",       {.error = HF_OK, .no_auth = true, .text = "etcd has no users"}                            },
    {7,
     "",                      {.error = HF_EREFUSED, .final = true, .text = "etcd's role does not allow this user that"}},
    {8,
     "space exceeded",        {.error = HF_EUNAVAIL, .final = true, .text = "etcd's database is full: alarm NOSPACE"}   },
    {8,  "",                  {.error = HF_EUNAVAIL, .text = "etcd has too much to do"}                                 },
    {14, "no leader",         {.error = HF_EUNAVAIL, .text = "etcd has no leader"}                                      },
    {14,
     "",                      {.error = HF_EUNAVAIL,
      .text = "etcd did not come to an agreement: is the most of its nodes up?"}                                },
    {4,  "",                  {.error = HF_EUNAVAIL, .text = "etcd did not answer itself in time"}                      },
};

static struct answer_fault fault_of_status(long status)
{
    if (status == 401 || status == 403)
        return (struct answer_fault){.error = HF_EREFUSED,
                                     .text = "the server refused this client"};
    if (status == 400)
        return (struct answer_fault){
            .error = HF_EREFUSED,
            .text = "HTTP status 400: nginx says so of a client certificate that is missing, "
                    "expired or unknown"};
    if (status >= 300 && status < 400)
        return (struct answer_fault){.error = HF_EPROTOCOL, .text = "the server sends elsewhere"};
    if (status == 404)
        return (struct answer_fault){.error = HF_EPROTOCOL, .text = "there is no etcd's gateway"};
    return (struct answer_fault){.error = HF_EUNAVAIL,
                                 .text = "the server has an error of its own"};
}

struct answer_fault answer_fault(const char *bytes, size_t length, long status)
{
    SCOPED(json) struct json_object *answer = NULL;
    if (parse(bytes, length, VALUES_MAX, &answer) != HF_OK)
        return fault_of_status(status);
    struct json_object *code = member(answer, "code", json_type_int);
    struct json_object *words = member(answer, "error", json_type_string);
    for (size_t i = 0; code != NULL && i < sizeof fault_rows / sizeof fault_rows[0]; i++)
        if (json_object_get_int(code) == fault_rows[i].code &&
            strstr(words == NULL ? "" : json_object_get_string(words), fault_rows[i].words) != NULL)
            return fault_rows[i].fault;
    if (code != NULL && status != 404)
        return (struct answer_fault){.error = HF_EUNAVAIL, .text = "etcd has an error of its own"};
    return fault_of_status(status);
}
