/* git-setup: tells git to ask git-credential for the Hub's password. */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/account.h"
#include "common/io.h"
#include "hub/endpoint.h"
#include "tools/arguments.h"
#include "tools/clients/git-run.h"
#include "tools/clients/places.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/commands.h"
#include "tools/holdings/own.h"
#include "tools/say.h"

#include <unistd.h>

#define COMMAND "git-setup"

#define KEY_SIZE    (ENDPOINT_MAX + sizeof "credential..helper")
#define HELPER_SIZE 8192

struct setup {
    struct endpoint endpoint;
    char key[KEY_SIZE];
    char helper[HELPER_SIZE];
    struct git_values values; /* of the key, before anything is changed */
};

/* git gives a helper that begins with a slash to a shell: gitcredentials(7). */
static void quote(const char *path, char helper[static HELPER_SIZE])
{
    size_t length = 0;
    for (const char *c = path; *c != '\0' && length + 32 < HELPER_SIZE; c++) {
        const bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                           (*c >= '0' && *c <= '9') || strchr("/._-+", *c) != NULL;
        if (!plain)
            helper[length++] = '\\';
        helper[length++] = *c;
    }
    (void)snprintf(helper + length, HELPER_SIZE - length, " git-credential");
}

static int say_git(enum hf_error error)
{
    if (error == HF_ENOTFOUND)
        return say_failure(TOOL_FAILED, HF_OK, "Install git", COMMAND ": git was not found");
    return say_failure(TOOL_FAILED, error, "git config --global --list", COMMAND ": git config");
}

/* git itself has said why, on standard error. */
static int run_git(const char *const *arguments)
{
    int status = 0;
    enum hf_error error = git_config(arguments, &status);
    if (error != HF_OK)
        return say_git(error);
    if (status != 0)
        return say_failure(TOOL_FAILED, HF_OK, "Look at ~/.gitconfig: git config --global --edit",
                           COMMAND ": git could not change its configuration");
    return TOOL_OK;
}

static int add_value(const struct setup *setup, const char *value)
{
    const char *const arguments[] = {"--add", setup->key, value, NULL};
    return run_git(arguments);
}

/* sudo can leave HOME as it was: the user's configuration would become root's. */
static int begin(struct setup *setup)
{
    int code = own_check_user(COMMAND);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = endpoint_choose(&setup->endpoint);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "Unset it, or set it to https://HOST",
                           COMMAND ": " ENDPOINT_VARIABLE);
    (void)snprintf(setup->key, sizeof setup->key, "credential.%s.helper", setup->endpoint.url);
    quote(HF_PROGRAM, setup->helper);
    error = git_config_values(setup->key, &setup->values);
    return error == HF_OK ? TOOL_OK : say_git(error);
}

/* Where our value stands among them; their count where it does not. */
static size_t find_helper(const struct setup *setup)
{
    size_t i = 0;
    while (i < setup->values.count && strcmp(setup->values.all[i], setup->helper) != 0)
        i++;
    return i;
}

/* git asks all helpers that fit, and gives each what came out to store: an empty one before ours
   ends the list of those before it, gitcredentials(7). */
static int put_in(const struct setup *setup)
{
    if (find_helper(setup) < setup->values.count) {
        say_note(COMMAND ": git asks hf-token already for %s", setup->endpoint.url);
        return TOOL_OK;
    }
    int code = add_value(setup, "");
    if (code == TOOL_OK)
        code = add_value(setup, setup->helper);
    if (code == TOOL_OK)
        say_note(COMMAND ": git asks hf-token for %s from now on; to undo it: hf-token git-setup "
                         "--undo",
                 setup->endpoint.url);
    return code;
}

/* Takes out ours and the empty one before it. Where there are more empty ones than that, which git
   cannot tell apart, all go and those of others are put back, in their order. */
static int take_out(const struct setup *setup)
{
    const size_t ours = find_helper(setup);
    const char *const all[] = {"--unset-all", setup->key, NULL};
    if (ours == setup->values.count) {
        say_note(COMMAND ": git does not ask hf-token for %s", setup->endpoint.url);
        return TOOL_OK;
    }
    const bool reset = ours > 0 && setup->values.all[ours - 1][0] == '\0';
    int code = run_git(all);
    for (size_t i = 0; code == TOOL_OK && i < setup->values.count; i++)
        if (i != ours && !(reset && i == ours - 1))
            code = add_value(setup, setup->values.all[i]);
    if (code == TOOL_OK)
        say_note(COMMAND ": git does not ask hf-token any more for %s", setup->endpoint.url);
    return code;
}

/* The size of ~/.gitconfig where it is a plain file of the user's own; else -1. */
static off_t measure(char path[static PATH_MAX])
{
    struct account account;
    struct stat status;
    if (account_by_uid(geteuid(), &account) != HF_OK ||
        text_format(path, PATH_MAX, "%s/.gitconfig", account.home) != HF_OK ||
        lstat(path, &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid())
        return -1;
    return status.st_size;
}

/* Undoes it, and takes away the file where there was nothing else in it: git leaves it empty. */
static int undo_all(const struct setup *setup)
{
    char path[PATH_MAX];
    const off_t before = measure(path);
    int code = take_out(setup);
    if (code == TOOL_OK && before > 0 && measure(path) == 0 && unlink(path) == 0)
        say_note(COMMAND ": ~/.gitconfig had nothing else in it, and is removed");
    return code;
}

/* git's store would never be asked again, and still hold it. */
static void hint(const struct setup *setup)
{
    SCOPED(places) struct places places = {0};
    struct account account;
    if (account_by_uid(geteuid(), &account) != HF_OK ||
        places_find(account.home, setup->endpoint.host, &places) != HF_OK)
        return;
    for (size_t i = 0; i < places.count; i++)
        if (places.files[i]->format == &format_git)
            (void)say_failure(0, HF_OK, "hf-token import",
                              COMMAND ": %s still has a token of the Hub in clear",
                              places.files[i]->shown);
}

int git_setup_command(struct arguments *arguments)
{
    struct setup setup;
    const char *value = "";
    bool undo = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_UNDO)
            return arguments_stop(arguments, argument);
        undo = true;
    }
    int code = begin(&setup);
    if (code != TOOL_OK || undo)
        return code == TOOL_OK ? undo_all(&setup) : code;
    code = put_in(&setup);
    if (code == TOOL_OK)
        hint(&setup);
    return code;
}
