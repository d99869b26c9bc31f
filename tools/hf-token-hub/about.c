#include "tools/hf-token-hub/about.h"

#include <stdio.h>
#include <string.h>

#include "common/secret.h"
#include "hub/endpoint.h"
#include "hub/whoami.h"
#include "tools/say.h"

#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

_Static_assert(HUB_TEXT_MAX == ABOUT_TEXT_MAX, "a text of the Hub is kept as it is");
_Static_assert(HUB_ORGANISATIONS_MAX == ABOUT_ORGANISATIONS_MAX, "and so are organisations");
_Static_assert(sizeof((struct endpoint *)0)->url == sizeof((struct token_about *)0)->endpoint,
               "and the address");

void about_fill(const struct endpoint *endpoint, const struct hub_account *account, uint64_t now,
                struct token_about *out_about)
{
    struct token_about about = {.checked = now,
                                .created = account->created,
                                .expires = account->expires,
                                .organisation_count = account->organisation_count};
    memcpy(about.endpoint, endpoint->url, sizeof about.endpoint);
    memcpy(about.account, account->name, sizeof about.account);
    memcpy(about.kind, account->kind, sizeof about.kind);
    memcpy(about.role, account->role, sizeof about.role);
    memcpy(about.display_name, account->display_name, sizeof about.display_name);
    memcpy(about.organisations, account->organisations, sizeof about.organisations);
    *out_about = about;
}

static bool same_organisations(const struct token_about *one, const struct token_about *other)
{
    if (one->organisation_count != other->organisation_count)
        return false;
    for (size_t i = 0; i < one->organisation_count; i++)
        if (strcmp(one->organisations[i], other->organisations[i]) != 0)
            return false;
    return true;
}

bool about_same(const struct token_about *one, const struct token_about *other)
{
    return one->checked != 0 && other->checked != 0 && one->created == other->created &&
           one->expires == other->expires && strcmp(one->endpoint, other->endpoint) == 0 &&
           strcmp(one->account, other->account) == 0 && strcmp(one->kind, other->kind) == 0 &&
           strcmp(one->role, other->role) == 0 &&
           strcmp(one->display_name, other->display_name) == 0 && same_organisations(one, other);
}

void about_name(const char *display_name, char out_name[static TOKEN_NAME_MAX + 1])
{
    size_t used = 0;
    for (const char *c = display_name; *c != '\0' && used < TOKEN_NAME_MAX; c++) {
        /* One dash for a character of UTF-8, however many bytes it has. */
        if (((unsigned char)*c & 0xc0) == 0x80)
            continue;
        const bool kept = strchr(NAME_CHARACTERS, *c) != NULL;
        if (used > 0 || (kept && *c != '-' && *c != '.'))
            memcpy(out_name + used++, kept ? c : "-", 1);
    }
    out_name[used] = '\0';
    if (used == 0 || say_like_token(out_name))
        memcpy(out_name, "main", sizeof "main");
}

const char *about_masked(const struct secret *token, char masked[static MASKED_SIZE])
{
    const char *bytes = (const char *)secret_view(token);
    const size_t length = secret_length(token);
    const bool old = length >= 8 && memcmp(bytes, "api_org_", 8) == 0;
    /* Of a short one, four characters would be too much of it. */
    const bool shown = length >= 24;
    (void)snprintf(masked, MASKED_SIZE, "%s\u2026%.*s", old ? "api_org_" : "hf_", shown ? 4 : 0,
                   shown ? bytes + length - 4 : "");
    return masked;
}

const char *about_role(const char *role)
{
    return strcmp(role, "fineGrained") == 0 ? "fine-grained" : role;
}
