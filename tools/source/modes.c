#include "tools/source/modes.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/account.h"
#include "common/character.h"
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
    char line[64 + SOURCE_REASON_MAX];
    TRY(object_user(user, &object));
    TRY(obtain(asking, &object, &obtained));
    const bool reason = obtained.trouble != HF_OK && asking->reason[0] != '\0';
    TRY(text_format(line, sizeof line, "confirmed %" PRIu64 " %d%s%s\n", obtained.confirmed,
                    source_error_exit(obtained.trouble), reason ? " " : "",
                    reason ? asking->reason : ""));
    TRY(io_write(STDOUT_FILENO, line, strlen(line)));
    return io_write(STDOUT_FILENO, obtained.bytes, obtained.length);
}

/* For refresh, which must learn of a revocation whatever another asker met. */
static enum hf_error give_refreshed(struct asking *asking, const char *user)
{
    asking->insists = true;
    return give_document(asking, user);
}

/* Root may hear what a server says. */
static void tell_server(struct asking *asking)
{
    if (asking->reason[0] == '\0' && asking->engine != NULL)
        asking_say(asking, "%s", engine_reason(asking->engine));
}

/* Since when there was no answer. */
static void tell_last(struct asking *asking, const struct object *head, enum hf_error error)
{
    SCOPED(kept) struct kept kept = {0};
    char why[SOURCE_REASON_MAX + 1], when[SOURCE_DATE_MAX];
    tell_server(asking);
    cache_read(&asking->cache, head, &kept);
    (void)!text_format(why, sizeof why, "%s",
                       asking->reason[0] != '\0' ? asking->reason : error_text(error));
    if (kept.file != NULL)
        asking_say(asking, "%s; its last answer is of %s", why,
                   source_date(kept.record.confirmed, when));
}

static enum hf_error ask_head(struct asking *asking, const char *word)
{
    SCOPED(obtained) struct obtained obtained = {0};
    struct object object;
    (void)word;
    TRY(object_head(&object));
    const enum hf_error error = obtain(asking, &object, &obtained);
    if (error != HF_OK)
        tell_last(asking, &object, error);
    return error;
}

static enum hf_error give_keys(struct asking *asking, const char *hex)
{
    SCOPED(obtained) struct obtained obtained = {0};
    struct object object;
    TRY(object_keys(hex, &object));
    const enum hf_error error = obtain(asking, &object, &obtained);
    if (error != HF_OK) {
        tell_server(asking);
        return error;
    }
    const struct host_keys *keys = &obtained.content.keys;
    for (size_t i = 0; i < keys->pool_count; i++) {
        const struct pool_key *pool = &keys->pools[i];
        TRY(io_write(STDOUT_FILENO, pool->public_key, sizeof pool->public_key));
        TRY(io_write(STDOUT_FILENO, pool->sealed, sizeof pool->sealed));
    }
    return HF_OK;
}

static void print_finding(const char *setting, const char *what, void *context)
{
    char line[SOURCE_REASON_MAX + 1];
    const struct asking *asking = context;
    (void)snprintf(line, sizeof line, "[%s] %s: %s", engine_kind_name(asking->kind), setting, what);
    character_trim(line);
    /* Whoever reads it is gone where it cannot be written. */
    if (io_write(STDOUT_FILENO, line, strlen(line)) == HF_OK)
        (void)!io_write(STDOUT_FILENO, "\n", 1);
}

/* Nobody is asked. Each mistake is a line. */
static enum hf_error check_files(struct asking *asking, const char *word)
{
    struct engine *engine;
    (void)word;
    TRY(asking_engine(asking, &engine));
    return engine_check(engine, print_finding, asking) == 0 ? HF_OK : HF_ECONFIG;
}

static const struct {
    const char *word;
    source_mode *run;
} modes[] = {
    {"document", give_refreshed},
    {"head",     ask_head      },
    {"keys",     give_keys     },
    {"seen",     report_send   },
    {"check",    check_files   },
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

static enum hf_error run(enum engine_kind kind, int argc, char **argv, struct asking *asking)
{
    deadline_ms given;
    TRY(check_caller());
    source_mode *mode = find_mode(argc, argv);
    if (mode == NULL)
        return HF_EUNAVAIL;
    TRY(parse_time(argv[2], &given));
    TRY(asking_start(kind, given, asking));
    return mode(asking, argc == 3 ? argv[1] : argv[3]);
}

/* source_reason's line. What does not reach the caller is no loss. */
static void give_reason(const struct asking *asking)
{
    char line[SOURCE_REASON_MAX + 2];
    if (asking->reason[0] != '\0' &&
        text_format(line, sizeof line, "%s\n", asking->reason) == HF_OK)
        (void)!io_write(STDOUT_FILENO, line, strlen(line));
}

int modes_main(enum engine_kind kind, int argc, char **argv)
{
    process_harden();
    /* libcurl leaves it to us, and a server that hangs up must not cost the answer of the cache. */
    (void)signal(SIGPIPE, SIG_IGN);
    SCOPED(asking) struct asking asking = {0};
    const enum hf_error error = run(kind, argc, argv, &asking);
    if (error != HF_OK)
        give_reason(&asking);
    return source_error_exit(error);
}
