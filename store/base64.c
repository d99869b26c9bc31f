#include "store/base64.h"

#include <sodium.h>
#include <stdbool.h>

/* libsodium 1.0.18 takes some bytes over 0x7f for digits, since its comparisons are made for a
   plain char's positive half. */
static bool is_alphabet(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

enum hf_error base64_decode(const char *text, size_t length, uint8_t *out_bytes, size_t size,
                            size_t *out_length)
{
    size_t decoded = 0;
    for (size_t i = 0; i < length; i++)
        if (!is_alphabet(text[i]))
            return HF_EFORMAT;
    /* Without characters to ignore it demands the padding, zero bits, and that nothing is left
     * over. */
    if (sodium_base642bin(out_bytes, size, text, length, NULL, &decoded, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return HF_EFORMAT;
    *out_length = decoded;
    return HF_OK;
}
