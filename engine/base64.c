#include "engine/base64.h"

#include <stdint.h>
#include <string.h>

#define PADDING 64
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

char *base64_write(const void *bytes, size_t length, char *out_text)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i += 3) {
        const size_t left = length - i;
        const uint32_t group = (uint32_t)at[i] << 16 | (left > 1 ? (uint32_t)at[i + 1] << 8 : 0) |
                               (left > 2 ? (uint32_t)at[i + 2] : 0);
        *out_text++ = digits[group >> 18];
        *out_text++ = digits[group >> 12 & 63];
        *out_text++ = digits[left > 1 ? group >> 6 & 63 : PADDING];
        *out_text++ = digits[left > 2 ? group & 63 : PADDING];
    }
    *out_text = '\0';
    return out_text;
}

/* How many bytes the text stands for; its last group may have one or two '='. */
static enum hf_error decoded_length(const char *text, size_t length, size_t *out_length)
{
    if (length % 4 != 0)
        return HF_EFORMAT;
    size_t padding = 0;
    while (padding < 2 && padding < length && text[length - 1 - padding] == '=')
        padding++;
    *out_length = length / 4 * 3 - padding;
    return HF_OK;
}

enum hf_error base64_read(const char *text, size_t length, void *out_bytes, size_t size,
                          size_t *out_length)
{
    uint8_t *bytes = out_bytes;
    size_t wanted = 0, used = 0;
    uint32_t bits = 0;
    TRY(decoded_length(text, length, &wanted));
    if (wanted > size)
        return HF_ETOOBIG;
    for (size_t i = 0; used < wanted; i++) {
        const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);
        if (digit == NULL || digit == digits + PADDING)
            return HF_EFORMAT;
        bits = bits << 6 | (uint32_t)(digit - digits);
        if (i % 4 != 0)
            bytes[used++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    *out_length = wanted;
    return HF_OK;
}
