#include "hub/form.h"

#include <stdbool.h>
#include <string.h>

#include "common/secret.h"

static enum hf_error add_bytes(struct secret *body, const void *bytes, size_t length)
{
    size_t before = secret_length(body);
    if (length > secret_capacity(body) - before)
        return HF_ETOOBIG;
    memcpy(secret_bytes(body) + before, bytes, length);
    secret_set_length(body, before + length);
    return HF_OK;
}

enum hf_error form_add(struct secret *body, const char *text)
{
    return add_bytes(body, text, strlen(text));
}

enum hf_error form_add_secret(struct secret *body, const struct secret *value)
{
    return add_bytes(body, secret_view(value), secret_length(value));
}

static bool is_unreserved(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

enum hf_error form_add_encoded(struct secret *body, const void *bytes, size_t length)
{
    static const char digits[] = "0123456789ABCDEF";
    const uint8_t *from = bytes;
    for (size_t i = 0; i < length; i++) {
        const char code[] = {'%', digits[from[i] >> 4], digits[from[i] & 15]};
        if (is_unreserved(from[i]))
            TRY(add_bytes(body, from + i, 1));
        else
            TRY(add_bytes(body, code, sizeof code));
    }
    return HF_OK;
}

static enum hf_error add_name(struct secret *body, const char *name)
{
    if (secret_length(body) > 0)
        TRY(form_add(body, "&"));
    TRY(form_add(body, name));
    return form_add(body, "=");
}

enum hf_error form_field(struct secret *body, const char *name, const char *value)
{
    TRY(add_name(body, name));
    return form_add_encoded(body, value, strlen(value));
}

enum hf_error form_secret(struct secret *body, const char *name, const struct secret *value)
{
    TRY(add_name(body, name));
    return form_add_encoded(body, secret_view(value), secret_length(value));
}
