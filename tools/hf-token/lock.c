#include <stddef.h>

#include "keyring/demand.h"
#include "keyring/ring.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-token/commands.h"
#include "tools/say.h"

int lock_command(struct arguments *arguments)
{
    const char *value = "";
    size_t rings = 0, demanded = 0;
    int argument = arguments_next(arguments, &value);
    if (argument != ARGUMENT_END)
        return arguments_stop(arguments, argument);
    enum hf_error error = demand_clear(&demanded);
    if (error == HF_OK)
        error = ring_lock_all(&rings);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "lock");
    if (demanded > 0)
        say_note("lock: what was asked for without a session is gone, too");
    if (rings == 0)
        say_note("lock: no session of yours had a ring");
    else
        say_note("lock: the tokens are out of all sessions; your next login brings them back, and "
                 "hf-token unlock those that are sealed with the password");
    return TOOL_OK;
}
