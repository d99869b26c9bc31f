#include "tools/fleet/publication.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store/dates.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/say.h"
#include "tools/when.h"

void publication_clear(struct publication *publication)
{
    progress_end(&publication->progress);
    engine_scope_end(&publication->engine);
    publication->engine = NULL;
    generations_clear(&publication->generations);
}

int publication_valid(const char *command, const char *text, uint64_t *out_valid)
{
    const uint64_t now = when_now();
    uint64_t until = 0;
    if (strchr(text, 'd') == NULL || when_parse(text, now, &until) != HF_OK)
        return say_failure(TOOL_USAGE, HF_OK, "--valid takes days, as 90d.",
                           "%s: that is not a number of days", command);
    *out_valid = until - now;
    return TOOL_OK;
}

/* Old objects that are said one by one. */
#define OLD_SAID 10

/* And those that are another fleet's, or nobody's. */
#define FOREIGN_SAID 10

#define NO_PLACE_NEXT                                                                              \
    "It has one section: [folder] path=DIR, or [https] url=https://..., or [etcd] endpoint=..."

#define MISPLACED_NEXT                                                                             \
    FLEET_PUBLISH_FILE " may name another place than before. If it is right, and what was there "  \
                       "is gone or moves: hf-tokenctl publish --accept-old"

#define FUTURE_NEXT                                                                                \
    "If it is, that of who published it was not, and hosts refuse it: hf-token-fleet(7), Clocks"

#define LARGE_NEXT "A document has room for 64 KiB. What is in it: hf-tokenctl status; revoke some."

#define LINE_NEXT                                                                                  \
    "A line has at most 198 characters and begins at the first; ; may not follow a space in it"

bool publication_wanted(const struct fleet *fleet)
{
    return fleet_has(fleet, FLEET_PUBLISH_FILE);
}

static int say_settings(const struct fleet *fleet, enum hf_error error,
                        const struct settings_mistake *mistake)
{
    char path[FLEET_FOLDER_MAX + 1];
    memcpy(path, fleet->folder, sizeof path);
    (void)say_clean(path);
    if (mistake->line > 0)
        return say_failure(TOOL_FAILED, HF_OK, LINE_NEXT,
                           "%s: %s/" FLEET_PUBLISH_FILE ", line %u: %s", fleet->command, path,
                           mistake->line, mistake->why);
    return say_failure(TOOL_FAILED, error, NO_PLACE_NEXT, "%s: %s/" FLEET_PUBLISH_FILE,
                       fleet->command, path);
}

/* The one section of publish.conf. */
static const struct site_engine *find_place(const struct site_settings *settings)
{
    const struct site_engine *place = NULL;
    for (size_t i = 0; i < ENGINE_KIND_COUNT; i++) {
        if (settings->engines[i].address_count == 0)
            continue;
        if (place != NULL)
            return NULL;
        place = &settings->engines[i];
    }
    return place;
}

static enum hf_error read_settings(struct publication *publication,
                                   struct settings_mistake *out_mistake)
{
    struct store_path path;
    TRY(fleet_path(publication->fleet, FLEET_PUBLISH_FILE, &path));
    TRY(settings_read_own(path.text, &publication->settings, out_mistake));
    publication->place = find_place(&publication->settings);
    return publication->place != NULL ? HF_OK : HF_ECONFIG;
}

static int say_generations(const struct fleet *fleet, enum hf_error error)
{
    static const char next[] = "By it an engine that was put back is known. Bring it back from a "
                               "copy; or move it away, and look at what is published: hf-tokenctl "
                               "status";
    char path[FLEET_FOLDER_MAX + 1];
    const int system = errno;
    memcpy(path, fleet->folder, sizeof path);
    (void)say_clean(path);
    errno = system;
    return say_failure(TOOL_FAILED, error, next, "%s: %s/" FLEET_GENERATIONS_FILE, fleet->command,
                       path);
}

