#include "tools/clients/git-protocol.h"

#include <string.h>
#include <strings.h>

#include "hub/endpoint.h"

/* Where a key's value goes; NULL for one that is nothing to us. */
static struct span *place_of(const struct text *text, struct span key, struct git_request *request)
{
    const struct {
        const char *key;
        struct span *place;
    } keys[] = {
        {"protocol", &request->protocol},
        {"host",     &request->host    },
        {"path",     &request->path    },
        {"username", &request->username},
        {"password", &request->password},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (span_equals(text, key, keys[i].key))
            return keys[i].place;
    return NULL;
}

enum hf_error git_request_parse(const struct text *text, struct git_request *out_request)
{
    struct git_request request = {0};
    struct line line = {0};
    while (line_next(text, &line) && line.text.length > 0) {
        const char *start = text->bytes + line.text.at;
        const char *equals = memchr(start, '=', line.text.length);
        if (equals == NULL || memchr(start, '\0', line.text.length) != NULL)
            return HF_EFORMAT;
        const struct span key = {line.text.at, (size_t)(equals - start)};
        struct span *place = place_of(text, key, &request);
        if (place != NULL)
            *place = (struct span){span_end(key) + 1, line.text.length - key.length - 1};
    }
    *out_request = request;
    return HF_OK;
}

/* endpoint->host leaves out the scheme's own port; git tells what stands in the address. */
static struct span without_port(const struct text *text, struct span host, const char *port)
{
    const size_t length = strlen(port);
    if (host.length > length && memcmp(text->bytes + span_end(host) - length, port, length) == 0)
        host.length -= length;
    return host;
}

static bool is_within(const struct text *text, struct span path, const char *folder)
{
    /* git's path has no slash at its start. */
    const char *wanted = folder + (folder[0] == '/');
    const size_t length = strlen(wanted);
    if (length == 0 || path.length == 0)
        return true;
    const char *given = text->bytes + path.at;
    return path.length >= length && memcmp(given, wanted, length) == 0 &&
           (path.length == length || given[length] == '/') &&
           memmem(given, path.length, "..", 2) == NULL;
}

bool git_request_is_for(const struct text *text, const struct git_request *request,
                        const struct endpoint *endpoint)
{
    const struct span host = without_port(text, request->host, endpoint->secure ? ":443" : ":80");
    return span_equals(text, request->protocol, endpoint->secure ? "https" : "http") &&
           host.length == strlen(endpoint->host) &&
           strncasecmp(text->bytes + host.at, endpoint->host, host.length) == 0 &&
           is_within(text, request->path, endpoint->path);
}
