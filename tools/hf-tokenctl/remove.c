#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "store/files.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/say.h"

/* How long another run may hold the lock. */
#define PATIENCE 30000

/* The document stays: without the token it says that there is none any more. */
static enum hf_error take_out(const struct account *account, const char *name)
{
    SCOPED(fd) int lock = -1;
    SCOPED(document) struct document *document = NULL;
    TRY(host_store_lock(clock_ms() + PATIENCE, &lock));
    TRY(host_document_read(account, &document));
    if (name != NULL)
        TRY(document_remove(document, name));
    else if (document->token_count == 0)
        return HF_ENOTFOUND;
    while (name == NULL && document->token_count > 0)
        TRY(document_remove(document, document->tokens[0].name));
    return host_document_write(account, document);
}

/* Of a user who is gone: the next one of that name must not get their tokens. */
static enum hf_error take_file(const char *user)
{
    SCOPED(fd) int lock = -1;
    struct store_path path;
    TRY(path_host_document(user, &path));
    TRY(host_store_lock(clock_ms() + PATIENCE, &lock));
    if (unlink(path.text) == 0)
        return HF_OK;
    return errno == ENOENT ? HF_ENOTFOUND : HF_EIO;
}

static int say_removed(const char *user, const char *name)
{
    const char *next = "Live sessions lose it with the next refresh; at once: hf-tokenctl refresh";
    if (name != NULL)
        return say_failure(TOOL_OK, HF_OK, next, "remove: removed %s of %s", name, user);
    return say_failure(TOOL_OK, HF_OK, next, "remove: removed all tokens of %s", user);
}

static int say_absent(const char *user, const char *name)
{
    const char *const next = "To see what is here: hf-tokenctl list";
    if (name != NULL && say_quotable(name))
        return say_failure(TOOL_NONE, HF_OK, next, "remove: there is no token %s of %s here", name,
                           user);
    return say_failure(TOOL_NONE, HF_OK, next, "remove: there is no such token of %s here", user);
}

static int remove_known(const struct account *account, const char *name)
{
    enum hf_error error = take_out(account, name);
    if (error == HF_ENOTFOUND)
        return say_absent(account->name, name);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "remove: the tokens of %s",
                           account->name);
    return say_removed(account->name, name);
}

static int remove_unknown(const char *user, const char *name)
{
    enum hf_error error = name == NULL && user_name_valid(user) ? take_file(user) : HF_ENOTFOUND;
    if (error == HF_ENOTFOUND)
        return user_say("remove", user, HF_ENOTFOUND);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "remove: the tokens of that user");
    return say_failure(TOOL_OK, HF_OK, NULL,
                       "remove: removed all tokens of that user, whom this machine does not know");
}

int remove_command(struct arguments *arguments)
{
    const char *value = "", *user = NULL, *name = NULL;
    struct account account;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == ARGUMENT_OPERAND && user == NULL)
            user = value;
        else if (argument == ARGUMENT_OPERAND && name == NULL)
            name = value;
        else
            return arguments_stop(arguments, argument);
    }
    if (user == NULL)
        return arguments_missing(arguments, 0);
    int code = root_check("remove");
    if (code != TOOL_OK)
        return code;
    enum hf_error error = account_by_name(user, &account);
    if (error == HF_ENOTFOUND)
        return remove_unknown(user, name);
    if (error != HF_OK)
        return user_say("remove", user, error);
    return remove_known(&account, name);
}
