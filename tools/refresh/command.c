#include <sys/stat.h>

#include "store/switch.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/refresh/engines.h"
#include "tools/refresh/sessions.h"
#include "tools/say.h"

#define LOCK HF_RUN_FOLDER "/refresh.lock"

/* Milliseconds: how long another refresh is waited for, and how long all users may take. */
#define LOCK_PATIENCE 60000
#define ALL_PATIENCE  240000

static int read_switch(struct token_switch *token_switch)
{
    unsigned line = 0;
    enum hf_error error = switch_read(HF_CONF_FILE, token_switch, &line);
    if (error == HF_OK)
        return TOOL_OK;
    if (line != 0)
        return say_failure(TOOL_FAILED, error, "man 5 hf-token.conf",
                           "refresh: " HF_CONF_FILE ": line %u", line);
    return say_failure(TOOL_FAILED, error, "hf-tokenctl doctor", "refresh: " HF_CONF_FILE);
}

static int refresh(bool quiet)
{
    struct token_switch token_switch;
    uint8_t silent = 0;
    int code = read_switch(&token_switch);
    if (code != TOOL_OK)
        return code;
    code = engines_refresh(&token_switch, &silent);
    const struct sessions_order order = {
        .skip = silent, .quiet = quiet, .until = clock_ms() + ALL_PATIENCE};
    const int users = sessions_refresh(&order);
    engines_report(&token_switch, silent);
    return code != TOOL_OK ? code : users;
}

int refresh_command(struct arguments *arguments)
{
    SCOPED(fd) int lock = -1;
    const char *value = "";
    bool quiet = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_QUIET)
            return arguments_stop(arguments, argument);
        quiet = true;
    }
    int code = root_check("refresh");
    if (code != TOOL_OK)
        return code;
    (void)mkdir(HF_RUN_FOLDER, 0700);
    enum hf_error error = lock_take(LOCK, clock_ms() + LOCK_PATIENCE, &lock);
    if (error == HF_EDEADLINE)
        return say_failure(TOOL_FAILED, HF_OK, "Wait for its end, and try again.",
                           "refresh: another one is under way");
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "refresh: " LOCK);
    return refresh(quiet);
}
