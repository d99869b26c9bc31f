#include "pam/options.h"

#include <errno.h>
#include <limits.h>
#include <security/pam_ext.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "common/account.h"

#define DEADLINE_MAX 60u

static bool set_flag(const char *value, bool *flag)
{
    *flag = *value == '\0';
    return *flag;
}

static bool set_number(const char *value, unsigned long minimum, unsigned long maximum,
                       unsigned *out_number)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || errno != 0 || number < minimum ||
        number > maximum)
        return false;
    *out_number = (unsigned)number;
    return true;
}

static bool set_debug(struct options *options, const char *value)
{
    return set_flag(value, &options->debug);
}

static bool set_quiet(struct options *options, const char *value)
{
    return set_flag(value, &options->quiet);
}

static bool set_configuration(struct options *options, const char *value)
{
    if (value[0] != '/' || strlen(value) > HOME_PATH_MAX)
        return false;
    options->configuration = value;
    return true;
}

static bool set_deadline(struct options *options, const char *value)
{
    return set_number(value, 1, DEADLINE_MAX, &options->deadline);
}

/* User 0 is never served: there is no lower bound to choose below 1. */
static bool set_minimum_uid(struct options *options, const char *value)
{
    return set_number(value, 1, UINT_MAX - 1, &options->minimum_uid);
}

static bool set_expose(struct options *options, const char *value)
{
    options->expose_env = strcmp(value, "env") == 0;
    return options->expose_env;
}

/* A name that ends with '=' has a value behind it. */
static const struct {
    const char *name;
    bool (*set)(struct options *, const char *value);
} table[] = {
    {"conf=",        set_configuration},
    {"deadline=",    set_deadline     },
    {"debug",        set_debug        },
    {"expose=",      set_expose       },
    {"minimum_uid=", set_minimum_uid  },
    {"quiet",        set_quiet        },
};

static bool set_option(struct options *options, const char *word)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        size_t length = strlen(table[i].name);
        if (strncmp(word, table[i].name, length) == 0)
            return table[i].set(options, word + length);
    }
    return false;
}

struct options options_parse(pam_handle_t *pamh, int argc, const char **argv)
{
    struct options options = {
        .configuration = HF_CONF_FILE, .deadline = 5, .minimum_uid = ACCOUNT_MINIMUM_UID};
    for (int i = 0; i < argc; i++)
        if (!set_option(&options, argv[i]))
            pam_syslog(pamh, LOG_ERR, "the option %s is unknown or out of bounds: ignored",
                       argv[i]);
    return options;
}
