/* Answers of /oauth/device and /oauth/token: what is accepted can be sent and shown. The first byte
 * chooses the status. */
#include "common/name.h"
#include "common/secret.h"
#include "hub/endpoint.h"
#include "hub/oauth.h"
#include "tests/fuzz/printable.h"

static void must_be_token(const struct secret *token)
{
    MUST(token_valid((const char *)secret_view(token), secret_length(token)));
}

static void try_device(const char *bytes, size_t length)
{
    SCOPED(device) struct device device = {0};
    if (device_parse(bytes, length, &device) != HF_OK) {
        MUST(device.code == NULL);
        return;
    }
    must_be_token(device.code);
    MUST(device.user_code[0] != '\0' && page_address_valid(device.address));
    MUST(device.whole_address[0] == '\0' || page_address_valid(device.whole_address));
    MUST(device.interval >= 1);
    must_be_printable(device.user_code, sizeof device.user_code);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const long statuses[] = {200, 400, 401, 403, 429, 500, 302, 0};
    SCOPED(oauth_tokens) struct oauth_tokens tokens = {0};
    enum oauth_state state = OAUTH_TROUBLE;
    if (length == 0)
        return 0;
    long status = statuses[bytes[0] % 8];
    const char *text = (const char *)bytes + 1;
    try_device(text, length - 1);
    enum hf_error error = oauth_parse(text, length - 1, status, &state, &tokens);
    MUST((tokens.access != NULL) == (error == HF_OK && state == OAUTH_DONE));
    if (tokens.access == NULL)
        return 0;
    MUST(status == 200);
    must_be_token(tokens.access);
    if (tokens.refresh != NULL)
        must_be_token(tokens.refresh);
    return 0;
}
