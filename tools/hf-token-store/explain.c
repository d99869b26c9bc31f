#include <string.h>

#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/verdict.h"
#include "tools/say.h"

/* `run` has codes of its own, because the others may be its command's. */
static int code_for(const char *command, int code)
{
    return strcmp(command, "run") == 0 ? RUN_FAILED : code;
}

int explain_command(char **words)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    struct selection selection;
    struct verdict verdict;
    /* A static name rather than the word: nobody but hf-token calls this, and if somebody does, it
     * is not repeated. */
    const struct command *command =
        words[0] != NULL ? command_find(&hf_token_table, words[0]) : NULL;
    if (command == NULL)
        return say_failure(TOOL_USAGE, HF_OK, "hf-token --help", "there is no such command");
    const char *option = words[1] != NULL && strcmp(words[1], "-n") == 0 ? words[2] : NULL;
    select_token(option, &selection);
    if (holdings_begin(command->name, &holdings) != TOOL_OK)
        return code_for(command->name, TOOL_FAILED);
    verdict_of(holdings, &selection, &verdict);
    /* The refresh has just been tried, and whatever kept it from saying why. */
    if (verdict.code == TOOL_OK && verdict.holding->state == TOKEN_DUE)
        return say_failure(code_for(command->name, TOOL_FAILED), HF_OK, "hf-token doctor",
                           "%s: %s has expired, and could not be refreshed", command->name,
                           verdict.holding->name);
    if (verdict.code == TOOL_OK)
        return say_failure(code_for(command->name, TOOL_FAILED), HF_OK, "Try again.",
                           "%s: the token came into the ring only now", command->name);
    return say_failure(code_for(command->name, verdict.code), HF_OK, verdict.next, "%s: %s",
                       command->name, verdict.why);
}
