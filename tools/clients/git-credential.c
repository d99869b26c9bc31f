/* git-credential: git's helper, gitcredentials(7). It answers for one Hub, and stores nothing: the
 * token is in the kernel's keyring as long as its user is logged in. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/secret.h"
#include "hub/endpoint.h"
#include "keyring/grant.h"
#include "tools/arguments.h"
#include "tools/clients/git-protocol.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/hf-token-hub/selected.h"
#include "tools/say.h"

#define COMMAND "git-credential"

/* What the Python client takes; the Hub looks at the password alone. */
#define USER_NAME "hf_user"

/* Longest user name that is given back to git. */
#define USER_NAME_GIVEN_MAX 255

struct credential {
    const char *option, *action;
    struct endpoint endpoint;
    struct secret *input; /* owned */
    struct text text;     /* its bytes */
    struct git_request request;
};

static void credential_scope_end(struct credential *credential)
{
    secret_free(credential->input);
}

/* -1 to go on. */
static int read_words(struct credential *credential, struct arguments *arguments)
{
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == 'n')
            credential->option = value;
        else if (argument == ARGUMENT_OPERAND && credential->action == NULL)
            credential->action = value;
        else
            return arguments_stop(arguments, argument);
    }
    if (credential->action == NULL)
        return arguments_wrong(arguments, "there is a word missing: get, store or erase");
    return -1;
}

/* An empty line ends a request; who asks may leave the pipe open behind it. */
static bool is_whole(const char *bytes, size_t length)
{
    return (length >= 1 && bytes[0] == '\n') ||
           (length >= 2 && memcmp(bytes + length - 2, "\n\n", 2) == 0);
}

/* A password may be in it: git gives it to `store` and `erase`. */
static enum hf_error read_request(struct credential *credential)
{
    size_t length = 0;
    ssize_t got = 1;
    TRY(secret_new(GIT_REQUEST_MAX + 1, &credential->input));
    char *bytes = (char *)secret_bytes(credential->input);
    while (got != 0 && length <= GIT_REQUEST_MAX && !is_whole(bytes, length)) {
        got = read(STDIN_FILENO, bytes + length, GIT_REQUEST_MAX + 1 - length);
        if (got < 0 && errno != EINTR)
            return HF_EIO;
        length += got > 0 ? (size_t)got : 0;
    }
    if (length > GIT_REQUEST_MAX)
        return HF_ETOOBIG;
    secret_set_length(credential->input, length);
    credential->text = (struct text){(const char *)secret_view(credential->input), length};
    return git_request_parse(&credential->text, &credential->request);
}

/* When the token that is answered ends, where that is known without a document: 0 otherwise. */
static uint64_t expires_of(const char *name)
{
    SCOPED(ring_grant) struct ring_grant grant = {0};
    ring_serial ring = 0;
    enum ring_way way;
    if (name[0] == '\0' || ring_find(&ring, &way) != HF_OK ||
        ring_grant_get(ring, name, &grant) != HF_OK)
        return 0;
    return grant.expires;
}

static void append(struct secret *answer, const void *bytes, size_t length)
{
    const size_t used = secret_length(answer);
    if (length > secret_capacity(answer) - used)
        return;
    memcpy(secret_bytes(answer) + used, bytes, length);
    secret_set_length(answer, used + length);
}

/* git keeps what it got for as long as its process runs, and gives it to other helpers to store:
   with the end of its time they know when not to. */
static enum hf_error print_answer(const struct credential *credential,
                                  const struct selected *selected)
{
    SCOPED(secret) struct secret *answer = NULL;
    const struct span given = credential->request.username;
    char expiry[64] = "";
    const uint64_t expires = expires_of(selected->name);
    TRY(secret_new(secret_length(selected->token) + USER_NAME_GIVEN_MAX + 128, &answer));
    append(answer, "username=", strlen("username="));
    if (given.length > 0 && given.length <= USER_NAME_GIVEN_MAX)
        append(answer, credential->text.bytes + given.at, given.length);
    else
        append(answer, USER_NAME, strlen(USER_NAME));
    append(answer, "\npassword=", strlen("\npassword="));
    append(answer, secret_view(selected->token), secret_length(selected->token));
    append(answer, "\n", 1);
    if (expires != 0)
        TRY(text_format(expiry, sizeof expiry, "password_expiry_utc=%llu\n",
                        (unsigned long long)expires));
    append(answer, expiry, strlen(expiry));
    return io_write(STDOUT_FILENO, secret_view(answer), secret_length(answer));
}

static int get(const struct credential *credential)
{
    SCOPED(selected) struct selected selected = {.name = ""};
    if (isatty(STDOUT_FILENO))
        return say_failure(TOOL_FAILED, HF_OK, "git asks for it: hf-token git-setup",
                           COMMAND ": standard output is a terminal");
    int code = selected_obtain(COMMAND, credential->option, &credential->endpoint, &selected);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = print_answer(credential, &selected);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, COMMAND ": standard output");
    return TOOL_OK;
}

/* git says so when the Hub did not take what `get` gave: gitcredentials(7). */
static int erase(const struct credential *credential)
{
    if (credential->request.password.length == 0)
        return TOOL_OK;
    return say_failure(TOOL_OK, HF_OK,
                       "Whether it is the token or the repository: hf-token whoami, hf-token check",
                       COMMAND ": the Hub refused the token for this; it stays where it is");
}

int git_credential_command(struct arguments *arguments)
{
    SCOPED(credential) struct credential credential = {.option = NULL};
    int code = read_words(&credential, arguments);
    if (code != -1)
        return code;
    enum hf_error error = read_request(&credential);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "git asks for it: hf-token git-setup",
                           COMMAND ": what git asks");
    error = endpoint_choose(&credential.endpoint);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Unset it, or set it to https://HOST",
                           COMMAND ": " ENDPOINT_VARIABLE);
    if (!git_request_is_for(&credential.text, &credential.request, &credential.endpoint))
        return TOOL_OK;
    if (strcmp(credential.action, "get") == 0)
        return get(&credential);
    return strcmp(credential.action, "erase") == 0 ? erase(&credential) : TOOL_OK;
}
