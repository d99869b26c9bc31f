#include "store/signers.h"

#include <sodium.h>
#include <string.h>

#include "common/io.h"
#include "common/name.h"
#include "store/base64.h"

_Static_assert(SIGNER_BYTES == crypto_sign_PUBLICKEYBYTES, "crypto_sign(3)");

#define SIGNER_TEXT 44 /* 32 bytes in base64 */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool signers_have(const struct signers *signers, const uint8_t key[static SIGNER_BYTES])
{
    for (size_t i = 0; i < signers->count; i++)
        if (memcmp(signers->keys[i], key, SIGNER_BYTES) == 0)
            return true;
    return false;
}

static bool parse_key(const char *text, size_t length, uint8_t key[static SIGNER_BYTES])
{
    size_t decoded = 0;
    if (length < SIGNER_TEXT || (length > SIGNER_TEXT && !is_space(text[SIGNER_TEXT])))
        return false;
    /* Most other keys of 32 bytes, such as a machine's, are told from a signer's by this. */
    return base64_decode(text, SIGNER_TEXT, key, SIGNER_BYTES, &decoded) == HF_OK &&
           decoded == SIGNER_BYTES && crypto_core_ed25519_is_valid_point(key);
}

static bool parse_line(const char *text, size_t length, struct signers *signers)
{
    uint8_t key[SIGNER_BYTES];
    while (length > 0 && is_space(*text)) {
        text++;
        length--;
    }
    if (length == 0 || *text == '#')
        return true;
    if (signers->count == SIGNERS_MAX || !parse_key(text, length, key) ||
        signers_have(signers, key))
        return false;
    memcpy(signers->keys[signers->count++], key, sizeof key);
    return true;
}

enum hf_error signers_parse(const char *text, size_t length, struct signers *out_signers,
                            unsigned *out_line)
{
    struct signers parsed = {0};
    const char *const end = text + length;
    unsigned line = 1;
    *out_line = 0;
    for (const char *at = text; at < end; line++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline == NULL ? end : newline;
        if (!parse_line(at, (size_t)(stop - at), &parsed)) {
            *out_line = line;
            return HF_ECONFIG;
        }
        at = newline == NULL ? end : newline + 1;
    }
    *out_signers = parsed;
    return HF_OK;
}

enum hf_error signers_read(struct signers *out_signers, unsigned *out_line)
{
    const struct file_rule rule = {.owner = 0, .forbidden = 022, .maximum = DOCUMENT_MAX};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    *out_line = 0;
    TRY(file_read(HF_SIGNERS_FILE, &rule, &text, &length));
    return signers_parse(text, length, out_signers, out_line);
}
