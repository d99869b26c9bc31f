/* The session helper: started by the PAM module, or another program of ours, as root; one request
 * on descriptor 0, one reply, the end. */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "common/character.h"
#include "common/child.h"
#include "common/login.h"
#include "keyring/session.h"
#include "site/settings.h"
#include "store/seal.h"
#include "store/switch.h"
#include "tools/session/answered.h"
#include "tools/session/placer.h"
#include "tools/session/request.h"
#include "tools/session/unsealer.h"

#define MODULE_FD 0

/* Milliseconds: how long the request may take to arrive, and what is kept back of the module's
   deadline, so that a report still reaches it. */
#define REQUEST_TIME  2000
#define REPORT_MARGIN 150

/* What the user's half does for each operation. */
static placer *const placers[] = {
    [WIRE_OPEN] = placer_open,
    [WIRE_REWRAP] = placer_rewrap,
    [WIRE_REFRESH] = placer_refresh,
    [WIRE_FETCH] = placer_fetch,
};

/* In the forked child: gives up root before it sees a byte from outside. */
static _Noreturn void be_placer(struct placer_work work, int socket)
{
    const struct wire_request *request = work.request;
    work.socket = MODULE_FD;
    /* Nothing else of root's is left open: not the module's socket, not the lock. */
    if (dup2(socket, MODULE_FD) != MODULE_FD || close_range(3, ~0U, 0) != 0)
        _exit(1);
    if (process_become(request->uid, request->gid) != HF_OK)
        _exit(1);
    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    placers[request->operation](&work);
    _exit(0);
}

/* Starts the placer before any secret is read: its memory never holds more than the request. */
static enum hf_error start_placer(const struct placer_work *work, int *out_socket)
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
        be_placer(*work, theirs);
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
   cannot be had must not cost the login its token, so it takes at most half of the time left. A
   login leaves its name there, by which a refresh asks. */
static void lock_user(const struct wire_request *request, deadline_ms until, int *out_fd)
{
    char path[LOGIN_PATH_MAX];
    deadline_ms now = clock_ms();
    (void)mkdir(HF_RUN_FOLDER, 0700);
    login_path(request->uid, path);
    (void)!lock_take(path, now + (until - now) / 2, out_fd);
    if (request->operation == WIRE_OPEN)
        (void)!login_note(request->uid, request->user);
}

/* Whether there is anything to place, the first document tells. */
static void stop_at_first(struct token_switch *token_switch)
{
    for (size_t i = 0; i < token_switch->entry_count; i++) {
        enum source_action *action = &token_switch->entries[i].actions[SOURCE_SUCCESS];
        if (*action == ACTION_MERGE)
            *action = ACTION_RETURN;
    }
}

/* A refresh asks all that it is not told to skip, whatever the others say: each speaks of its own
   tokens. The user's documents are the user's business. */
static void ask_each(struct token_switch *token_switch, uint8_t skip)
{
    size_t kept = 0;
    for (size_t i = 0; i < token_switch->entry_count; i++) {
        struct switch_entry *entry = &token_switch->entries[i];
        if ((skip & 1u << i) != 0 || strcmp(entry->source, SOURCE_OWN) == 0)
            continue;
        for (size_t status = 0; status < SOURCE_STATUS_COUNT; status++)
            entry->actions[status] = ACTION_MERGE;
        token_switch->entries[kept++] = *entry;
    }
    token_switch->entry_count = kept;
    token_switch->insists = true;
}

/* Only what asks an engine needs the site's settings. */
static void read_rules(const struct token_switch *token_switch, struct answer_rules *rules)
{
    struct site_settings settings;
    struct settings_mistake mistake;
    for (size_t i = 0; i < token_switch->entry_count; i++) {
        if (!source_asks_engine(token_switch->entries[i].source))
            continue;
        rules->error = settings_read(&settings, &mistake);
        rules->line = mistake.line;
        if (rules->error != HF_OK)
            return;
        rules->maximum_age = settings.maximum_age;
        rules->lifetime = settings.lifetime;
        return;
    }
}

static enum hf_error ask_sources(const struct wire_request *request, deadline_ms until,
                                 struct wire_reply *reply, struct answer_rules *rules,
                                 struct token_switch *out_named, struct source_answers *out_answers)
{
    struct token_switch token_switch;
    struct account account;
    unsigned line = 0;
    enum hf_error error = switch_read(request->configuration, &token_switch, &line);
    reply->system = line;
    reply->misconfigured = error != HF_OK ? WIRE_FILE_SWITCH : 0;
    TRY(error);
    *out_named = token_switch;
    if ((request->flags & WIRE_LOOK_ONLY) != 0)
        stop_at_first(&token_switch);
    if (request->operation == WIRE_REFRESH)
        ask_each(&token_switch, request->skip);
    read_rules(&token_switch, rules);
    request_account(request, &account);
    switch_run(&token_switch, &account, true, until, out_answers);
    return HF_OK;
}

