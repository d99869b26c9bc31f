#include "tools/source/modes.h"

#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common/account.h"
#include "common/child.h"
#include "store/source.h"
#include "tools/source/obtain.h"
#include "tools/source/report.h"

/* A row's function; `word` is the last argument, or the user. */
typedef enum hf_error source_mode(struct asking *asking, const char *word);

static enum hf_error give_document(struct asking *asking, const char *user)
{
    SCOPED(obtained) struct obtained obtained = {0};
    struct object object;
    char line[64];
    TRY(object_user(user, &object));
    TRY(obtain(asking, &object, &obtained));
    TRY(text_format(line, sizeof line, "confirmed %" PRIu64 " %d\n", obtained.confirmed,
                    source_error_exit(obtained.trouble)));
    TRY(io_write(STDOUT_FILENO, line, strlen(line)));
    return io_write(STDOUT_FILENO, obtained.bytes, obtained.length);
}

/* For refresh, which must learn of a revocation whatever another asker met. */
static enum hf_error give_refreshed(struct asking *asking, const char *user)
{
    asking->insists = true;
    return give_document(asking, user);
}

static enum hf_error ask_head(struct asking *asking, const char *word)
{
    SCOPED(obtained) struct obtained obtained = {0};
    struct object object;
    (void)word;
    TRY(object_head(&object));
    return obtain(asking, &object, &obtained);
}

static enum hf_error give_keys(struct asking *asking, const char *hex)
{
    SCOPED(obtained) struct obtained obtained = {0};
    struct object object;
    TRY(object_keys(hex, &object));
    TRY(obtain(asking, &object, &obtained));
    const struct host_keys *keys = &obtained.content.keys;
    for (size_t i = 0; i < keys->pool_count; i++) {
        const struct pool_key *pool = &keys->pools[i];
        TRY(io_write(STDOUT_FILENO, pool->public_key, sizeof pool->public_key));
        TRY(io_write(STDOUT_FILENO, pool->sealed, sizeof pool->sealed));
    }
    return HF_OK;
}

static const struct {
    const char *word;
    source_mode *run;
} modes[] = {
    {"document", give_refreshed},
    {"head",     ask_head      },
    {"keys",     give_keys     },
    {"seen",     report_send   },
};

/* Two arguments are a user, whatever their name; three are a mode. */
static source_mode *find_mode(int argc, char **argv)
{
    if (argc == 3)
        return give_document;
    for (size_t i = 0; argc == 4 && i < sizeof modes / sizeof modes[0]; i++)
        if (strcmp(argv[1], modes[i].word) == 0)
            return modes[i].run;
    return NULL;
}

/* Milliseconds, up to ASKING_MAX. 0, where those before have used up the time: the cache may still
   be in time. */
static enum hf_error parse_time(const char *text, deadline_ms *out_time)
{
    deadline_ms time = 0;
    const size_t length = strlen(text);
    if (length == 0 || length > 5 || strspn(text, "0123456789") != length)
        return HF_EUNAVAIL;
    for (const char *digit = text; *digit != '\0'; digit++)
        time = time * 10 + (*digit - '0');
    if (time > ASKING_MAX)
        return HF_EUNAVAIL;
    *out_time = time;
    return HF_OK;
}

/* The engine's secrets and the cache are this account's; root must not parse what a network says.
 */
static enum hf_error check_caller(void)
{
    struct account account;
    if (account_by_name(HF_ACCOUNT, &account) != HF_OK || account.uid == 0 ||
        getuid() != account.uid || geteuid() != account.uid)
        return HF_ELOGIN;
    return HF_OK;
}

static enum hf_error run(enum engine_kind kind, int argc, char **argv)
{
    SCOPED(asking) struct asking asking = {0};
    deadline_ms given;
    TRY(check_caller());
    source_mode *mode = find_mode(argc, argv);
    if (mode == NULL)
        return HF_EUNAVAIL;
    TRY(parse_time(argv[2], &given));
    TRY(asking_start(kind, given, &asking));
    return mode(&asking, argc == 3 ? argv[1] : argv[3]);
}

int modes_main(enum engine_kind kind, int argc, char **argv)
{
    process_harden();
    /* libcurl leaves it to us, and a server that hangs up must not cost the answer of the cache. */
    (void)signal(SIGPIPE, SIG_IGN);
    return source_error_exit(run(kind, argc, argv));
}
