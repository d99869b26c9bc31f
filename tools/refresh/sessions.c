#include "tools/refresh/sessions.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/account.h"
#include "common/child.h"
#include "common/helper.h"
#include "common/secret.h"
#include "common/wire.h"
#include "keyring/origin.h"
#include "tools/exit.h"
#include "tools/say.h"

/* The lock of a user that hf-token-session takes, and nobody but root can make. */
#define PREFIX "user."

/* So many users at a time; and how long one may take, in milliseconds, and in seconds where even
   the name service hangs. */
#define LANES         8
#define USER_PATIENCE 5000
#define USER_SECONDS  10

/* Shared by the lanes. */
struct users {
    atomic_size_t next;
    size_t count;
    uid_t uids[];
};

/* In the forked child: root cannot see a user's keys, so the user looks. Nothing of root's is left
   open, for the user may stop this process and have it for good. */
static _Noreturn void look(const struct account *account)
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    ring_serial ring = 0;
    enum ring_way way;
    size_t count = 0;
    if (close_range(0, ~0U, 0) != 0 || process_become(account->uid, account->gid) != HF_OK)
        _exit(1);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool wanted = ring_find(&ring, &way) == HF_OK &&
                        ring_origin_names(ring, names, &count) == HF_OK && count > 0;
    _exit(wanted ? 0 : 1);
}

/* Whether any session of the user has a token that came from a source. */
static bool has_tokens(const struct account *account)
{
    int status = 0;
    const pid_t pid = fork();
    if (pid == 0)
        look(account);
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static enum hf_error ask_session(const struct account *account, uint8_t skip, deadline_ms until,
                                 struct wire_reply *out_reply)
{
    struct wire_request request = {.magic = WIRE_MAGIC,
                                   .operation = WIRE_REFRESH,
                                   .uid = account->uid,
                                   .gid = account->gid,
                                   .configuration = HF_CONF_FILE,
                                   .skip = skip};
    SCOPED(secret) struct secret *none = NULL;
    memcpy(request.user, account->name, sizeof request.user);
    memcpy(request.home, account->home, sizeof request.home);
    TRY(helper_run(&request, until, NULL, NULL, out_reply, &none));
    return (enum hf_error)out_reply->error;
}

static void say_changes(const struct account *account, const struct wire_reply *reply)
{
    char placed[32] = "";
    if (reply->placed > 0)
        (void)snprintf(placed, sizeof placed, "%u exchanged%s", reply->placed,
                       reply->removed > 0 ? ", " : "");
    if (reply->removed > 0)
        say_note("refresh: %s: %s%u removed", account->name, placed, reply->removed);
    else if (reply->placed > 0)
        say_note("refresh: %s: %s", account->name, placed);
}

static int say_trouble(const struct account *account, const struct wire_reply *reply)
{
    const enum hf_error trouble = (enum hf_error)reply->trouble;
    errno = (int)reply->system;
    if (reply->source[0] == '\0')
        return say_failure(TOOL_FAILED, trouble, NULL, "refresh: %s", account->name);
    return say_failure(TOOL_FAILED, trouble, NULL, "refresh: %s: source %s", account->name,
                       reply->source);
}

/* Of a user whom the name service does not know any more no source can be asked: the kernel's
   timeouts run. */
static int refresh_user(uid_t uid, const struct sessions_order *order)
{
    struct account account;
    struct wire_reply reply = {0};
    enum hf_error error = account_by_uid(uid, &account);
    if (error == HF_ENOTFOUND || (error == HF_OK && (account.uid != uid || uid == 0)))
        return TOOL_OK;
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "refresh: the user with id %lu",
                           (unsigned long)uid);
    if (!has_tokens(&account))
        return TOOL_OK;
    error = ask_session(&account, order->skip, clock_ms() + USER_PATIENCE, &reply);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "refresh: %s", account.name);
    if (!order->quiet)
        say_changes(&account, &reply);
    return reply.trouble != HF_OK ? say_trouble(&account, &reply) : TOOL_OK;
}

/* A lane that hangs dies of its alarm, and another takes its place behind that user. */
static _Noreturn void be_lane(struct users *users, const struct sessions_order *order)
{
    int code = TOOL_OK;
    (void)signal(SIGALRM, SIG_DFL);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (clock_ms() < order->until) {
        const size_t at = atomic_fetch_add(&users->next, 1);
        if (at >= users->count)
            break;
        (void)alarm(USER_SECONDS);
        if (refresh_user(users->uids[at], order) != TOOL_OK)
            code = TOOL_FAILED;
    }
    _exit(code);
}

static bool start_lane(struct users *users, const struct sessions_order *order)
{
    const pid_t pid = fork();
    if (pid == 0)
        be_lane(users, order);
    return pid > 0;
}

static bool are_left(struct users *users)
{
    return atomic_load(&users->next) < users->count;
}

static int run_lanes(struct users *users, const struct sessions_order *order)
{
    size_t running = 0;
    int code = TOOL_OK, status = 0;
    for (size_t i = 0; i < LANES && i < users->count; i++)
        running += start_lane(users, order) ? 1 : 0;
    while (running > 0) {
        if (waitpid(-1, &status, 0) < 0) {
            if (errno == EINTR)
                continue;
            break;
        }
        running--;
        if (WIFSIGNALED(status) && are_left(users) && clock_ms() < order->until)
            running += start_lane(users, order) ? 1 : 0;
        if (!WIFEXITED(status) || WEXITSTATUS(status) != TOOL_OK)
            code = TOOL_FAILED;
        if (WIFSIGNALED(status))
            (void)say_failure(TOOL_FAILED, HF_EDEADLINE, NULL, "refresh: one of the users");
    }
    if (are_left(users))
        code = say_failure(TOOL_FAILED, HF_EDEADLINE, NULL, "refresh: some of the users");
    return code;
}

static int is_lock(const struct dirent *entry)
{
    const char *digits = entry->d_name + strlen(PREFIX);
    return strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 && digits[0] != '\0' &&
           strlen(digits) <= 10 && strspn(digits, "0123456789") == strlen(digits);
}

/* Each begins somewhere else, so that what there was no time for comes first another time. */
static void fill(struct users *users, struct dirent **entries, size_t count)
{
    const size_t start = count > 0 ? (size_t)clock_ms() % count : 0;
    for (size_t i = 0; i < count; i++) {
        const char *digits = entries[(start + i) % count]->d_name + strlen(PREFIX);
        const unsigned long long uid = strtoull(digits, NULL, 10);
        if (uid > 0 && uid < (uid_t)-1)
            users->uids[users->count++] = (uid_t)uid;
    }
}

static int refresh_entries(struct dirent **entries, size_t count,
                           const struct sessions_order *order)
{
    const size_t size = sizeof(struct users) + count * sizeof(uid_t);
    struct users *users =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (users == MAP_FAILED)
        return say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "refresh");
    fill(users, entries, count);
    const int code = run_lanes(users, order);
    (void)munmap(users, size);
    return code;
}

int sessions_refresh(const struct sessions_order *order)
{
    struct dirent **entries = NULL;
    const int count = scandir(HF_RUN_FOLDER, &entries, is_lock, NULL);
    if (count < 0)
        return errno == ENOENT ? TOOL_OK
                               : say_failure(TOOL_FAILED, HF_EIO, NULL, "refresh: " HF_RUN_FOLDER);
    const int code = refresh_entries(entries, (size_t)count, order);
    for (int i = 0; i < count; i++)
        free(entries[i]);
    free(entries);
    return code;
}
