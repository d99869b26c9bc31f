#include "hub/endpoint.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/io.h"
#include "common/scope.h"

DEFINE_SCOPED(url, CURLU *, curl_url_cleanup, NULL);

/* The name alone, an IPv6 address without its brackets; or empty: it is none that we know. */
static bool is_loopback_name(const char *name)
{
    struct in_addr address;
    struct in6_addr address6;
    if (strcmp(name, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, name, &address) == 1)
        return ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET;
    return inet_pton(AF_INET6, name, &address6) == 1 && IN6_IS_ADDR_LOOPBACK(&address6);
}

static bool is_loopback_host(const char *host)
{
    char name[ENDPOINT_MAX + 1];
    bool bracketed = host[0] == '[';
    size_t length = strcspn(host + bracketed, bracketed ? "]" : ":");
    return text_format(name, sizeof name, "%.*s", (int)length, host + bracketed) == HF_OK &&
           is_loopback_name(name);
}

bool endpoint_is_loopback(const struct endpoint *endpoint)
{
    return is_loopback_host(endpoint->host);
}

/* libcurl would guess at what is missing, and take one slash or three for two. */
static bool has_scheme(const char *text)
{
    size_t scheme = strncasecmp(text, "https://", 8) == 0 ? 8 : 7;
    return (scheme == 8 || strncasecmp(text, "http://", 7) == 0) && text[scheme] != '/';
}

static bool has_only(const char *text, const char *others)
{
    for (; *text != '\0'; text++) {
        bool alphanumeric = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
                            (*text >= '0' && *text <= '9');
        if (!alphanumeric && strchr(others, *text) == NULL)
            return false;
    }
    return true;
}

struct parts {
    char *scheme, *host, *port, *path; /* owned; port NULL where none is given */
};

static void parts_scope_end(struct parts *held)
{
    curl_free(held->scheme);
    curl_free(held->host);
    curl_free(held->port);
    curl_free(held->path);
}

/* A name of a host and nothing that a resolver, a browser or git might read in another way. */
static bool host_valid(const char *host)
{
    size_t length = strlen(host);
    if (length == 0 || host[0] == '.' || host[0] == '-')
        return false;
    if (host[0] != '[')
        return has_only(host, "-._");
    struct in6_addr address;
    char name[INET6_ADDRSTRLEN];
    return host[length - 1] == ']' &&
           text_format(name, sizeof name, "%.*s", (int)length - 2, host + 1) == HF_OK &&
           inet_pton(AF_INET6, name, &address) == 1;
}

static void lower(char *text)
{
    for (; *text != '\0'; text++)
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text - 'A' + 'a');
}

/* The parts of an address that may be used at all. */
static enum hf_error take_parts(const char *text, struct parts *out_parts)
{
    SCOPED(url) CURLU *url = curl_url();
    if (url == NULL)
        return HF_ENOMEM;
    CURLUcode code = curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER);
    if (code != CURLUE_OK)
        return code == CURLUE_OUT_OF_MEMORY ? HF_ENOMEM : HF_EENDPOINT;
    if (curl_url_get(url, CURLUPART_SCHEME, &out_parts->scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &out_parts->host, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PATH, &out_parts->path, 0) != CURLUE_OK)
        return HF_ENOMEM;
    code = curl_url_get(url, CURLUPART_PORT, &out_parts->port, CURLU_NO_DEFAULT_PORT);
    if (code != CURLUE_OK && code != CURLUE_NO_PORT)
        return HF_ENOMEM;
    lower(out_parts->host);
    bool secure = strcmp(out_parts->scheme, "https") == 0;
    if (!host_valid(out_parts->host) || (out_parts->port != NULL && atoi(out_parts->port) == 0))
        return HF_EENDPOINT;
    return secure || is_loopback_host(out_parts->host) ? HF_OK : HF_EENDPOINT;
}

enum hf_error endpoint_parse(const char *text, struct endpoint *out_endpoint)
{
    SCOPED(parts) struct parts parts = {0};
    struct endpoint endpoint = {0};
    if (strnlen(text, ENDPOINT_MAX + 1) > ENDPOINT_MAX || !has_scheme(text) ||
        !has_only(text, "-._~:/[]"))
        return HF_EENDPOINT;
    TRY(take_parts(text, &parts));
    size_t path = strlen(parts.path);
    while (path > 0 && parts.path[path - 1] == '/')
        path--;
    endpoint.secure = strcmp(parts.scheme, "https") == 0;
    /* libcurl resolves numbers and dots, so these can be longer than the text was. */
    if (text_format(endpoint.host, sizeof endpoint.host, "%s%s%s", parts.host,
                    parts.port != NULL ? ":" : "", parts.port != NULL ? parts.port : "") != HF_OK ||
        text_format(endpoint.path, sizeof endpoint.path, "%.*s", (int)path, parts.path) != HF_OK ||
        text_format(endpoint.url, sizeof endpoint.url, "%s://%s%s", parts.scheme, endpoint.host,
                    endpoint.path) != HF_OK)
        return HF_EENDPOINT;
    *out_endpoint = endpoint;
    return HF_OK;
}

enum hf_error endpoint_choose(struct endpoint *out_endpoint)
{
    const char *text = getenv(ENDPOINT_VARIABLE);
    return endpoint_parse(text != NULL && text[0] != '\0' ? text : ENDPOINT_STANDARD, out_endpoint);
}

bool page_address_valid(const char *text)
{
    SCOPED(parts) struct parts parts = {0};
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= 0x20 || *at >= 0x7f || *at == '\\')
            return false;
    return has_scheme(text) && take_parts(text, &parts) == HF_OK;
}
