#include <stddef.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/say.h"

/* In the user's document, where it is the user's token: then each login has it. */
static int set_own(const char *name)
{
    SCOPED(own) struct own own;
    int code = own_open("use", &own);
    if (code != TOOL_OK)
        return code;
    if (document_set_default(own.document, name) != HF_OK)
        return TOOL_OK;
    return own_save(&own);
}

static int set_ring(const struct holdings *holdings, const char *name)
{
    if (!holdings->ring.found)
        return TOOL_OK;
    enum hf_error error = ring_set_default(holdings->ring.serial, name);
    return error == HF_OK ? TOOL_OK
                          : say_failure(TOOL_FAILED, error, "hf-token doctor", "use: the ring");
}

/* The next login takes the first default that the sources have. */
static int say_done(const char *name)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    char next[NEXT_MAX];
    int code = holdings_begin("use", &holdings);
    if (code != TOOL_OK)
        return code;
    if (strcmp(holdings->default_name, name) == 0) {
        say_note("use: the default is %s", name);
        return TOOL_OK;
    }
    (void)say_next(next, "To choose it for good: echo %s > ~/.hf-token", name);
    if (!holdings->ring.found)
        return say_failure(TOOL_FAILED, HF_OK, next, "use: %s is not in a document of yours", name);
    return say_failure(TOOL_OK, HF_OK, next,
                       "use: the default is %s until your next login, which takes %s", name,
                       holdings->default_name);
}

int use_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    const char *name[1];
    int code = arguments_operands(arguments, 1, 1, name);
    if (code != -1)
        return code;
    code = holdings_begin("use", &holdings);
    if (code != TOOL_OK)
        return code;
    if (holdings_find(holdings, name[0]) == NULL)
        return holdings_say_none("use", name[0]);
    code = set_own(name[0]);
    if (code == TOOL_OK)
        code = set_ring(holdings, name[0]);
    return code == TOOL_OK ? say_done(name[0]) : code;
}
