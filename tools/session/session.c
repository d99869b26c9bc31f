/* The session helper: started by the PAM module as root; one request on descriptor 0, one reply,
 * the end. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/child.h"
#include "store/seal.h"
#include "store/switch.h"
#include "tools/session/placer.h"
#include "tools/session/request.h"
#include "tools/session/unsealer.h"

#define MODULE_FD 0

/* Milliseconds: how long the request may take to arrive, and what is kept back of the module's
   deadline, so that a report still reaches it. */
#define REQUEST_TIME  2000
#define REPORT_MARGIN 150

/* In the forked child: gives up root before it sees a byte from outside. */
static _Noreturn void be_placer(const struct wire_request *request,
                                const struct source_answers *answers, int socket)
{
    /* Nothing else of root's is left open: not the module's socket, not the lock. */
    if (dup2(socket, MODULE_FD) != MODULE_FD || close_range(3, ~0U, 0) != 0)
        _exit(1);
    if (process_become(request->uid, request->gid) != HF_OK)
        _exit(1);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (request->operation == WIRE_OPEN)
        placer_open(request, answers, MODULE_FD);
    else
        placer_rewrap(request, MODULE_FD);
    _exit(0);
}

/* Starts the placer before any secret is read: its memory never holds more than the request. */
static enum hf_error start_placer(const struct wire_request *request,
                                  const struct source_answers *answers, int *out_socket)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return HF_EIO;
    SCOPED(fd) int ours = ends[0];
    SCOPED(fd) int theirs = ends[1];
    pid_t pid = fork();
    if (pid < 0)
        return HF_ECHILD;
    if (pid == 0)
        be_placer(request, answers, theirs);
    *out_socket = ours;
    ours = -1;
    return HF_OK;
}

static enum hf_error unseal(const struct wire_request *request, int socket, deadline_ms until,
                            struct wire_reply *reply, struct secret **out_token)
{
    SCOPED(secret) struct secret *password = NULL;
    SCOPED(secret) struct secret *new_password = NULL;
    SCOPED(unsealer) struct unsealer *unsealer = NULL;
    TRY(request_secret(MODULE_FD, until, request->secret_length[0], &password));
    TRY(request_secret(MODULE_FD, until, request->secret_length[1], &new_password));
    TRY(unsealer_new(request, password, new_password, until, &unsealer));
    password = new_password = NULL;
    return unsealer_serve(unsealer, socket, reply, out_token);
}

/* One placer per user at a time, so that two logins at once make one ring. Best effort: a lock that
   cannot be had must not cost the login its token, so it takes at most half of the time left. */
static void lock_user(uid_t uid, deadline_ms until, int *out_fd)
{
    char path[sizeof HF_RUN_FOLDER + 32];
    deadline_ms now = clock_ms();
    (void)mkdir(HF_RUN_FOLDER, 0700);
    if (text_format(path, sizeof path, HF_RUN_FOLDER "/user.%lu", (unsigned long)uid) == HF_OK)
        (void)!lock_take(path, now + (until - now) / 2, out_fd);
}

static enum hf_error ask_sources(const struct wire_request *request, deadline_ms until,
                                 struct wire_reply *reply, struct source_answers *out_answers)
{
    struct token_switch token_switch;
    struct account account;
    unsigned line = 0;
    enum hf_error error = switch_read(request->configuration, &token_switch, &line);
    reply->system = line;
    TRY(error);
    request_account(request, &account);
    switch_run(&token_switch, &account, true, until, out_answers);
    return HF_OK;
}

/* How many sources know of the user, or could not tell: without any there is nothing to do. */
static size_t answered(const struct source_answers *answers)
{
    size_t count = 0;
    for (size_t i = 0; i < answers->count; i++)
        if (answers->answers[i].error != HF_ENOTFOUND)
            count++;
    return count;
}

static enum hf_error serve(const struct wire_request *request, deadline_ms until,
                           struct wire_reply *reply, struct secret **out_token)
{
    SCOPED(source_answers) struct source_answers answers = {0};
    SCOPED(fd) int socket = -1;
    SCOPED(fd) int lock = -1;
    if (request->operation == WIRE_OPEN) {
        TRY(ask_sources(request, until, reply, &answers));
        reply->sources = (uint8_t)answered(&answers);
        if (reply->sources == 0 || (request->flags & WIRE_LOOK_ONLY) != 0)
            return HF_OK;
        lock_user(request->uid, until, &lock);
    }
    TRY(start_placer(request, &answers, &socket));
    return unseal(request, socket, until, reply, out_token);
}

/* The placer runs as the user: what it reports is checked before root believes it. */
static void make_sane(struct wire_reply *reply)
{
    reply->magic = WIRE_MAGIC;
    reply->source[SOURCE_NAME_MAX] = '\0';
    if (!source_name_valid(reply->source))
        reply->source[0] = '\0';
}

static enum hf_error answer(const struct wire_reply *reply, const struct secret *token)
{
    TRY(io_write(MODULE_FD, reply, sizeof *reply));
    if (token == NULL)
        return HF_OK;
    return io_write(MODULE_FD, secret_view(token), secret_length(token));
}

int main(void)
{
    SCOPED(secret) struct secret *token = NULL;
    struct wire_request request;
    struct wire_reply reply = {0};
    process_harden();
    /* The host may be setuid with the caller's real uid: su(1), passwd(1). */
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0 || setgroups(0, NULL) != 0)
        return 1;
    if (request_read(MODULE_FD, clock_ms() + REQUEST_TIME, &request) != HF_OK ||
        store_start() != HF_OK)
        return 1;
    deadline_ms until = clock_ms() + request.deadline_ms - REPORT_MARGIN;
    enum hf_error error = serve(&request, until, &reply, &token);
    if (error != HF_OK) {
        uint32_t system = error == HF_EIO || error == HF_ECHILD ? (uint32_t)errno : reply.system;
        reply = (struct wire_reply){.error = error, .system = system};
    }
    make_sane(&reply);
    return answer(&reply, token) == HF_OK ? 0 : 1;
}
