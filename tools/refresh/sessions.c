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
#include "common/helper.h"
#include "common/login.h"
#include "common/secret.h"
#include "common/wire.h"
#include "keyring/origin.h"
#include "tools/exit.h"
#include "tools/look.h"
#include "tools/say.h"

/* The lock of a user that hf-token-session takes, and nobody but root can make. */
#define PREFIX LOGIN_FILE_PREFIX

/* So many users at a time; and how long one may take, in milliseconds, and in seconds where even
   the name service hangs. */
#define LANES         8
#define USER_PATIENCE 5000
#define USER_SECONDS  10

/* What to do where a user's name is not known. */
#define NEXT_NOTE                                                                                  \
    "Their login noted no name: is there room in " HF_RUN_FOLDER "? Until they log in again, the " \
    "tokens stay to the end of their own time."
#define NEXT_NAMES                                                                                 \
    "Is the name service there? Until it is, the tokens stay to the end of their own time."

/* Debian's nogroup; nothing is its own. */
#define NOGROUP 65534

/* Shared by the lanes. */
struct users {
    atomic_size_t next;
    size_t count;
    uid_t uids[];
};

/* Whether there is a token that came from a source. */
static bool has_tokens(ring_serial ring)
{
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t count = 0;
    return ring_origin_names(ring, names, &count) == HF_OK && count > 0;
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
    const struct {
        unsigned count;
        const char *what;
    } rows[] = {
        {reply->placed,   "exchanged"},
        {reply->returned, "came back"},
        {reply->removed,  "removed"  },
    };
    char text[64] = "";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const size_t length = strlen(text);
        if (rows[i].count > 0)
            (void)snprintf(text + length, sizeof text - length, "%s%u %s", length > 0 ? ", " : "",
                           rows[i].count, rows[i].what);
    }
    if (text[0] != '\0')
        say_note("refresh: %s: %s", account->name, text);
}

static const char *next_of(enum hf_error trouble)
{
    if (trouble == HF_EQUOTA)
        return "The user has too many keys, see hf-token doctor as that user. Until then the token "
               "that was there stays, to the end of its own time.";
    return trouble == HF_ENOSLOT ? "hf-tokenctl doctor" : NULL;
}

static int say_trouble(const struct account *account, const struct wire_reply *reply)
{
    const enum hf_error trouble = (enum hf_error)reply->trouble;
    errno = (int)reply->system;
    if (reply->source[0] == '\0')
        return say_failure(TOOL_FAILED, trouble, next_of(trouble), "refresh: %s", account->name);
    if (reply->reason[0] != '\0')
        return say_failure(TOOL_FAILED, HF_OK, NULL, "refresh: %s: source %s: %s", account->name,
                           reply->source, reply->reason);
    return say_failure(TOOL_FAILED, trouble, next_of(trouble), "refresh: %s: source %s",
                       account->name, reply->source);
}

/* The account under the name that its sessions were opened with: another name of the same id has
   another document, or none, and what that does not have would count as revoked. Which of several
   names a ring is of nobody knows. HF_EFORMAT: no session has noted a name that can be read.
   HF_ENOTFOUND: the name service does not know it any more. */
static enum hf_error find_account(uid_t uid, struct account *out_account)
{
    char user[USER_NAME_MAX + 1];
    enum hf_error error = login_name(uid, user);
    /* The lock is there, and what was to stand in it found no room. */
    if (error == HF_ENOTFOUND || error == HF_EFORMAT)
        return HF_EFORMAT;
    if (error == HF_EDUPLICATE) {
        TRY(account_by_uid(uid, out_account));
        return error;
    }
    TRY(error);
    error = account_by_name(user, out_account);
    /* With one of getpwnam_r(3)'s errors that stand for "not found" a name service may be out. */
    if (error == HF_ENOTFOUND && errno != 0)
        return HF_EIO;
    TRY(error);
    return out_account->uid == uid && uid != 0 ? HF_OK : HF_ENOTFOUND;
}

static int refresh_found(const struct account *account, const struct sessions_order *order)
{
    struct wire_reply reply = {0};
    enum hf_error error = ask_session(account, order->skip, clock_ms() + USER_PATIENCE, &reply);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "refresh: %s", account->name);
    if (!order->quiet)
        say_changes(account, &reply);
    return reply.trouble != HF_OK ? say_trouble(account, &reply) : TOOL_OK;
}

/* Of whom nobody knows the name, which may be one who has gone: that matters where there are
   tokens. Those are the uid's alone, whatever the group. */
static int say_unnamed(uid_t uid, enum hf_error error)
{
    const struct account nameless = {.uid = uid, .gid = NOGROUP};
    const int system = errno;
    bool wanted = true;
    if (look_for_ring(&nameless, has_tokens, &wanted) == HF_OK && !wanted)
        return TOOL_OK;
    if (error == HF_EFORMAT)
        return say_failure(TOOL_FAILED, HF_OK, NEXT_NOTE,
                           "refresh: the user with id %lu: it is not known under which name they "
                           "logged in",
                           (unsigned long)uid);
    errno = system;
    return say_failure(TOOL_FAILED, error, NEXT_NAMES, "refresh: the user with id %lu",
                       (unsigned long)uid);
}

/* Of a user who has gone no source can be asked: the kernel's timeouts run. */
static int refresh_user(uid_t uid, const struct sessions_order *order)
{
    struct account account;
    bool wanted = false;
    const enum hf_error found = find_account(uid, &account);
    if (found == HF_ENOTFOUND)
        return TOOL_OK;
    if (found != HF_OK && found != HF_EDUPLICATE)
        return say_unnamed(uid, found);
    const enum hf_error error = look_for_ring(&account, has_tokens, &wanted);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "refresh: %s: looking for tokens",
                           account.name);
    if (!wanted)
        return TOOL_OK;
    if (found == HF_EDUPLICATE)
        return say_failure(TOOL_FAILED, HF_OK,
                           "Their tokens stay until their own time is over; until the machine "
                           "starts anew nobody knows whose they are.",
                           "refresh: sessions of user id %lu were opened under several names",
                           (unsigned long)uid);
    return refresh_found(&account, order);
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
            (void)say_failure(TOOL_FAILED, HF_EDEADLINE,
                              "Does the name service hang? getent passwd shows it.",
                              "refresh: one of the users");
    }
    if (are_left(users))
        code = say_failure(TOOL_FAILED, HF_EDEADLINE, "The next refresh begins with others.",
                           "refresh: some of the users");
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
