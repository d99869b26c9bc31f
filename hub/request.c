#include "hub/request.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/io.h"
#include "common/memory.h"
#include "common/name.h"
#include "common/secret.h"
#include "config.h"
#include "hub/echo.h"
#include "hub/endpoint.h"
#include "hub/headers.h"
#include "hub/printable.h"
#include "hub/reply.h"

#define BODY_FIRST      16384
#define CONNECT_SECONDS 10L
#define URL_MAX         1023
/* CURLE_TOO_LARGE of libcurl 8.6 and later; those before say of a header line over 100 KiB that
   they are out of memory. */
#define CODE_TOO_LARGE 100

DEFINE_SCOPED(curl, CURL *, curl_easy_cleanup, NULL);
DEFINE_SCOPED(list, struct curl_slist *, curl_slist_free_all, NULL);

/* One exchange on its way. */
struct exchange {
    struct headers headers;
    struct secret *body; /* owned */
    bool too_big, no_memory;
    char reason[CURL_ERROR_SIZE]; /* libcurl's words */
};

static void exchange_scope_end(struct exchange *held)
{
    secret_free(held->body);
}

enum hf_error hub_start(void)
{
    wiping_start();
    /* libcurl would write the keys of each connection there, with which who has its bytes reads the
       token: libcurl-env(3). */
    (void)unsetenv("SSLKEYLOGFILE");
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free,
                                         wiping_realloc, wiping_strdup, wiping_calloc);
    return code == CURLE_OK ? HF_OK : HF_ENOMEM;
}

void hub_answer_clear(struct hub_answer *answer)
{
    secret_free(answer->body);
    *answer = (struct hub_answer){0};
}

/* Moves the body into a secret with room for `wanted` bytes. */
static enum hf_error make_room(struct exchange *exchange, size_t wanted)
{
    struct secret *larger = NULL;
    size_t used = exchange->body == NULL ? 0 : secret_length(exchange->body);
    size_t room = exchange->body == NULL ? BODY_FIRST : secret_capacity(exchange->body);
    if (exchange->body != NULL && wanted <= room)
        return HF_OK;
    while (room < wanted)
        room *= 2;
    TRY(secret_new(room, &larger));
    if (used > 0)
        memcpy(secret_bytes(larger), secret_view(exchange->body), used);
    secret_set_length(larger, used);
    secret_free(exchange->body);
    exchange->body = larger;
    return HF_OK;
}

/* The two functions are CURLOPT_WRITEFUNCTION(3) and CURLOPT_HEADERFUNCTION(3); another number than
   what was given ends the transfer. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    size_t length = size * count, used = exchange->body == NULL ? 0 : secret_length(exchange->body);
    if (length > HUB_ANSWER_MAX - used) {
        exchange->too_big = true;
        return 0;
    }
    if (make_room(exchange, used + length) != HF_OK) {
        exchange->no_memory = true;
        return 0;
    }
    memcpy(secret_bytes(exchange->body) + used, bytes, length);
    secret_set_length(exchange->body, used + length);
    return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct exchange *exchange = context;
    if (headers_line(&exchange->headers, bytes, size * count))
        return size * count;
    exchange->too_big = true;
    return 0;
}

/* As huggingface_hub reads it. */
static bool is_offline(void)
{
    static const char *const yes[] = {"1", "ON", "YES", "TRUE"};
    const char *value = getenv("HF_HUB_OFFLINE");
    for (size_t i = 0; value != NULL && i < sizeof yes / sizeof yes[0]; i++)
        if (strcasecmp(value, yes[i]) == 0)
            return true;
    return false;
}

/* A variable's value, or NULL where it is unset or empty. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

#define SET(option, value) (curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

/* Only where one of the two is set do others count than libcurl's own: then exactly those. */
static bool set_certificates(CURL *curl)
{
    const char *file = variable("SSL_CERT_FILE"), *folder = variable("SSL_CERT_DIR");
    if (file == NULL && folder == NULL)
        return true;
    return SET(CURLOPT_CAINFO, file) && SET(CURLOPT_CAPATH, folder) &&
           SET(CURLOPT_PROXY_CAINFO, file) && SET(CURLOPT_PROXY_CAPATH, folder);
}

