#include "store/signed.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/secret.h"
#include "store/base64.h"
#include "store/json.h"
#include "store/pack.h"
#include "store/source.h"

_Static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "crypto_sign(3)");

DEFINE_SCOPED(bytes, uint8_t *, free, NULL);

#define SIGNER_TEXT    44 /* 32 bytes in base64 */
#define SIGNATURE_TEXT 88 /* 64 bytes */
#define STATUS_DIGITS  3

/* The line's beginning, and what is signed before the payload. */
static const struct {
    const char *line, *label;
} kinds[SIGNED_KIND_COUNT] = {
    [SIGNED_DOCUMENT] = {"hf-token-signed 1 document ", "hf-token/1 signed document"},
    [SIGNED_KEYS] = {"hf-token-signed 1 keys ",     "hf-token/1 signed keys"    },
    [SIGNED_HEAD] = {"hf-token-signed 1 head ",     "hf-token/1 signed head"    },
};

bool signed_is(const char *text, size_t length)
{
    static const char begin[] = "hf-token-signed ";
    return length >= sizeof begin - 1 && memcmp(text, begin, sizeof begin - 1) == 0;
}

void signing_key_clear(struct signing_key *key)
{
    secret_free(key->secret_key);
    *key = (struct signing_key){0};
}

/* The bytes that are signed, in one piece as Ed25519 wants them: it reads them twice. */
static enum hf_error join(enum signed_kind kind, const void *payload, size_t length,
                          uint8_t **out_bytes, size_t *out_length)
{
    struct pack pack = {0};
    pack_label(&pack, kinds[kind].label);
    TRY(pack_check(&pack));
    uint8_t *bytes = malloc(pack.length + length);
    if (bytes == NULL)
        return HF_ENOMEM;
    memcpy(bytes, pack.bytes, pack.length);
    if (length > 0)
        memcpy(bytes + pack.length, payload, length);
    *out_bytes = bytes;
    *out_length = pack.length + length;
    return HF_OK;
}

