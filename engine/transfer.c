#include "engine/transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "common/memory.h"
#include "common/secret.h"
#include "config.h"

#define BODY_FIRST  4096
#define HEADERS_MAX 65536
/* CURLE_TOO_LARGE of libcurl 8.6 and later. */
#define CODE_TOO_LARGE 100

_Static_assert(TRANSFER_REASON_SIZE == CURL_ERROR_SIZE, "libcurl writes that much");

static bool make_room(struct transfer *transfer, size_t wanted)
{
    size_t room = transfer->room == 0 ? BODY_FIRST : transfer->room;
    if (wanted < transfer->room)
        return true;
    while (room <= wanted)
        room *= 2;
    char *larger = wiping_realloc(transfer->bytes, room);
    if (larger == NULL)
        return false;
    transfer->bytes = larger;
    transfer->room = room;
    return true;
}

/* CURLOPT_WRITEFUNCTION(3) and CURLOPT_HEADERFUNCTION(3): another number than what was given ends
   the transfer. CURLOPT_MAXFILESIZE(3) does not bound a chunked body. */
static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    const size_t length = size * count;
    transfer->too_big = length > transfer->maximum - transfer->length;
    if (transfer->too_big)
        return 0;
    transfer->no_memory = !make_room(transfer, transfer->length + length);
    if (transfer->no_memory)
        return 0;
    memcpy(transfer->bytes + transfer->length, bytes, length);
    transfer->length += length;
    transfer->bytes[transfer->length] = '\0';
    return length;
}

static size_t take_header(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    (void)bytes;
    transfer->header_length += size * count;
    transfer->too_big = transfer->header_length > HEADERS_MAX;
    return transfer->too_big ? 0 : size * count;
}

#define SET(option, value) (curl_easy_setopt(curl, (option), (value)) == CURLE_OK)

/* With CURLOPT_QUICK_EXIT(3) a resolver that hangs in a thread of its own is not waited for. */
static bool set_bounds(CURL *curl, const struct transfer_plan *plan)
{
    return SET(CURLOPT_NOSIGNAL, 1L) && SET(CURLOPT_CONNECTTIMEOUT_MS, plan->connect_ms) &&
           SET(CURLOPT_TIMEOUT_MS, plan->total_ms) && SET(CURLOPT_FOLLOWLOCATION, 0L) &&
           SET(CURLOPT_PROXY, "") && SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
           SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           SET(CURLOPT_HTTP_CONTENT_DECODING, 0L) && SET(CURLOPT_QUICK_EXIT, 1L) &&
           SET(CURLOPT_PROTOCOLS_STR, "https") && SET(CURLOPT_URL, plan->url);
}

/* A file of authorities stands for itself: then those of the system do not count. */
static bool set_certificates(CURL *curl, const struct site_engine *place)
{
    return SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           (place->authorities[0] == '\0' ||
            (SET(CURLOPT_CAINFO, place->authorities) && SET(CURLOPT_CAPATH, NULL))) &&
           (place->certificate[0] == '\0' ||
            (SET(CURLOPT_SSLCERT, place->certificate) && SET(CURLOPT_SSLKEY, place->key)));
}

/* libcurl takes texts; a secret has a zero byte behind its capacity. */
static bool set_user(CURL *curl, const struct transfer_plan *plan)
{
    if (plan->password == NULL)
        return true;
    const char *password = (const char *)secret_view(plan->password);
    return strlen(password) == secret_length(plan->password) &&
           SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) &&
           SET(CURLOPT_USERNAME, plan->place->user) && SET(CURLOPT_PASSWORD, password);
}

static bool add_line(struct transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->lines, line);
    if (longer != NULL)
        transfer->lines = longer;
    return longer != NULL;
}

/* "Expect: 100-continue" would cost a second where a server does not know it. */
static bool make_lines(struct transfer *transfer, const struct transfer_plan *plan)
{
    if (!add_line(transfer, "Expect:"))
        return false;
    for (size_t i = 0; i < TRANSFER_LINES_MAX && plan->lines[i] != NULL; i++)
        if (!add_line(transfer, plan->lines[i]))
            return false;
    return plan->authorization == NULL ||
           add_line(transfer, (const char *)secret_view(plan->authorization));
}

/* libcurl borrows the body. */
static bool set_request(CURL *curl, const struct transfer_plan *plan)
{
    if (plan->method == NULL)
        return true;
    return SET(CURLOPT_FRESH_CONNECT, plan->fresh ? 1L : 0L) && SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_CUSTOMREQUEST, plan->method) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)plan->length) &&
           SET(CURLOPT_POSTFIELDS, plan->body == NULL ? "" : plan->body);
}