/* With CURLOPT_QUICK_EXIT(3) a resolver that hangs in a thread of its own is not waited for. */
static bool set_bounds(CURL *curl)
{
    return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS) &&
           SET(CURLOPT_TIMEOUT_MS, (long)HUB_PATIENCE) &&
           SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)HUB_ANSWER_MAX) &&
           SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
           SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(CURLOPT_HTTP_CONTENT_DECODING, 0L) && SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L) &&
           SET(CURLOPT_FORBID_REUSE, 1L) && SET(CURLOPT_QUICK_EXIT, 1L);
}

static bool set_server(CURL *curl, const struct endpoint *endpoint, const char *path)
{
    char url[URL_MAX + 1];
    return text_format(url, sizeof url, "%s%s", endpoint->url, path) == HF_OK &&
           SET(CURLOPT_URL, url) &&
           SET(CURLOPT_PROTOCOLS_STR, endpoint->secure ? "https" : "http") &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           (!endpoint_is_loopback(endpoint) || SET(CURLOPT_NOPROXY, "*")) && set_certificates(curl);
}

/* libcurl takes text; a secret that is a token has no zero byte in it, and one behind it. */
static bool set_bearer(CURL *curl, const struct secret *bearer)
{
    const char *text = (const char *)secret_view(bearer);
    return token_valid(text, secret_length(bearer)) && text[secret_length(bearer)] == '\0' &&
           SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) && SET(CURLOPT_XOAUTH2_BEARER, text);
}

/* libcurl borrows the body. */
static bool set_body(CURL *curl, const struct secret *body)
{
    return SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)secret_length(body)) &&
           SET(CURLOPT_POSTFIELDS, secret_view(body));
}

/* Adds to a list that stays as it is on failure. */
static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer != NULL)
        *list = longer;
    return longer != NULL;
}

/* "Expect: 100-continue" would cost a second where a server does not know it. */
static bool make_lines(const struct hub_request *request, struct curl_slist **list)
{
    char type[HUB_MESSAGE_MAX];
    if (!add_line(list, "Accept: application/json") || !add_line(list, "Expect:"))
        return false;
    return request->body == NULL ||
           (text_format(type, sizeof type, "Content-Type: %s", request->type) == HF_OK &&
            add_line(list, type));
}

static bool set_all(CURL *curl, const struct hub_request *request, struct exchange *exchange,
                    struct curl_slist **list)
{
    return set_bounds(curl) && set_server(curl, request->endpoint, request->path) &&
           SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION) &&
           SET(CURLOPT_ERRORBUFFER, exchange->reason) && SET(CURLOPT_WRITEFUNCTION, take_body) &&
           SET(CURLOPT_WRITEDATA, (void *)exchange) && SET(CURLOPT_HEADERFUNCTION, take_header) &&
           SET(CURLOPT_HEADERDATA, (void *)exchange) && make_lines(request, list) &&
           SET(CURLOPT_HTTPHEADER, *list) &&
           (request->bearer == NULL || set_bearer(curl, request->bearer)) &&
           (request->body == NULL || set_body(curl, request->body));
}

/* Whose connection failed is only in libcurl's words: "Failed to connect to HOST port ...". */
static bool is_of_proxy(const struct endpoint *endpoint, const char *reason)
{
    char host[sizeof endpoint->host + 4];
    const char *name = endpoint->host + (endpoint->host[0] == '[');
    size_t length = strcspn(name, endpoint->host[0] == '[' ? "]" : ":");
    return text_format(host, sizeof host, " to %.*s port", (int)length, name) == HF_OK &&
           strstr(reason, " to ") != NULL && strcasestr(reason, host) == NULL;
}

