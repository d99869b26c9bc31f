#include "hub/grant.h"

#include <string.h>

#include "common/io.h"
#include "common/name.h"
#include "common/secret.h"
#include "hub/form.h"

void grant_clear(struct grant *grant)
{
    secret_free(grant->refresh);
    *grant = (struct grant){0};
}

static bool refresh_valid(const struct secret *refresh)
{
    return token_valid((const char *)secret_view(refresh), secret_length(refresh));
}

enum hf_error grant_print_into(const struct grant *grant, struct secret *text)
{
    if (!grant->endpoint.secure)
        return HF_EENDPOINT;
    if (!client_id_valid(grant->client_id) || grant->refresh == NULL ||
        !refresh_valid(grant->refresh))
        return HF_EFORMAT;
    TRY(form_add(text, grant->endpoint.url));
    TRY(form_add(text, " "));
    TRY(form_add(text, grant->client_id));
    TRY(form_add(text, " "));
    return form_add_secret(text, grant->refresh);
}

enum hf_error grant_print(const struct grant *grant, struct secret **out_text)
{
    SCOPED(secret) struct secret *text = NULL;
    TRY(secret_new(GRANT_MAX, &text));
    TRY(grant_print_into(grant, text));
    *out_text = TAKE(text);
    return HF_OK;
}

/* The bytes up to the next space, which is there, as text. *at is behind it afterwards. */
static enum hf_error take_word(const char **at, const char *end, char *out_word, size_t size)
{
    const char *space = memchr(*at, ' ', (size_t)(end - *at));
    if (space == NULL || (size_t)(space - *at) >= size ||
        memchr(*at, '\0', (size_t)(space - *at)) != NULL)
        return HF_EFORMAT;
    memcpy(out_word, *at, (size_t)(space - *at));
    out_word[space - *at] = '\0';
    *at = space + 1;
    return HF_OK;
}

enum hf_error grant_parse(const struct secret *text, struct grant *out_grant)
{
    SCOPED(grant) struct grant grant = {0};
    char url[ENDPOINT_MAX + 1];
    const char *at = (const char *)secret_view(text), *end = at + secret_length(text);
    if (secret_length(text) > GRANT_MAX)
        return HF_ETOOBIG;
    TRY(take_word(&at, end, url, sizeof url));
    TRY(take_word(&at, end, grant.client_id, sizeof grant.client_id));
    TRY(endpoint_parse(url, &grant.endpoint));
    if (!grant.endpoint.secure)
        return HF_EENDPOINT;
    /* There is one way to write each. */
    if (strcmp(url, grant.endpoint.url) != 0 || !client_id_valid(grant.client_id) ||
        !token_valid(at, (size_t)(end - at)))
        return HF_EFORMAT;
    TRY(secret_copy(at, (size_t)(end - at), &grant.refresh));
    *out_grant = grant;
    grant.refresh = NULL;
    return HF_OK;
}
