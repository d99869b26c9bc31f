#include "hub/whoami.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/io.h"
#include "common/secret.h"
#include "hub/reply.h"
#include "hub/request.h"

/* The number of `digits` digits at *at, which moves on, and `mark` behind; false: it is not there.
 */
static bool read_digits(const char **at, int digits, char mark, int *out_number)
{
    int number = 0;
    for (int i = 0; i < digits; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        number = number * 10 + (**at - '0');
    }
    *out_number = number;
    return mark == '\0' || *(*at)++ == mark;
}

/* "2026-01-02T03:04:05.000Z", what JavaScript's toISOString gives: seconds since the epoch, or 0.
 */
static uint64_t read_date(const char *text)
{
    struct tm tm = {0};
    if (!read_digits(&text, 4, '-', &tm.tm_year) || !read_digits(&text, 2, '-', &tm.tm_mon) ||
        !read_digits(&text, 2, 'T', &tm.tm_mday) || !read_digits(&text, 2, ':', &tm.tm_hour) ||
        !read_digits(&text, 2, ':', &tm.tm_min) || !read_digits(&text, 2, '\0', &tm.tm_sec))
        return 0;
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    if (strcmp(text, "Z") != 0 || tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 ||
        tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    time_t seconds = timegm(&tm);
    return seconds > 0 ? (uint64_t)seconds : 0;
}

static uint64_t get_date(const struct json_object *object, const char *member)
{
    char text[HUB_TEXT_MAX + 1];
    reply_text(object, member, text, sizeof text);
    return read_date(text);
}

static void get_organisations(const struct json_object *reply, struct hub_account *account)
{
    const struct json_object *list = reply_list(reply, "orgs", &account->organisations_all);
    for (size_t i = 0;
         i < account->organisations_all && account->organisation_count < HUB_ORGANISATIONS_MAX;
         i++) {
        char *name = account->organisations[account->organisation_count];
        reply_text(reply_object_at(list, i), "name", name, HUB_TEXT_MAX + 1);
        account->organisation_count += name[0] != '\0';
    }
}

/* Adds words with a space between, as many as there is room for. */
static void add_words(const struct json_object *list, size_t count, char out_text[HUB_TEXT_MAX + 1])
{
    size_t used = 0;
    out_text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        char word[HUB_TEXT_MAX + 1];
        reply_text_at(list, i, word, sizeof word);
        if (word[0] == '\0')
            continue;
        if (used + strlen(word) + 1 > HUB_TEXT_MAX)
            return;
        used += (size_t)snprintf(out_text + used, HUB_TEXT_MAX + 1 - used, "%s%s",
                                 used > 0 ? " " : "", word);
    }
}

static void add_scope(struct hub_account *account, const struct json_object *scoped)
{
    char type[HUB_TEXT_MAX / 2], name[HUB_TEXT_MAX / 2];
    size_t count = 0;
    struct hub_scope *scope = &account->scopes[account->scope_count];
    const struct json_object *entity = reply_object(scoped, "entity");
    const struct json_object *permissions = reply_list(scoped, "permissions", &count);
    reply_text(entity, "type", type, sizeof type);
    reply_text(entity, "name", name, sizeof name);
    if (text_format(scope->entity, sizeof scope->entity, "%s%s%s", type,
                    type[0] != '\0' && name[0] != '\0' ? " " : "", name) != HF_OK)
        return;
    add_words(permissions, count, scope->permissions);
    account->scope_count += scope->entity[0] != '\0';
}

static void get_scopes(const struct json_object *fine_grained, struct hub_account *account)
{
    size_t global_count = 0;
    const struct json_object *scoped = reply_list(fine_grained, "scoped", &account->scopes_all);
    const struct json_object *global = reply_list(fine_grained, "global", &global_count);
    struct hub_scope *first = &account->scopes[0];
    add_words(global, global_count, first->permissions);
    bool is_global = first->permissions[0] != '\0';
    if (is_global) {
        memcpy(first->entity, HUB_SCOPE_GLOBAL, sizeof HUB_SCOPE_GLOBAL);
        account->scope_count = 1;
    }
    for (size_t i = 0; i < account->scopes_all && account->scope_count < HUB_SCOPES_MAX; i++)
        add_scope(account, reply_object_at(scoped, i));
    account->scopes_all += is_global;
}

static void get_token(const struct json_object *authentication, struct hub_account *account)
{
    const struct json_object *token = reply_object(authentication, "accessToken");
    const struct json_object *fine_grained = reply_object(token, "fineGrained");
    char type[HUB_TEXT_MAX + 1];
    reply_text(authentication, "type", type, sizeof type);
    reply_text(token, "role", account->role, sizeof account->role);
    reply_text(token, "displayName", account->display_name, sizeof account->display_name);
    /* An application's token has no role of its own: "oauth", "app_token", "app_token_as_user". */
    if (account->role[0] == '\0' &&
        (strncmp(type, "oauth", 5) == 0 || strncmp(type, "app_token", 9) == 0))
        memcpy(account->role, "oauth", sizeof "oauth");
    account->created = get_date(token, "createdAt");
    account->expires = get_date(authentication, "expiresAt");
    if (account->expires == 0)
        account->expires = get_date(token, "expiresAt");
    account->reads_gated = reply_flag(fine_grained, "canReadGatedRepos");
    get_scopes(fine_grained, account);
}

enum hf_error whoami_parse(const char *bytes, size_t length, struct hub_account *out_account)
{
    SCOPED(reply) struct json_object *reply = NULL;
    struct hub_account account = {0};
    TRY(reply_parse(bytes, length, &reply));
    reply_text(reply, "type", account.kind, sizeof account.kind);
    reply_text(reply, "name", account.name, sizeof account.name);
    reply_text(reply, "fullname", account.full_name, sizeof account.full_name);
    if (account.kind[0] == '\0' || account.name[0] == '\0')
        return HF_EFORMAT;
    get_organisations(reply, &account);
    get_token(reply_object(reply, "auth"), &account);
    *out_account = account;
    return HF_OK;
}

static enum hf_error parse_body(const struct secret *body, struct hub_account *out_account)
{
    return body == NULL
               ? HF_EJSON
               : whoami_parse((const char *)secret_view(body), secret_length(body), out_account);
}

enum hub_fault_kind whoami_ask(const struct endpoint *endpoint, const struct secret *token,
                               struct hub_account *out_account, struct hub_fault *out_fault)
{
    SCOPED(hub_answer) struct hub_answer answer = {0};
    const struct hub_request request = {
        .endpoint = endpoint, .path = "/api/whoami-v2", .bearer = token};
    hub_ask(&request, &answer);
    *out_fault = answer.fault;
    out_fault->kind = hub_fault_of_other(answer.fault.kind);
    if (out_fault->kind == HUB_OK)
        out_fault->kind = hub_fault_of_body(parse_body(answer.body, out_account));
    return out_fault->kind;
}