static enum hf_error print(enum signed_kind kind, const uint8_t signer[static SIGNER_BYTES],
                           const uint8_t signature[static SIGNATURE_BYTES], const void *payload,
                           size_t length, char **out_text, size_t *out_length)
{
    char signer_text[SIGNER_TEXT + 1], signature_text[SIGNATURE_TEXT + 1], line[SIGNED_LINE_MAX];
    sodium_bin2base64(signer_text, sizeof signer_text, signer, SIGNER_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
    sodium_bin2base64(signature_text, sizeof signature_text, signature, SIGNATURE_BYTES,
                      sodium_base64_VARIANT_ORIGINAL);
    TRY(text_format(line, sizeof line, "%s%s %s\n", kinds[kind].line, signer_text, signature_text));
    size_t line_length = strlen(line);
    char *text = malloc(line_length + length + 1);
    if (text == NULL)
        return HF_ENOMEM;
    memcpy(text, line, line_length);
    if (length > 0)
        memcpy(text + line_length, payload, length);
    text[line_length + length] = '\0';
    *out_text = text;
    *out_length = line_length + length;
    return HF_OK;
}

enum hf_error signed_make(enum signed_kind kind, const void *payload, size_t length,
                          const struct signing_key *key, char **out_text, size_t *out_length)
{
    SCOPED(bytes) uint8_t *bytes = NULL;
    uint8_t signature[SIGNATURE_BYTES];
    size_t size = 0;
    if (length > DOCUMENT_MAX)
        return HF_ETOOBIG;
    TRY(join(kind, payload, length, &bytes, &size));
    if (crypto_sign_detached(signature, NULL, bytes, size, secret_view(key->secret_key)) != 0)
        return HF_ENOMEM;
    return print(kind, key->public_key, signature, payload, length, out_text, out_length);
}

/* Exactly `size` bytes in base64, and behind them `end`; *at moves behind that. */
static bool take_bytes(const char **at, const char *stop, size_t text_length, char end,
                       uint8_t *bytes, size_t size)
{
    size_t decoded = 0;
    if ((size_t)(stop - *at) <= text_length || (*at)[text_length] != end ||
        base64_decode(*at, text_length, bytes, size, &decoded) != HF_OK || decoded != size)
        return false;
    *at += text_length + 1;
    return true;
}

enum hf_error signed_open(enum signed_kind kind, const char *text, size_t length,
                          const struct signers *signers, const char **out_payload,
                          size_t *out_length)
{
    SCOPED(bytes) uint8_t *bytes = NULL;
    uint8_t signer[SIGNER_BYTES], signature[SIGNATURE_BYTES];
    const char *const line = kinds[kind].line, *const stop = text + length;
    const size_t begin = strlen(line);
    size_t size = 0;
    if (length > SIGNED_MAX)
        return HF_ETOOBIG;
    if (length < begin || memcmp(text, line, begin) != 0)
        return HF_EUNSIGNED;
    const char *at = text + begin;
    if (!take_bytes(&at, stop, SIGNER_TEXT, ' ', signer, sizeof signer) ||
        !take_bytes(&at, stop, SIGNATURE_TEXT, '\n', signature, sizeof signature) ||
        !signers_have(signers, signer))
        return HF_EUNSIGNED;
    TRY(join(kind, at, (size_t)(stop - at), &bytes, &size));
    if (crypto_sign_verify_detached(signature, bytes, size, signer) != 0)
        return HF_EUNSIGNED;
    *out_payload = at;
    *out_length = (size_t)(stop - at);
    return HF_OK;
}

/* A number of at most `digits` digits, and behind it `end`; *at moves behind that. The first digit
   is no zero but where it is the only one: each number has one text. */
static bool take_number(const char **at, const char *stop, size_t digits, char end,
                        uint64_t *out_number)
{
    const char *const begin = *at;
    uint64_t number = 0;
    const char *digit = begin;
    for (; digit < stop && *digit >= '0' && *digit <= '9'; digit++) {
        if ((size_t)(digit - begin) == digits || (digit > begin && *begin == '0'))
            return false;
        number = number * 10 + (uint64_t)(*digit - '0');
    }
    if (digit == begin || digit == stop || *digit != end)
        return false;
    *at = digit + 1;
    *out_number = number;
    return true;
}

/* The rest of the line is a reason; *at moves behind it. */
static bool take_reason(const char **at, const char *stop,
                        char out_reason[static SOURCE_REASON_MAX + 1])
{
    const char *const end = memchr(*at, '\n', (size_t)(stop - *at));
    if (end == NULL)
        return false;
    source_reason(*at, (size_t)(end + 1 - *at), out_reason);
    *at = end + 1;
    return out_reason[0] != '\0';
}

enum hf_error signed_answer_parse(const char *bytes, size_t length,
                                  struct signed_answer *out_answer)
{
    static const char begin[] = "confirmed ";
    const char *const stop = bytes + length;
    struct signed_answer answer = {0};
    uint64_t status = 0;
    if (length < sizeof begin - 1 || memcmp(bytes, begin, sizeof begin - 1) != 0)
        return HF_EUNSIGNED;
    const char *at = bytes + (sizeof begin - 1);
    if (!take_number(&at, stop, JSON_DIGITS_MAX, ' ', &answer.confirmed) || answer.confirmed == 0)
        return HF_EUNSIGNED;
    if (!take_number(&at, stop, STATUS_DIGITS, '\n', &status) &&
        !(take_number(&at, stop, STATUS_DIGITS, ' ', &status) &&
          take_reason(&at, stop, answer.reason)))
        return HF_EUNSIGNED;
    answer.trouble = source_exit_error((int)status);
    answer.text = at;
    answer.length = (size_t)(stop - at);
    *out_answer = answer;
    return HF_OK;
}