int publication_open(struct fleet *fleet, uint64_t valid, struct publication *out_publication)
{
    struct store_path session;
    struct settings_mistake mistake = {0};
    out_publication->fleet = fleet;
    out_publication->now = when_now();
    out_publication->valid = valid > 0 ? valid : VALID_STANDARD;
    if (!publication_wanted(fleet))
        return say_settings(fleet, HF_ENOTFOUND, &mistake);
    enum hf_error error = read_settings(out_publication, &mistake);
    if (error == HF_OK)
        error = fleet_path(fleet, FLEET_SESSION_FILE, &session);
    if (error == HF_OK)
        error = engine_new(out_publication->place, session.text, &out_publication->engine);
    if (error == HF_OK)
        engine_insist(out_publication->engine);
    if (error != HF_OK)
        return say_settings(fleet, error, &mistake);
    error = generations_read(fleet, &out_publication->generations);
    return error == HF_OK ? TOOL_OK : say_generations(fleet, error);
}

/* Of an engine that went back as a whole there are as many as there are objects. */
static int say_old(struct publication *publication, const char *path)
{
    static const char next[] =
        "Find out who did it. Where the engine was restored on purpose: publish --accept-old";
    const char *command = publication->fleet->command;
    if (++publication->old > OLD_SAID)
        return TOOL_FAILED;
    if (publication->old == OLD_SAID)
        return say_failure(TOOL_FAILED, HF_OK, next,
                           "%s: there are more that are older than what was published before",
                           command);
    return say_failure(TOOL_FAILED, HF_OK, next,
                       "%s: %s is older than what was published before: an old copy was put back",
                       command, path);
}

/* Where another fleet publishes, everything is another's. */
static int say_foreign(struct publication *publication, const char *path)
{
    static const char next[] = "Look into who put it there; then take it away.";
    static const char place[] = "Where all are another fleet's: " FLEET_PUBLISH_FILE
                                " names the place where that one publishes.";
    const char *command = publication->fleet->command;
    if (strcmp(path, OBJECT_HEAD) == 0)
        return say_failure(TOOL_FAILED, HF_EUNSIGNED, place, "%s: the head is not of this fleet",
                           command);
    if (++publication->foreign > FOREIGN_SAID)
        return TOOL_FAILED;
    if (publication->foreign == FOREIGN_SAID)
        return say_failure(TOOL_FAILED, HF_OK, place,
                           "%s: there are more that are not of this fleet", command);
    return say_failure(TOOL_FAILED, HF_EUNSIGNED, publication->foreign == 1 ? next : NULL,
                       "%s: %s is not of this fleet, and is left alone", command, path);
}

int publication_say(struct publication *publication, enum hf_error error, const char *path)
{
    progress_end(&publication->progress);
    const struct fleet *fleet = publication->fleet;
    const char *reason = engine_reason(publication->engine);
    char shown[NEXT_MAX], next[NEXT_MAX];
    (void)say_next(shown, "%s", path);
    (void)say_clean(shown);
    if (publication->misplaced && publication->old++ > 0)
        return TOOL_FAILED;
    if (publication->misplaced)
        return say_failure(TOOL_FAILED, HF_OK, MISPLACED_NEXT,
                           "%s: there is no head in %s, and this fleet has published one before",
                           fleet->command, publication->place->addresses[0]);
    if (error == HF_EROLLBACK)
        return say_old(publication, shown);
    if (error == HF_EFUTURE)
        return say_failure(TOOL_FAILED, error, FUTURE_NEXT, "%s: %s", fleet->command, shown);
    if (error == HF_ETOOBIG)
        return say_failure(TOOL_FAILED, error, LARGE_NEXT, "%s: %s", fleet->command, shown);
    if (error == HF_EUNSIGNED)
        return say_foreign(publication, shown);
    if (reason[0] != '\0')
        (void)say_next(next, "%s", reason);
    else
        (void)say_next(next, "%s is what " FLEET_PUBLISH_FILE " names.",
                       publication->place->addresses[0]);
    if (error == HF_EUNAVAIL || error == HF_EDEADLINE)
        return say_failure(TOOL_FAILED, error, next,
                           "%s: could not reach the engine of " FLEET_PUBLISH_FILE " (%s)",
                           fleet->command, engine_kind_name(publication->place->kind));
    return say_failure(TOOL_FAILED, error, reason[0] != '\0' ? next : NULL, "%s: %s",
                       fleet->command, shown);
}