static enum hub_fault_kind of_code(CURLcode code)
{
    switch ((int)code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return HUB_NO_NAME;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return HUB_NO_PROXY;
    case CURLE_SSL_CACERT_BADFILE:
        return HUB_NO_AUTHORITIES;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return HUB_UNTRUSTED;
    case CURLE_OPERATION_TIMEDOUT:
        return HUB_TIMEOUT;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        return HUB_CUT;
    case CURLE_FILESIZE_EXCEEDED:
    case CODE_TOO_LARGE:
        return HUB_TOO_BIG;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return HUB_MALFORMED;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return HUB_LOCAL;
    default:
        return HUB_NO_CONNECTION;
    }
}

static enum hub_fault_kind of_failure(CURL *curl, CURLcode code, const struct endpoint *endpoint,
                                      const struct exchange *exchange)
{
    long proxy_status = 0;
    if (exchange->too_big || (code == CURLE_OUT_OF_MEMORY && exchange->headers.size > 0))
        return HUB_TOO_BIG;
    if (exchange->no_memory)
        return HUB_LOCAL;
    (void)curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status >= 300)
        return HUB_NO_PROXY;
    if (code == CURLE_COULDNT_CONNECT && is_of_proxy(endpoint, exchange->reason))
        return HUB_NO_PROXY;
    return of_code(code);
}

static void keep_reason(struct hub_fault *fault, const char *reason)
{
    printable_copy(reason, strlen(reason), BLOT_ANY, fault->message, sizeof fault->message);
}

/* Errors also say in their body what they are; OAuth's only there. */
static void keep_message(const struct secret *body, struct hub_fault *fault)
{
    SCOPED(reply) struct json_object *reply = NULL;
    char text[HUB_MESSAGE_MAX + 1];
    if (body == NULL || fault->message[0] != '\0' ||
        reply_parse((const char *)secret_view(body), secret_length(body), &reply) != HF_OK)
        return;
    reply_text(reply, "error_description", text, sizeof text);
    if (text[0] == '\0')
        reply_text(reply, "error", text, sizeof text);
    keep_reason(fault, text);
}

/* libcurl's words, but where they quote a proxy's address: its password may be in it. */
static const char *reason_of(CURLcode code, const struct exchange *exchange)
{
    const char *reason = exchange->reason;
    if (reason[0] == '\0' || code == CURLE_COULDNT_RESOLVE_PROXY || code == CURLE_PROXY ||
        strchr(reason, '@') != NULL || strstr(reason, "://") != NULL)
        return curl_easy_strerror(code);
    return reason;
}

static void perform(CURL *curl, const struct hub_request *request, struct exchange *exchange,
                    struct hub_answer *answer)
{
    SCOPED(list) struct curl_slist *list = NULL;
    long status = 0;
    if (!set_all(curl, request, exchange, &list))
        return;
    CURLcode code = curl_easy_perform(curl);
    if (code != CURLE_OK) {
        answer->fault.kind = of_failure(curl, code, request->endpoint, exchange);
        /* The kind says it all where it was this program that stopped. */
        if (answer->fault.kind != HUB_TOO_BIG && answer->fault.kind != HUB_LOCAL)
            keep_reason(&answer->fault, reason_of(code, exchange));
    } else {
        (void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        answer->body = TAKE(exchange->body);
        if (headers_verdict(&exchange->headers, status, &answer->fault) != HUB_OK)
            keep_message(answer->body, &answer->fault);
    }
    echo_forget(request->bearer, &answer->fault);
    echo_forget(request->secret, &answer->fault);
}

enum hub_fault_kind hub_ask(const struct hub_request *request, struct hub_answer *out_answer)
{
    SCOPED(exchange) struct exchange exchange = {0};
    struct hub_answer answer = {.fault.kind = HUB_LOCAL};
    if (is_offline()) {
        answer.fault.kind = HUB_FORBIDDEN_BY_USER;
    } else {
        SCOPED(curl) CURL *curl = curl_easy_init();
        if (curl != NULL)
            perform(curl, request, &exchange, &answer);
    }
    *out_answer = answer;
    return answer.fault.kind;
}
