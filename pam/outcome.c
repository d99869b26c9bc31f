#include "pam/outcome.h"

#include <security/pam_ext.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define LINE_MAX_BYTES 1024

struct line {
    char text[LINE_MAX_BYTES];
    size_t length;
};

/* Adds to the line; what does not fit is cut. */
static __attribute__((format(printf, 2, 3))) void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof line->text - line->length;
    int length = vsnprintf(line->text + line->length, room, format, arguments);
    va_end(arguments);
    if (length > 0)
        line->length += (size_t)length < room ? (size_t)length : room - 1;
}

static void add_count(struct line *line, unsigned count, const char *what)
{
    if (count > 0)
        add(line, "%s%u %s", line->length > 0 ? ", " : "", count, what);
}

static void add_error(struct line *line, uint32_t error, uint32_t system)
{
    add(line, "%s", error_text((enum hf_error)error));
    if (system != 0 && error == HF_ECONFIG)
        add(line, " in line %u", system);
    else if (system != 0 && (error == HF_EIO || error == HF_EKERNEL || error == HF_ECHILD))
        add(line, " (%s)",
            strerrordesc_np((int)system) != NULL ? strerrordesc_np((int)system) : "unknown error");
}

static void add_trouble(struct line *line, const struct wire_reply *reply)
{
    if (reply->trouble == HF_OK)
        return;
    const char *const file = reply->misconfigured == WIRE_FILE_FLEET     ? HF_FLEET_FILE
                             : reply->misconfigured == WIRE_FILE_SIGNERS ? HF_SIGNERS_FILE
                                                                         : NULL;
    add(line, "%s", line->length > 0 ? "; " : "");
    if (file != NULL)
        add(line, "%s: ", file);
    else if (reply->source[0] != '\0')
        add(line, "source %s: ", reply->source);
    if (reply->reason[0] != '\0')
        add(line, "%s", reply->reason);
    else
        add_error(line, reply->trouble, reply->system);
}

static void log_not_placed(pam_handle_t *pamh, const struct options *options,
                           const struct account *account, enum hf_error error,
                           const struct wire_reply *reply)
{
    struct line line = {.length = 0};
    if (reply->misconfigured == WIRE_FILE_SWITCH)
        add(&line, "%s: ", options->configuration);
    add_error(&line, error, reply->system);
    pam_syslog(pamh, LOG_ERR, "%s: could not place the tokens: %s", account->name, line.text);
}

void outcome_log_open(pam_handle_t *pamh, const struct options *options,
                      const struct account *account, enum hf_error error,
                      const struct wire_reply *reply)
{
    struct line line = {.length = 0};
    if (error == HF_OK)
        error = (enum hf_error)reply->error;
    if (error != HF_OK) {
        log_not_placed(pamh, options, account, error, reply);
        return;
    }
    add_count(&line, reply->placed, reply->placed == 1 ? "token placed" : "tokens placed");
    add_count(&line, reply->locked, "locked");
    if (reply->stale != 0)
        add(&line, " (%s)", error_text(HF_EPASSWORD));
    add_count(&line, reply->expired, "expired");
    add_count(&line, reply->refused, "refused");
    add_count(&line, reply->cached,
              reply->cached == 1 ? "document from the cache" : "documents from the cache");
    add_trouble(&line, reply);
    if (line.length == 0 && options->debug)
        pam_syslog(pamh, LOG_DEBUG, "%s: nothing to do: no source has tokens", account->name);
    if (line.length == 0)
        return;
    pam_syslog(pamh, reply->trouble != HF_OK || reply->stale != 0 ? LOG_WARNING : LOG_INFO,
               "%s: %s", account->name, line.text);
}

void outcome_log_rewrap(pam_handle_t *pamh, const struct account *account, enum hf_error error,
                        const struct wire_reply *reply)
{
    struct line line = {.length = 0};
    if (error == HF_OK)
        error = (enum hf_error)reply->error;
    if (error == HF_OK)
        pam_syslog(pamh, LOG_INFO, "%s: the identity is wrapped under the new password",
                   account->name);
    if (error == HF_OK || error == HF_ENOIDENTITY)
        return;
    add_error(&line, error, reply->system);
    pam_syslog(pamh, LOG_ERR, "%s: could not wrap the identity under the new password: %s",
               account->name, line.text);
}