/* What the sources said, where that is all there is to tell. */
static void count_answers(const struct source_answers *answers, struct answer_rules *rules,
                          struct wire_reply *reply)
{
    for (size_t i = 0; i < answers->count; i++) {
        const struct source_answer *answer = &answers->answers[i];
        const bool engine = source_asks_engine(answer->source);
        enum hf_error error = engine && rules->error != HF_OK ? rules->error : answer->error;
        if (error == HF_OK)
            reply->sources++;
        if (error == HF_OK || error == HF_ENOTFOUND)
            continue;
        reply->troubled++;
        answered_hear(rules, answer->error, answer->reason);
        answered_note(rules, answer->source, error, reply);
    }
}

/* Tokens go into the user's own session keyring. What places none, or goes by the ring that there
   is, has no business with the caller's, which passwd(1) or su(1) left to us: it would be in the
   hands of processes of the user. */
static enum hf_error check_session(const struct wire_request *request)
{
    if (request->operation != WIRE_OPEN || (request->flags & WIRE_LOOK_ONLY) != 0)
        return session_shed();
    return session_belongs_to(request->uid) ? HF_OK : HF_ENOSESSION;
}

static bool asked_engine(const struct source_answers *answers)
{
    for (size_t i = 0; i < answers->count; i++)
        if (source_asks_engine(answers->answers[i].source))
            return true;
    return false;
}

/* Whether there is anything for the placer to do. An answer without a document is one to a refresh.
   Where there is no token to place, but an engine was asked, it leaves the user a note or ends an
   earlier one, in a session of the caller's too: it needs none for that. */
static bool is_wanted(const struct wire_request *request, const struct wire_reply *reply,
                      const struct source_answers *answers)
{
    if (request->operation == WIRE_REFRESH)
        return true;
    if (reply->sources != 0)
        return (request->flags & WIRE_LOOK_ONLY) == 0;
    return request->operation == WIRE_OPEN && asked_engine(answers);
}

static enum hf_error serve(const struct wire_request *request, deadline_ms until,
                           struct wire_reply *reply, struct secret **out_token)
{
    SCOPED(source_answers) struct source_answers answers = {0};
    SCOPED(fd) int socket = -1;
    SCOPED(fd) int lock = -1;
    struct answer_rules rules = {0};
    struct token_switch named = {0};
    const struct placer_work work = {
        .request = request, .answers = &answers, .named = &named, .rules = &rules};
    TRY(check_session(request));
    if (request->operation != WIRE_REWRAP) {
        TRY(ask_sources(request, until, reply, &rules, &named, &answers));
        count_answers(&answers, &rules, reply);
        if (!is_wanted(request, reply, &answers)) {
            if (request->operation == WIRE_FETCH)
                reply->error = reply->trouble != HF_OK ? reply->trouble : HF_ENOTFOUND;
            return HF_OK;
        }
    }
    if ((request->operation == WIRE_OPEN && (request->flags & WIRE_LOOK_ONLY) == 0) ||
        request->operation == WIRE_REFRESH)
        lock_user(request, until, &lock);
    TRY(store_start());
    TRY(start_placer(&work, &socket));
    *reply = (struct wire_reply){0};
    return unseal(request, socket, until, reply, out_token);
}

/* The placer runs as the user: what it reports is checked before root believes it. */
static void make_sane(struct wire_reply *reply)
{
    reply->magic = WIRE_MAGIC;
    if (reply->error >= HF_ERROR_COUNT)
        reply->error = HF_EPROTOCOL;
    if (reply->trouble >= HF_ERROR_COUNT)
        reply->trouble = HF_EPROTOCOL;
    reply->linked = reply->linked != 0;
    reply->stale = reply->stale != 0;
    if (reply->misconfigured >= WIRE_FILE_COUNT)
        reply->misconfigured = 0;
    reply->source[SOURCE_NAME_MAX] = '\0';
    if (!source_name_valid(reply->source))
        reply->source[0] = '\0';
    reply->reason[SOURCE_REASON_MAX] = '\0';
    /* Else it would be a word of root's own. */
    if (reply->trouble == HF_OK || !character_all_shown(reply->reason))
        reply->reason[0] = '\0';
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
    /* child_start asked for this, but the exec of a setuid host's helper clears it: prctl(2). */
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* The host may be setuid with the caller's real uid: su(1), passwd(1). */
    if (setresgid(0, 0, 0) != 0 || setresuid(0, 0, 0) != 0 || setgroups(0, NULL) != 0)
        return 1;
    if (request_read(MODULE_FD, clock_ms() + REQUEST_TIME, &request) != HF_OK)
        return 1;
    deadline_ms until = clock_ms() + request.deadline_ms - REPORT_MARGIN;
    enum hf_error error = serve(&request, until, &reply, &token);
    if (error != HF_OK) {
        uint32_t system = error == HF_EIO || error == HF_ECHILD ? (uint32_t)errno : reply.system;
        reply = (struct wire_reply){
            .error = error, .system = system, .misconfigured = reply.misconfigured};
    }
    make_sane(&reply);
    return answer(&reply, token) == HF_OK ? 0 : 1;
}