static bool set_all(CURL *curl, const struct transfer_plan *plan, void *context,
                    struct transfer *transfer)
{
    return set_bounds(curl, plan) && set_certificates(curl, plan->place) && set_user(curl, plan) &&
           set_request(curl, plan) && make_lines(transfer, plan) &&
           SET(CURLOPT_HTTPHEADER, transfer->lines) &&
           SET(CURLOPT_USERAGENT, PACKAGE_NAME "/" PACKAGE_VERSION) &&
           SET(CURLOPT_ERRORBUFFER, transfer->reason) && SET(CURLOPT_PRIVATE, context) &&
           SET(CURLOPT_WRITEFUNCTION, take_body) && SET(CURLOPT_WRITEDATA, (void *)transfer) &&
           SET(CURLOPT_HEADERFUNCTION, take_header) && SET(CURLOPT_HEADERDATA, (void *)transfer);
}

enum hf_error transfer_begin(const struct transfer_plan *plan, void *context,
                             struct transfer *out_transfer)
{
    *out_transfer = (struct transfer){.maximum = plan->maximum};
    out_transfer->easy = curl_easy_init();
    if (out_transfer->easy == NULL || !set_all(out_transfer->easy, plan, context, out_transfer))
        return HF_ENOMEM;
    return HF_OK;
}

/* OpenSSL's words, "... alert bad certificate ...": ssl(7), RFC 8446 section 6.2. */
static bool is_alert(const char *reason)
{
    static const char *const alerts[] = {"certificate", "unknown ca", "access denied"};
    const char *alert = strstr(reason, "alert ");
    for (size_t i = 0; alert != NULL && i < sizeof alerts / sizeof alerts[0]; i++)
        if (strstr(alert, alerts[i]) != NULL)
            return true;
    return false;
}

static enum hf_error of_code(int code)
{
    switch (code) {
    case CURLE_OK:
        return HF_OK;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return HF_EUNTRUSTED;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_URL_MALFORMAT:
        return HF_ECONFIG;
    case CURLE_FILESIZE_EXCEEDED:
    case CODE_TOO_LARGE:
        return HF_ETOOBIG;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING:
        return HF_EPROTOCOL;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
        return HF_ENOMEM;
    default:
        return HF_EUNAVAIL;
    }
}

/* Cut off between TLS and the answer. So does a server with TLS 1.3 that takes no certificate of
   the kind, if the alert which says so is overtaken by the connection's reset. */
static bool is_cut_off(const struct transfer *transfer, int code)
{
    curl_off_t secured = 0;
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
    return secured > 0 && transfer->status == 0 &&
           (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING);
}

static void write_reason(struct transfer *transfer, int code)
{
    const char *words = curl_easy_strerror((CURLcode)code);
    if (is_cut_off(transfer, code) && !is_alert(transfer->reason))
        (void)!text_format(transfer->reason, sizeof transfer->reason,
                           "%s: so it ends too where the server does not take this machine's "
                           "certificate",
                           words);
    else if (transfer->reason[0] == '\0')
        (void)!text_format(transfer->reason, sizeof transfer->reason, "%s", words);
}

/* What a log may say that others read: nothing of it is the server's. */
static const char *cause_of(const struct transfer *transfer, int code)
{
    long system = 0;
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "the server's name could not be resolved";
    case CURLE_COULDNT_CONNECT:
        (void)curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &system);
        return system == ECONNREFUSED ? "the connection was refused"
                                      : "the server could not be reached";
    case CURLE_OPERATION_TIMEDOUT:
        return "the server did not answer in time";
    case CURLE_SSL_CONNECT_ERROR:
        return "no connection with TLS came about";
    default:
        return NULL;
    }
}

enum hf_error transfer_end(struct transfer *transfer, int code)
{
    transfer->code = code;
    transfer->cause = cause_of(transfer, code);
    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &transfer->status);
    if (transfer->too_big)
        return HF_ETOOBIG;
    if (transfer->no_memory)
        return HF_ENOMEM;
    write_reason(transfer, code);
    if (code != CURLE_OK && is_alert(transfer->reason))
        return HF_EREFUSED;
    return of_code(code);
}

bool transfer_was_sent(const struct transfer *transfer)
{
    switch (transfer->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
        return false;
    default:
        return true;
    }
}

bool transfer_header(const struct transfer *transfer, const char *name, char *out_text, size_t size)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(transfer->easy, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return false;
    const size_t length = strlen(header->value);
    if (length == 0 || length >= size)
        return false;
    for (size_t i = 0; i < length; i++)
        if (header->value[i] < ' ' || header->value[i] > '~')
            return false;
    memcpy(out_text, header->value, length + 1);
    return true;
}

void transfer_clear(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->lines);
    wiping_free(transfer->bytes);
    *transfer = (struct transfer){0};
}
