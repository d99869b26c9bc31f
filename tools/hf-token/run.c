#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/secret.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token/commands.h"
#include "tools/hf-token/environment.h"
#include "tools/obtain.h"
#include "tools/say.h"

struct run {
    struct want want;
    const char *names[ENVIRONMENT_NAMES_MAX];
    size_t name_count;
    char **words; /* the command and its arguments */
};

static int add_name(struct run *run, const struct arguments *arguments, const char *name)
{
    if (!environment_name_valid(name))
        return arguments_wrong(arguments, "-e takes the name of a variable");
    if (run->name_count == ENVIRONMENT_NAMES_MAX)
        return arguments_wrong(arguments, "there are too many -e");
    run->names[run->name_count++] = name;
    return TOOL_OK;
}

static int read_words(struct run *run, struct arguments *arguments)
{
    const char *value = NULL;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_OPERAND) {
        if (argument == ARGUMENT_END)
            return arguments_wrong(arguments, "there is no command to run");
        if (argument == OPTION_OPTIONAL)
            run->want.optional = true;
        else if (argument != 'n' && argument != 'e')
            return arguments_stop(arguments, argument);
        else if (argument == 'n')
            run->want.option = value;
        else if (add_name(run, arguments, value) != TOOL_OK)
            return RUN_FAILED;
    }
    run->words = arguments->words - 1;
    return TOOL_OK;
}

/* Says why the command could not be executed. A word that may be a secret in the wrong place is not
   repeated. */
static int say_execution(const struct run *run, int system)
{
    const char *word = say_quotable(run->words[0]) ? run->words[0] : "the command";
    errno = system;
    if (system == ENOENT)
        return say_failure(RUN_NOT_FOUND, HF_OK, NULL, "run: %s was not found", word);
    return say_failure(RUN_NOT_EXECUTABLE, HF_EIO, NULL, "run: %s", word);
}

/* Only a failure returns. Neither limits, mask nor signals are touched: the command gets what was
   given to us. execve(2) makes it dumpable again by itself. */
static int execute(const struct run *run, const struct secret *token)
{
    struct secret *entries = NULL;
    char **environment = NULL;
    enum hf_error error =
        environment_build(environ, run->names, run->name_count, token, &entries, &environment);
    if (error != HF_OK)
        return say_failure(RUN_FAILED, error, NULL, "run");
    execvpe(run->words[0], run->words, environment);
    int saved = errno;
    secret_free(entries);
    free(environment);
    return say_execution(run, saved);
}

/* The same with this process's environment as it is. */
static int execute_without(const struct run *run)
{
    execvp(run->words[0], run->words);
    return say_execution(run, errno);
}

int run_command(struct arguments *arguments)
{
    SCOPED(secret) struct secret *token = NULL;
    struct run run = {
        .want = {.command = "run", .failure = RUN_FAILED},
          .names = {"HF_TOKEN"               },
          .name_count = 1
    };
    int code = read_words(&run, arguments);
    if (run.words == NULL)
        return code;
    code = obtain_token(&run.want, &token);
    if (run.want.optional && code == TOOL_NONE)
        return execute_without(&run);
    return code != TOOL_OK ? code : execute(&run, token);
}
