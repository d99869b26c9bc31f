#include "tools/source/object.h"

#include <sodium.h>
#include <string.h>

#include "common/io.h"
#include "store/dates.h"
#include "store/published.h"

#define HEX_DIGITS ((size_t)2 * KEY_BYTES)

enum hf_error object_user(const char *user, struct object *out_object)
{
    struct object object = {.kind = SIGNED_DOCUMENT, .user = user};
    if (!user_name_valid(user) || strlen(user) > OBJECT_USER_MAX)
        return HF_ENAME;
    TRY(object_path_user(user, &object.path));
    TRY(text_format(object.file, sizeof object.file, "users/%s", user));
    *out_object = object;
    return HF_OK;
}

enum hf_error object_host_parse(const char *hex, uint8_t out_host[static KEY_BYTES])
{
    const size_t digits = strspn(hex, "0123456789abcdef");
    size_t length = 0;
    if (digits != HEX_DIGITS || hex[digits] != '\0' ||
        sodium_hex2bin(out_host, KEY_BYTES, hex, digits, NULL, &length, NULL) != 0)
        return HF_ENAME;
    return HF_OK;
}

enum hf_error object_keys(const char *hex, struct object *out_object)
{
    struct object object = {.kind = SIGNED_KEYS};
    TRY(object_host_parse(hex, object.host));
    TRY(object_path_host(OBJECT_HOSTS, object.host, &object.path));
    TRY(text_format(object.file, sizeof object.file, "hosts/%s", hex));
    *out_object = object;
    return HF_OK;
}

enum hf_error object_head(struct object *out_object)
{
    struct object object = {.kind = SIGNED_HEAD};
    TRY(text_format(object.path.text, sizeof object.path.text, OBJECT_HEAD));
    TRY(text_format(object.file, sizeof object.file, OBJECT_HEAD));
    *out_object = object;
    return HF_OK;
}

static enum hf_error open_document(const struct object *object, const struct signers *signers,
                                   uint64_t now, const char *bytes, size_t length,
                                   struct content *content)
{
    SCOPED(document) struct document *document = NULL;
    TRY(document_open_signed(bytes, length, object->user, signers, now, &document));
    content->highest.generation = document->generation;
    return HF_OK;
}

static enum hf_error open_keys(const struct object *object, uint64_t now, const char *payload,
                               size_t length, struct content *content)
{
    TRY(host_keys_parse(payload, length, object->host, &content->keys));
    content->highest.generation = content->keys.generation;
    return dates_check(content->keys.generation, content->keys.issued, content->keys.until, now);
}

static enum hf_error open_head(uint64_t now, const char *payload, size_t length,
                               struct content *content)
{
    TRY(head_parse(payload, length, &content->head));
    content->highest.generation = content->head.generation;
    return dates_check(content->head.generation, content->head.issued, content->head.until, now);
}

enum hf_error object_open(const struct object *object, const struct signers *signers, uint64_t now,
                          const char *bytes, size_t length, struct content *out_content)
{
    const char *payload;
    size_t payload_length;
    struct content content = {0};
    TRY(signed_open(object->kind, bytes, length, signers, &payload, &payload_length));
    if (object->kind == SIGNED_DOCUMENT)
        TRY(open_document(object, signers, now, bytes, length, &content));
    else if (object->kind == SIGNED_KEYS)
        TRY(open_keys(object, now, payload, payload_length, &content));
    else
        TRY(open_head(now, payload, payload_length, &content));
    (void)crypto_generichash(content.highest.digest, DIGEST_BYTES, (const uint8_t *)payload,
                             payload_length, NULL, 0);
    *out_content = content;
    return HF_OK;
}
