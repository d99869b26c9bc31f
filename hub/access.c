#include "hub/access.h"

#include <string.h>
#include <strings.h>

#include "common/io.h"
#include "hub/endpoint.h"
#include "hub/request.h"

/* The Hub's own limit of an owner's and of a repository's name. */
#define PART_MAX 96
/* Of a page's path, what is looked at: kind, owner and name are shorter. */
#define PAGE_PATH_MAX (size_t)(2 * REPOSITORY_MAX)

struct span {
    const char *text;
    size_t length;
};

static bool span_is(struct span span, const char *word)
{
    return span.length == strlen(word) && memcmp(span.text, word, span.length) == 0;
}

/* The next part of a path, without slashes; empty at the end. */
static struct span next_part(const char **at)
{
    struct span part = {*at, strcspn(*at, "/")};
    *at += part.length;
    if (**at == '/')
        (*at)++;
    return part;
}

/* huggingface_hub's validate_repo_id, but for what only the Hub itself needs to mind. With a dot or
   dash first it could be "..", or be read as an option. */
static bool part_valid(struct span part)
{
    if (part.length == 0 || part.length > PART_MAX || part.text[0] == '.' || part.text[0] == '-')
        return false;
    for (size_t i = 0; i < part.length; i++) {
        const char c = part.text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '.' || c == '_' || c == '-'))
            return false;
    }
    return true;
}

static const char *kind_of(struct span part)
{
    static const char *const kinds[] = {"models", "datasets", "spaces"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (span_is(part, kinds[i]))
            return kinds[i];
    return NULL;
}

static enum hf_error make(const char *kind, struct span first, struct span second,
                          struct repository *out_repository)
{
    struct repository repository = {.kind = kind};
    bool owned = second.length > 0;
    if (!part_valid(first) || (owned && !part_valid(second)))
        return HF_ENAME;
    if (text_format(repository.id, sizeof repository.id, "%.*s%s%.*s", (int)first.length,
                    first.text, owned ? "/" : "", (int)second.length, second.text) != HF_OK)
        return HF_ENAME;
    *out_repository = repository;
    return HF_OK;
}

/* KIND/OWNER/NAME and what is shorter, to the end of the text. */
static enum hf_error parse_plain(const char *text, struct repository *out_repository)
{
    const char *at = text;
    size_t length = strlen(text);
    if (length == 0 || text[length - 1] == '/')
        return HF_ENAME;
    struct span first = next_part(&at);
    const char *kind = kind_of(first);
    if (kind != NULL)
        first = next_part(&at);
    struct span second = next_part(&at);
    if (*at != '\0' || (second.length == 0 && strchr(first.text, '/') != NULL))
        return HF_ENAME;
    return make(kind != NULL ? kind : "models", first, second, out_repository);
}

/* What follows on a repository in an address; without it, /gpt2/tree/main would be of one "gpt2".
 */
static bool is_page(struct span part)
{
    static const char *const pages[] = {"tree",   "blob",    "resolve",     "raw",
                                        "commit", "commits", "discussions", "settings",
                                        "viewer", "edit",    "blame",       "logs"};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (span_is(part, pages[i]))
            return true;
    return false;
}

static struct span without_git(struct span part)
{
    if (part.length > 4 && memcmp(part.text + part.length - 4, ".git", 4) == 0)
        part.length -= 4;
    return part;
}

/* The path of a page, behind the endpoint and its slash. */
static enum hf_error parse_page(const char *path, struct repository *out_repository)
{
    char text[PAGE_PATH_MAX + 1];
    size_t length = strcspn(path, "?#");
    /* What is longer is passed over; a name that is cut here is too long in any case. */
    if (length > PAGE_PATH_MAX)
        length = PAGE_PATH_MAX;
    memcpy(text, path, length);
    text[length] = '\0';
    const char *at = text;
    struct span first = next_part(&at);
    const char *kind = kind_of(first);
    if (kind != NULL)
        first = next_part(&at);
    struct span second = next_part(&at);
    if (second.length == 0 || is_page(second))
        return make(kind != NULL ? kind : "models", without_git(first), (struct span){"", 0},
                    out_repository);
    return make(kind != NULL ? kind : "models", first, without_git(second), out_repository);
}

enum hf_error repository_parse(const struct endpoint *endpoint, const char *text,
                               struct repository *out_repository)
{
    size_t prefix = strlen(endpoint->url);
    if (strstr(text, "://") == NULL)
        return parse_plain(text, out_repository);
    if (strncasecmp(text, endpoint->url, prefix) != 0 ||
        (text[prefix] != '/' && text[prefix] != '\0'))
        return HF_EENDPOINT;
    if (text[prefix] == '\0')
        return HF_ENAME;
    return parse_page(text + prefix + 1, out_repository);
}

enum hub_fault_kind access_ask(const struct endpoint *endpoint, const struct secret *token,
                               const struct repository *repository, struct hub_fault *out_fault)
{
    SCOPED(hub_answer) struct hub_answer answer = {0};
    char path[REPOSITORY_MAX + 64];
    *out_fault = (struct hub_fault){.kind = HUB_LOCAL};
    if (text_format(path, sizeof path, "/api/%s/%s/auth-check", repository->kind, repository->id) !=
        HF_OK)
        return HUB_LOCAL;
    const struct hub_request request = {.endpoint = endpoint, .path = path, .bearer = token};
    hub_ask(&request, &answer);
    *out_fault = answer.fault;
    return out_fault->kind;
}
