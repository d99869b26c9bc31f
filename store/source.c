#include "store/source.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/character.h"

/* What of a reason goes into another one. */
#define WHY_MAX (SOURCE_REASON_MAX - 96)

static const struct {
    int status;
    enum hf_error error;
} exits[] = {
    {0,                     HF_OK        },
    {SOURCE_EXIT_NOTFOUND,  HF_ENOTFOUND },
    {SOURCE_EXIT_UNAVAIL,   HF_EUNAVAIL  },
    {SOURCE_EXIT_TRYAGAIN,  HF_ETRYAGAIN },
    {SOURCE_EXIT_TRYAGAIN,  HF_ENOMEM    },
    {SOURCE_EXIT_OWNER,     HF_EOWNER    },
    {SOURCE_EXIT_MODE,      HF_EMODE     },
    {SOURCE_EXIT_TYPE,      HF_ETYPE     },
    {SOURCE_EXIT_EMPTY,     HF_EEMPTY    },
    {SOURCE_EXIT_TOOBIG,    HF_ETOOBIG   },
    {SOURCE_EXIT_UNSIGNED,  HF_EUNSIGNED },
    {SOURCE_EXIT_ROLLBACK,  HF_EROLLBACK },
    {SOURCE_EXIT_OUTDATED,  HF_EOUTDATED },
    {SOURCE_EXIT_REFUSED,   HF_EREFUSED  },
    {SOURCE_EXIT_UNTRUSTED, HF_EUNTRUSTED},
    {SOURCE_EXIT_LOGIN,     HF_ELOGIN    },
    {SOURCE_EXIT_CONFIG,    HF_ECONFIG   },
    {SOURCE_EXIT_DEADLINE,  HF_EDEADLINE },
    {SOURCE_EXIT_USER,      HF_EUSER     },
    {SOURCE_EXIT_FORMAT,    HF_EFORMAT   },
    {SOURCE_EXIT_FORMAT,    HF_EJSON     },
    {SOURCE_EXIT_FORMAT,    HF_EDUPLICATE},
    {SOURCE_EXIT_VERSION,   HF_EVERSION  },
    {SOURCE_EXIT_FUTURE,    HF_EFUTURE   },
    {SOURCE_EXIT_STALE,     HF_ESTALE    },
};

/* Named as the engines are, site/settings.h. */
static const char *const engines[] = {"folder", "https", "etcd"};

bool source_asks_engine(const char *source)
{
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++)
        if (strcmp(source, engines[i]) == 0)
            return true;
    return false;
}

enum hf_error source_exit_error(int status)
{
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].status == status)
            return exits[i].error;
    return HF_EUNAVAIL;
}

int source_error_exit(enum hf_error error)
{
    for (size_t i = 0; i < sizeof exits / sizeof exits[0]; i++)
        if (exits[i].error == error)
            return exits[i].status;
    return SOURCE_EXIT_UNAVAIL;
}

void source_reason(const char *bytes, size_t length, char out_reason[static SOURCE_REASON_MAX + 1])
{
    char line[SOURCE_REASON_MAX + 1];
    out_reason[0] = '\0';
    if (length < 2 || length - 1 > SOURCE_REASON_MAX || bytes[length - 1] != '\n')
        return;
    memcpy(line, bytes, length - 1);
    line[length - 1] = '\0';
    if (strlen(line) == length - 1 && character_all_shown(line))
        memcpy(out_reason, line, length);
}

const char *source_date(uint64_t seconds, char out_text[static SOURCE_DATE_MAX])
{
    const time_t when = (time_t)seconds;
    struct tm date;
    if (localtime_r(&when, &date) == NULL ||
        strftime(out_text, SOURCE_DATE_MAX, "%Y-%m-%d %H:%M", &date) == 0)
        out_text[0] = '\0';
    return out_text;
}

void source_say_stale(uint64_t confirmed, const char *why,
                      char out_reason[static SOURCE_REASON_MAX + 1])
{
    char when[SOURCE_DATE_MAX], cut[WHY_MAX + 1];
    (void)snprintf(cut, sizeof cut, "%s", why);
    character_trim(cut);
    (void)snprintf(out_reason, SOURCE_REASON_MAX + 1,
                   "not reached since %s, and the cache is older than maximum-age (%s)",
                   source_date(confirmed, when), cut);
}

static enum hf_error give(const char *user, source_place *place)
{
    struct store_path path;
    struct file_rule rule;
    SCOPED(text) char *bytes = NULL;
    size_t length = 0;
    TRY(place(user, &path, &rule));
    TRY(file_read(path.text, &rule, &bytes, &length));
    return io_write(STDOUT_FILENO, bytes, length);
}

int source_main(int argc, char **argv, source_place *place)
{
    if (argc != 2)
        return SOURCE_EXIT_UNAVAIL;
    return source_error_exit(give(argv[1], place));
}
