/* A program that logs users in, as far as PAM can tell: it does what its standard input says, a
   line at a time, and answers each with one line. So a test can stand still between any two steps
   of a login.

   usage: pam-host SERVICE USER [FOLDER-OF-SERVICES]   (root)

   secret WORD     answer to the next hidden question; kept until then
   tty NAME        PAM_TTY                            ruid UID    the real user id, as in passwd(1)
   or su(1) authenticate, setcred, delete, open, close, chauthtok           the call's status become
   UID      all ids, for good: a close_session without privilege environment     HF_TOKEN... in the
   PAM environment cycles N        N times open and close; says what is not as before */
#include <errno.h>
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/pam/snapshot.h"

#define SECRETS_MAX 4
#define LINE_BYTES  1024

struct host {
    pam_handle_t *pamh;
    char *secrets[SECRETS_MAX]; /* in the order of the questions; each is used once */
    size_t given, used;
};

static void wipe(char *text)
{
    explicit_bzero(text, strlen(text));
    free(text);
}

static int answer(struct host *host, const struct pam_message *question, struct pam_response *out)
{
    *out = (struct pam_response){0};
    switch (question->msg_style) {
    case PAM_PROMPT_ECHO_OFF:
        if (host->used == host->given)
            return PAM_CONV_ERR;
        out->resp = host->secrets[host->used];
        host->secrets[host->used++] = NULL;
        return PAM_SUCCESS;
    case PAM_TEXT_INFO:
    case PAM_ERROR_MSG:
        printf("told %s\n", question->msg);
        return PAM_SUCCESS;
    default:
        return PAM_CONV_ERR;
    }
}

static int converse(int count, const struct pam_message **questions,
                    struct pam_response **out_answers, void *data)
{
    struct pam_response *answers = calloc((size_t)count, sizeof *answers);
    for (int i = 0; answers != NULL && i < count; i++) {
        if (answer(data, questions[i], &answers[i]) != PAM_SUCCESS) {
            while (i-- > 0)
                if (answers[i].resp != NULL)
                    wipe(answers[i].resp);
            free(answers);
            return PAM_CONV_ERR;
        }
    }
    *out_answers = answers;
    return answers != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int cycle(pam_handle_t *pamh)
{
    int status = pam_open_session(pamh, 0);
    return status == PAM_SUCCESS ? pam_close_session(pamh, 0) : status;
}

/* What is made on first use (libpam's dictionary, the name service's tables) is there after a few.
 */
static int cycles(pam_handle_t *pamh, long count)
{
    struct snapshot before, after;
    int status = PAM_SUCCESS;
    for (long i = 0; i < 50 && status == PAM_SUCCESS; i++)
        status = cycle(pamh);
    snapshot_take(&before);
    for (long i = 0; i < count && status == PAM_SUCCESS; i++)
        status = cycle(pamh);
    snapshot_take(&after);
    snapshot_compare(&before, &after);
    snapshot_clear(&before);
    snapshot_clear(&after);
    return status;
}

static int become(uid_t uid)
{
    return setresgid((gid_t)uid, (gid_t)uid, (gid_t)uid) == 0 && setresuid(uid, uid, uid) == 0
               ? PAM_SUCCESS
               : PAM_SYSTEM_ERR;
}

static int tell_environment(pam_handle_t *pamh)
{
    char **list = pam_getenvlist(pamh);
    for (char **setting = list; setting != NULL && *setting != NULL; setting++) {
        printf("told %s\n", *setting);
        free(*setting);
    }
    free(list);
    return PAM_SUCCESS;
}

static int keep_secret(struct host *host, const char *word)
{
    if (host->given == host->used)
        host->given = host->used = 0;
    if (host->given == SECRETS_MAX)
        return PAM_BUF_ERR;
    host->secrets[host->given] = strdup(word);
    return host->secrets[host->given++] != NULL ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int do_line(struct host *host, const char *verb, const char *word)
{
    static const struct {
        const char *verb;
        int (*call)(pam_handle_t *, int);
        int flags;
    } calls[] = {
        {"authenticate", pam_authenticate,  0                 },
        {"setcred",      pam_setcred,       PAM_ESTABLISH_CRED},
        {"delete",       pam_setcred,       PAM_DELETE_CRED   },
        {"open",         pam_open_session,  0                 },
        {"close",        pam_close_session, 0                 },
        {"chauthtok",    pam_chauthtok,     0                 },
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(verb, calls[i].verb) == 0)
            return calls[i].call(host->pamh, calls[i].flags);
    if (strcmp(verb, "secret") == 0)
        return keep_secret(host, word);
    if (strcmp(verb, "tty") == 0)
        return pam_set_item(host->pamh, PAM_TTY, word);
    if (strcmp(verb, "ruid") == 0)
        return setresuid((uid_t)atol(word), (uid_t)-1, (uid_t)-1) == 0 ? PAM_SUCCESS
                                                                       : PAM_SYSTEM_ERR;
    if (strcmp(verb, "become") == 0)
        return become((uid_t)atol(word));
    if (strcmp(verb, "environment") == 0)
        return tell_environment(host->pamh);
    if (strcmp(verb, "cycles") == 0)
        return cycles(host->pamh, atol(word));
    return PAM_BAD_ITEM;
}

/* Without stdio, whose buffer would keep a secret. */
static bool read_line(char line[static LINE_BYTES])
{
    size_t length = 0;
    while (length < LINE_BYTES - 1 && read(STDIN_FILENO, line + length, 1) == 1 &&
           line[length] != '\n')
        length++;
    bool complete = length < LINE_BYTES - 1 && line[length] == '\n';
    line[length] = '\0';
    return complete;
}

int main(int argc, char **argv)
{
    struct host host = {.pamh = NULL};
    const struct pam_conv conversation = {converse, &host};
    char line[LINE_BYTES];
    if (argc < 3 || argc > 4)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    int status =
        pam_start_confdir(argv[1], argv[2], &conversation, argc > 3 ? argv[3] : NULL, &host.pamh);
    while (status == PAM_SUCCESS && read_line(line)) {
        char *word = strchr(line, ' ');
        if (word != NULL)
            *word++ = '\0';
        int result = do_line(&host, line, word != NULL ? word : "");
        explicit_bzero(line, sizeof line);
        printf("done %s\n", pam_strerror(host.pamh, result));
    }
    return pam_end(host.pamh, status) == PAM_SUCCESS ? 0 : 1;
}
