#include "hub/headers.h"

#include <curl/curl.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "hub/printable.h"

/* Longest wait that is believed, in seconds: the Hub's windows are of five minutes. */
#define WAIT_MAX 86400

/* A value is borrowed, not ended by a zero byte, and without white space at its ends. */
typedef void take_value(struct headers *headers, const char *value, size_t length);

static bool begins_with(const char *bytes, size_t length, const char *word)
{
    return length >= strlen(word) && strncasecmp(bytes, word, strlen(word)) == 0;
}

/* Digits at the beginning, at most WAIT_MAX; -1: there are none. */
static int64_t read_seconds(const char *bytes, size_t length)
{
    int64_t seconds = -1;
    for (size_t i = 0; i < length && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
        seconds = (seconds < 0 ? 0 : seconds) * 10 + (bytes[i] - '0');
        if (seconds > WAIT_MAX)
            return WAIT_MAX;
    }
    return seconds;
}

static void wait_at_least(struct headers *headers, int64_t seconds)
{
    if (seconds > (int64_t)headers->said.wait)
        headers->said.wait = seconds < WAIT_MAX ? (unsigned)seconds : WAIT_MAX;
}

static void take_code(struct headers *headers, const char *value, size_t length)
{
    printable_copy(value, length, BLOT_ANY, headers->said.code, sizeof headers->said.code);
}

static void take_message(struct headers *headers, const char *value, size_t length)
{
    printable_copy(value, length, BLOT_ANY, headers->said.message, sizeof headers->said.message);
}

static void take_request_id(struct headers *headers, const char *value, size_t length)
{
    printable_copy(value, length, BLOT_ANY, headers->said.request_id,
                   sizeof headers->said.request_id);
}

static void take_type(struct headers *headers, const char *value, size_t length)
{
    headers->html =
        begins_with(value, length, "text/html") || begins_with(value, length, "application/xhtml");
}

/* Seconds, or a date: RFC 9110 section 10.2.3. */
static void take_retry_after(struct headers *headers, const char *value, size_t length)
{
    char date[64];
    int64_t seconds = read_seconds(value, length);
    if (seconds < 0 && length < sizeof date) {
        memcpy(date, value, length);
        date[length] = '\0';
        time_t then = curl_getdate(date, NULL), now = time(NULL);
        seconds = then > now ? then - now : -1;
    }
    wait_at_least(headers, seconds);
}

/* One policy's state: "api";r=0;t=55 (draft-ietf-httpapi-ratelimit-headers). */
static void take_limit(struct headers *headers, const char *item, size_t length)
{
    int64_t remaining = -1, until = -1;
    for (const char *end = item + length; item < end;) {
        const char *stop = memchr(item, ';', (size_t)(end - item));
        size_t size = stop == NULL ? (size_t)(end - item) : (size_t)(stop - item);
        while (size > 0 && *item == ' ') {
            item++;
            size--;
        }
        if (begins_with(item, size, "r="))
            remaining = read_seconds(item + 2, size - 2);
        if (begins_with(item, size, "t="))
            until = read_seconds(item + 2, size - 2);
        item += size + 1;
    }
    if (remaining == 0)
        wait_at_least(headers, until);
}

static void take_limits(struct headers *headers, const char *value, size_t length)
{
    for (const char *end = value + length; value < end;) {
        const char *stop = memchr(value, ',', (size_t)(end - value));
        size_t size = stop == NULL ? (size_t)(end - value) : (size_t)(stop - value);
        take_limit(headers, value, size);
        value += size + 1;
    }
}

static const struct {
    const char *name; /* with its colon */
    take_value *take;
} known[] = {
    {"X-Error-Code:",    take_code       },
    {"X-Error-Message:", take_message    },
    {"X-Request-Id:",    take_request_id },
    {"Content-Type:",    take_type       },
    {"Retry-After:",     take_retry_after},
    {"RateLimit:",       take_limits     },
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool headers_line(struct headers *headers, const char *line, size_t length)
{
    if (length > HEADERS_MAX - headers->size)
        return false;
    headers->size += length;
    if (begins_with(line, length, "HTTP/"))
        *headers = (struct headers){.size = headers->size};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t name = strlen(known[i].name);
        if (!begins_with(line, length, known[i].name))
            continue;
        while (name < length && is_space(line[name]))
            name++;
        while (length > name && is_space(line[length - 1]))
            length--;
        known[i].take(headers, line + name, length - name);
        break;
    }
    return true;
}

/* Organisations' policies have no code of their own, only a message. */
static bool speaks_of_policy(const char *message)
{
    static const char *const words[] = {"organization", "organisation", "policy", "policies"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasestr(message, words[i]) != NULL)
            return true;
    return false;
}

static enum hub_fault_kind of_denial(const struct hub_fault *said)
{
    if (strcasecmp(said->code, "GatedRepo") == 0)
        return HUB_GATED;
    return speaks_of_policy(said->message) ? HUB_POLICY : HUB_DENIED;
}

/* The Hub says 401 of a repository that it does not show, whoever asks. */
static enum hub_fault_kind of_refusal(const struct hub_fault *said)
{
    if (strcasecmp(said->code, "RepoNotFound") == 0)
        return HUB_NOT_FOUND;
    return strcasecmp(said->code, "GatedRepo") == 0 ? HUB_GATED : HUB_REFUSED;
}

/* A page for a person, with nothing in its headers that the Hub sends, is of a proxy, a portal or
   another server: it says nothing about the token. */
static bool is_strange(const struct headers *headers)
{
    return headers->html && headers->said.code[0] == '\0' && headers->said.message[0] == '\0' &&
           headers->said.request_id[0] == '\0';
}

static enum hub_fault_kind of_status(const struct headers *headers, long status)
{
    if (status >= 500)
        return HUB_BROKEN;
    if (status >= 300 && status < 400)
        return HUB_REDIRECT;
    if (status < 200 || (status < 300 ? headers->html : is_strange(headers)))
        return status == 429 ? HUB_BUSY : HUB_MALFORMED;
    switch (status) {
    case 401:
        return of_refusal(&headers->said);
    case 403:
        return of_denial(&headers->said);
    case 404:
        return HUB_NOT_FOUND;
    case 407:
        return HUB_NO_PROXY;
    case 408:
        return HUB_TIMEOUT;
    case 429:
        return HUB_BUSY;
    default:
        return status < 300 ? HUB_OK : HUB_BAD_REQUEST;
    }
}

enum hub_fault_kind headers_verdict(const struct headers *headers, long status,
                                    struct hub_fault *out_fault)
{
    *out_fault = headers->said;
    out_fault->status = status;
    out_fault->kind = of_status(headers, status);
    if (out_fault->kind != HUB_BUSY && out_fault->kind != HUB_BROKEN)
        out_fault->wait = 0;
    return out_fault->kind;
}