bool publication_write(struct publication *publication, const char *file, const char *text)
{
    const enum hf_error error = fleet_write(publication->fleet, file, text, strlen(text));
    if (error != HF_OK && !publication->unwritten) {
        progress_end(&publication->progress);
        (void)fleet_say(publication->fleet, file, error);
    }
    publication->unwritten |= error != HF_OK;
    return error == HF_OK;
}

/* What hosts are to get does not wait for it. */
bool publication_keep(struct publication *publication)
{
    const enum hf_error error = generations_write(&publication->generations);
    if (error != HF_OK && !publication->unkept) {
        progress_end(&publication->progress);
        (void)fleet_say(publication->fleet, FLEET_GENERATIONS_FILE, error);
    }
    publication->unkept |= error != HF_OK;
    return error == HF_OK;
}

uint64_t generation_next(uint64_t generation)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const uint64_t least = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    return generation < least ? least : generation + 1;
}

enum hf_error publication_check(struct publication *publication, const char *path,
                                uint64_t *generation, bool *anew)
{
    const uint64_t highest = generations_highest(&publication->generations, path);
    if (dates_check(*generation, 0, UINT64_MAX, publication->now) != HF_OK)
        return HF_EFUTURE;
    if (*generation >= highest)
        return generations_keep(&publication->generations, path, *generation);
    if (!publication->accept_old)
        return HF_EROLLBACK;
    *generation = highest;
    *anew = true;
    return HF_OK;
}

bool renewal_due(const struct publication *publication, uint64_t until)
{
    return until < publication->now + publication->valid / 2;
}

enum hf_error object_open(const struct fleet *fleet, enum signed_kind kind,
                          const struct engine_object *object, const char **out_payload,
                          size_t *out_length, bool *out_old)
{
    struct signers present = {.count = 1};
    memcpy(present.keys[0], fleet->signing.public_key, SIGNER_BYTES);
    /* Without the password nothing is signed, so that it does not matter. */
    const bool known = fleet->signing.secret_key != NULL;
    const enum hf_error error =
        known ? signed_open(kind, object->bytes, object->length, &present, out_payload, out_length)
              : HF_EUNSIGNED;
    *out_old = known && error == HF_EUNSIGNED;
    if (error != HF_EUNSIGNED)
        return error;
    return signed_open(kind, object->bytes, object->length, &fleet->signers, out_payload,
                       out_length);
}

/* As a shell would, with the administrator's environment: it is their own file that names it. What
   it copies is for hosts to read. What waitpid gives, or -1. */
static int run_command(const char *command)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0) {
        (void)signal(SIGPIPE, SIG_DFL);
        (void)umask(022);
        /* What stands there is the caller's: a loop of a shell reads its names from it. */
        const int nothing = open("/dev/null", O_RDONLY);
        if (nothing < 0 || dup2(nothing, STDIN_FILENO) != STDIN_FILENO)
            _exit(126);
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return status;
}

static int say_command(const struct fleet *fleet, int status)
{
    static const char next[] =
        "All documents are written. To run it again: hf-tokenctl publish, or this call";
    if (status == -1)
        return say_failure(TOOL_FAILED, HF_EIO, next, "%s: the command of " FLEET_PUBLISH_FILE,
                           fleet->command);
    if (WIFSIGNALED(status))
        return say_failure(TOOL_FAILED, HF_OK, next,
                           "%s: the command of " FLEET_PUBLISH_FILE " was ended by signal %d",
                           fleet->command, WTERMSIG(status));
    return say_failure(TOOL_FAILED, HF_OK, next,
                       "%s: the command of " FLEET_PUBLISH_FILE " has failed with exit code %d",
                       fleet->command, WEXITSTATUS(status));
}

void publication_command_due(struct publication *publication)
{
    if (!publication->due && publication->place->command[0] != '\0')
        (void)publication_write(publication, FLEET_COMMAND_FILE, "due\n");
    publication->due = true;
}

int publication_command(struct publication *publication)
{
    const struct fleet *fleet = publication->fleet;
    const char *command = publication->place->command;
    if (command[0] == '\0' || (!publication->changed && !fleet_has(fleet, FLEET_COMMAND_FILE)))
        return TOOL_OK;
    const int status = run_command(command);
    if (status != 0)
        return say_command(fleet, status);
    fleet_remove(fleet, FLEET_COMMAND_FILE);
    publication->due = false;
    return TOOL_OK;
}
