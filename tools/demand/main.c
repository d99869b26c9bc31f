/* hf-token-on-demand KEY DESCRIPTION UID GID: makes the key that the kernel wants for a user, as
 * root. request-key(8) starts it by the rule that `hf-tokenctl on-demand enable` writes. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/child.h"
#include "keyring/authority.h"
#include "tools/demand/decide.h"

/* The requester cannot even be killed as long as this runs, call_usermodehelper_exec of the kernel:
   milliseconds for all, and seconds until the kernel ends it whatever it is at. */
#define PATIENCE 10000
#define ALARM    12

/* The kernel starts programs without any descriptor: a socket of ours must not become one of these.
 */
static bool standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

/* A number as the kernel prints it; 0 where it is none that a key or a user of ours can have. */
static uint32_t number_of(const char *text)
{
    char *end = NULL;
    errno = 0;
    const unsigned long number = strtoul(text, &end, 10);
    const bool good = errno == 0 && text[0] >= '1' && text[0] <= '9' && *end == '\0';
    return good && number <= INT32_MAX ? (uint32_t)number : 0;
}

/* Who asked, as far as that is known. */
static const char *user_text(const struct demand *wanted, const struct decision *decision,
                             char text[static 32])
{
    if (decision->user[0] != '\0')
        return decision->user;
    return text_format(text, 32, "uid %lu", (unsigned long)wanted->owner) == HF_OK ? text : "?";
}

static void log_decision(const struct demand *wanted, bool named, const struct decision *decision)
{
    char uid[32], source[SOURCE_NAME_MAX + SOURCE_REASON_MAX + 32] = "";
    const bool own = decision->trouble == HF_OK && decision->reason[0] != '\0';
    const char *user = user_text(wanted, decision, uid);
    const char *token = wanted->name[0] != '\0' ? wanted->name : "the default token";
    if (!named)
        token = "a token of no usable name";
    if (decision->trouble != HF_OK)
        (void)!text_format(source, sizeof source, "; source %s: %s", decision->source,
                           decision->reason[0] != '\0' ? decision->reason
                                                       : error_text(decision->trouble));
    if (decision->error != HF_OK)
        syslog(LOG_NOTICE, "%s: %s: refused: %s%s", user, token,
               own ? decision->reason : error_text(decision->error), source);
    else
        syslog(LOG_INFO, "%s: %s: given for %u s%s%s", user, token, decision->seconds,
               decision->cached ? ", from the cache" : "", source);
}

static enum hf_error answer(ring_serial key, struct decision *decision)
{
    if (decision->error == HF_OK)
        decision->error = authority_grant(key, decision->token, decision->seconds);
    return decision->error == HF_OK ? HF_OK : authority_refuse(key, decision->error);
}

/* The key's own word counts, which the kernel gave its owner and description; what stands on the
   command line must be the same, so that a mistake in the rule is seen. */
static int serve(ring_serial key, const char *uid)
{
    SCOPED(decision) struct decision decision = {.error = HF_OK};
    struct demand wanted = {.owner = 0};
    const deadline_ms until = clock_ms() + PATIENCE;
    enum hf_error error = authority_demand(key, &wanted);
    const bool named = error != HF_ENAME;
    if (named && error != HF_OK)
        return 1;
    if (wanted.owner != number_of(uid))
        decision.error = HF_EPROTOCOL;
    else
        decide(&wanted, named, until, &decision);
    error = answer(key, &decision);
    if (!decision.quiet)
        log_decision(&wanted, named, &decision);
    if (error == HF_OK)
        return 0;
    syslog(LOG_ERR, "could not answer the kernel: %s", error_text(error));
    return 1;
}

int main(int argc, char **argv)
{
    process_harden();
    if (argc != 5 || getuid() != 0 || !standard_descriptors())
        return 1;
    (void)clearenv();
    (void)alarm(ALARM);
    openlog("hf-token-on-demand", LOG_PID, LOG_AUTHPRIV);
    const uint32_t key = number_of(argv[1]);
    return key != 0 ? serve((ring_serial)key, argv[3]) : 1;
}
