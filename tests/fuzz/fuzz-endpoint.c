/* Addresses: an endpoint's is its own canonical form, and http stays on this machine; a
 * repository's path has two parts at most and no dots that climb. */
#include "common/io.h"
#include "hub/access.h"
#include "hub/endpoint.h"
#include "tests/fuzz/printable.h"

static void try_endpoint(const char *text)
{
    struct endpoint endpoint, again;
    if (endpoint_parse(text, &endpoint) != HF_OK)
        return;
    MUST(endpoint_parse(endpoint.url, &again) == HF_OK);
    MUST(memcmp(&endpoint, &again, sizeof endpoint) == 0);
    MUST(endpoint.secure || endpoint_is_loopback(&endpoint));
    MUST(endpoint.host[0] != '\0' && strpbrk(endpoint.url, "@?#\\% ") == NULL);
    MUST(strstr(endpoint.url, endpoint.host) != NULL && page_address_valid(endpoint.url));
}

static void try_repository(const char *text)
{
    struct endpoint endpoint;
    struct repository repository;
    MUST(endpoint_parse("https://hub.example/a", &endpoint) == HF_OK);
    if (repository_parse(&endpoint, text, &repository) != HF_OK)
        return;
    const char *slash = strchr(repository.id, '/');
    MUST(repository.id[0] != '\0' && repository.id[0] != '.' && repository.id[0] != '/');
    MUST(slash == NULL || (slash[1] != '.' && slash[1] != '\0' && strchr(slash + 1, '/') == NULL));
    for (const char *at = repository.id; *at != '\0'; at++)
        MUST(*at > 0x20 && *at < 0x7f && strchr("%?#\\@:", *at) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    SCOPED(text) char *text = malloc(length + 1);
    MUST(text != NULL);
    memcpy(text, bytes, length);
    text[length] = '\0';
    try_endpoint(text);
    try_repository(text);
    return 0;
}
