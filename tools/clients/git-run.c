#include "tools/clients/git-run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/io.h"

#define WORDS_MAX 12

/* git's exit code of --get-all where there is no such key: git-config(1). */
#define GIT_NO_KEY 1

static enum hf_error start(const char *const *arguments, int output, pid_t *out_pid)
{
    /* posix_spawn(3) takes no const for reasons of history, and writes to nothing. */
    union {
        const char *given[WORDS_MAX];
        char *wanted[WORDS_MAX];
    } words = {
        .given = {"git", "config", "--global"}
    };
    posix_spawn_file_actions_t actions;
    for (size_t i = 0; arguments[i] != NULL && i + 4 < WORDS_MAX; i++)
        words.given[i + 3] = arguments[i];
    if (posix_spawn_file_actions_init(&actions) != 0)
        return HF_ENOMEM;
    int failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (failed == 0 && output >= 0)
        failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (failed == 0)
        failed = posix_spawnp(out_pid, "git", &actions, NULL, words.wanted, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    errno = failed;
    if (failed == ENOENT)
        return HF_ENOTFOUND;
    return failed == 0 ? HF_OK : HF_ECHILD;
}

static enum hf_error finish(pid_t pid, int *out_status)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return HF_ECHILD;
    if (!WIFEXITED(status))
        return HF_ECHILD;
    *out_status = WEXITSTATUS(status);
    return *out_status == 127 ? HF_ENOTFOUND : HF_OK;
}

enum hf_error git_config(const char *const *arguments, int *out_status)
{
    pid_t pid;
    TRY(start(arguments, -1, &pid));
    return finish(pid, out_status);
}

/* Each value ends with a zero byte: --null. */
static enum hf_error split(struct git_values *values, size_t length)
{
    values->count = 0;
    for (size_t at = 0; at < length; at += strlen(values->bytes + at) + 1) {
        if (values->count == GIT_VALUES_MAX)
            return HF_ETOOBIG;
        values->all[values->count++] = values->bytes + at;
    }
    return HF_OK;
}

enum hf_error git_config_values(const char *key, struct git_values *out_values)
{
    const char *const arguments[] = {"--null", "--get-all", key, NULL};
    int ends[2], status;
    size_t length = 0;
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return HF_ECHILD;
    enum hf_error error = start(arguments, ends[1], &pid);
    close(ends[1]);
    if (error == HF_OK) {
        error = io_read(ends[0], out_values->bytes, sizeof out_values->bytes - 1, &length);
        /* What is still written behind that ends git, by SIGPIPE. */
        close(ends[0]);
        enum hf_error ended = finish(pid, &status);
        error = error == HF_OK ? ended : error;
    } else {
        close(ends[0]);
    }
    TRY(error);
    if (length == sizeof out_values->bytes - 1)
        return HF_ETOOBIG;
    out_values->bytes[length] = '\0';
    if (status != 0 && status != GIT_NO_KEY)
        return HF_ECHILD;
    return split(out_values, length);
}
