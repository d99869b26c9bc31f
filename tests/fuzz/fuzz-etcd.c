/* What etcd answers, or whoever is in its place: an object is within its bounds and has a version,
 * a key is below the prefix, a token can stand in a header. The first byte says what was asked. */
#include <string.h>

#include "common/secret.h"
#include "engine/answer.h"
#include "tests/fuzz/fuzz.h"

static void must_be_version(const struct engine_version *version)
{
    const size_t length = strnlen(version->text, sizeof version->text);
    MUST(length >= 1 && length <= 19 && strspn(version->text, "0123456789") == length);
}

static void must_be_object(const struct engine_object *object)
{
    MUST(object->bytes != NULL && object->length <= ENGINE_OBJECT_MAX);
    MUST(object->bytes[object->length] == '\0');
    must_be_version(&object->version);
}

static void try_range(const char *text, size_t length)
{
    SCOPED(engine_object) struct engine_object object = {0};
    if (answer_range(text, length, "head", &object) == HF_OK)
        must_be_object(&object);
    else
        MUST(object.bytes == NULL);
}

static void try_put(const char *text, size_t length)
{
    SCOPED(engine_object) struct engine_object found = {0};
    struct engine_version version = {0};
    const enum hf_error error = answer_put(text, length, "head", &version, &found);
    if (error == HF_OK)
        must_be_version(&version);
    MUST(error == HF_ECHANGED || found.bytes == NULL);
    if (found.bytes != NULL)
        must_be_object(&found);
}

static enum hf_error take(const char *path, void *context)
{
    size_t *keys = context;
    MUST(strlen(path) <= ANSWER_KEY_MAX);
    (*keys)++;
    return HF_OK;
}

static void try_list(const char *text, size_t length)
{
    struct answer_key last = {0};
    bool more = false;
    size_t keys = 0;
    if (answer_list(text, length, "p/", take, &keys, &last, &more) == HF_OK)
        MUST(keys == 0 ? last.text[0] == '\0' && !more : strncmp(last.text, "p/", 2) == 0);
}

static void try_token(const char *text, size_t length)
{
    SCOPED(secret) struct secret *token = NULL;
    if (answer_token(text, length, &token) == HF_OK)
        for (size_t i = 0; i < secret_length(token); i++)
            MUST(secret_view(token)[i] > ' ' && secret_view(token)[i] <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static void (*const tries[])(const char *, size_t) = {try_range, try_put, try_list, try_token};
    if (length == 0)
        return 0;
    const char *text = (const char *)bytes + 1;
    tries[bytes[0] % 4](text, length - 1);
    const struct answer_fault fault = answer_fault(text, length - 1, 500);
    MUST(fault.text != NULL && fault.text[0] != '\0');
    return 0;
}
