#include <grp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "keyring/demand.h"
#include "site/settings.h"
#include "tools/arguments.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/hf-tokenctl/on-demand.h"
#include "tools/say.h"

/* What the kernel runs, and where that has its rules: both are compiled in there. */
#define REQUEST_KEY "/sbin/request-key"
#define PROGRAM     HF_HELPER_FOLDER "/hf-token-on-demand"

#define RULE_TEXT                                                                                  \
    "# By hf-tokenctl on-demand, request-key.conf(5).\n"                                           \
    "create user " DEMAND_PREFIX "* * " PROGRAM " %k %d %u %g\n"

#define NEXT_ALLOW "In " HF_FLEET_FILE ", section [on-demand]: allow = all, session or group:NAME"

/* What stands there now: HF_OK this rule, HF_ENOTFOUND none, HF_ECHANGED another text, or why it
   cannot be told. */
static enum hf_error read_rule(void)
{
    const struct file_rule rule = {.owner = 0, .forbidden = 022, .maximum = 4096};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    enum hf_error error = file_read(DEMAND_RULE, &rule, &text, &length);
    if (error == HF_EEMPTY || (error == HF_OK && strcmp(text, RULE_TEXT) != 0))
        return HF_ECHANGED;
    return error;
}

/* Who is allowed, in words that follow "for". */
static const char *allowed(const struct site_settings *settings, char text[static NEXT_MAX])
{
    switch (settings->demand) {
    case DEMAND_ALL:
        return "all users";
    case DEMAND_SESSION:
        return "users who have a session";
    case DEMAND_GROUP:
        return say_next(text, "members of the group %s", settings->demand_group);
    case DEMAND_NOBODY:
        break;
    }
    return "nobody";
}

static int read_settings(struct site_settings *out_settings)
{
    struct settings_mistake mistake;
    enum hf_error error = settings_read(out_settings, &mistake);
    if (error == HF_OK)
        return TOOL_OK;
    if (mistake.line != 0)
        return say_failure(TOOL_FAILED, HF_OK, "hf-token.conf(5) has its form.",
                           "on-demand: " HF_FLEET_FILE ": line %u: %s", mistake.line, mistake.why);
    return say_failure(TOOL_FAILED, error, NULL, "on-demand: %s", HF_FLEET_FILE);
}

static int check_system(void)
{
    if (access(REQUEST_KEY, X_OK) == 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, "Debian has it in the package keyutils.",
                       "on-demand: the kernel runs " REQUEST_KEY ", which is not installed");
}

static int enable(void)
{
    struct site_settings settings;
    char text[NEXT_MAX];
    int code = check_system();
    if (code == TOOL_OK)
        code = read_settings(&settings);
    if (code != TOOL_OK)
        return code;
    char folder[] = DEMAND_RULE;
    *strrchr(folder, '/') = '\0';
    enum hf_error error = folder_make(folder, 0755);
    if (error == HF_OK)
        error = file_replace(DEMAND_RULE, RULE_TEXT, strlen(RULE_TEXT), 0644);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, NULL, "on-demand: " DEMAND_RULE);
    return say_failure(TOOL_OK, HF_OK, settings.demand == DEMAND_NOBODY ? NEXT_ALLOW : NULL,
                       "on-demand: enabled for %s, each token for %u s", allowed(&settings, text),
                       (unsigned)settings.demand_lifetime);
}

static int disable(void)
{
    if (unlink(DEMAND_RULE) != 0 && access(DEMAND_RULE, F_OK) == 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "on-demand: " DEMAND_RULE);
    return say_failure(TOOL_OK, HF_OK, "What users have got stays with them for its time.",
                       "on-demand: disabled");
}

static bool state_is(bool good, char out_state[static NEXT_MAX], const char *state,
                     char out_next[static NEXT_MAX], const char *next)
{
    (void)say_next(out_state, "%s", state);
    (void)say_next(out_next, "%s", next);
    return good;
}

/* HF_ENOTFOUND: the group of that name is gone, or was never there. */
static bool group_is_there(const struct site_settings *settings)
{
    return settings->demand != DEMAND_GROUP || getgrnam(settings->demand_group) != NULL;
}

static bool enabled_state(char out_state[static NEXT_MAX], char out_next[static NEXT_MAX])
{
    struct site_settings settings;
    char text[NEXT_MAX];
    struct settings_mistake mistake;
    const enum hf_error error = settings_read(&settings, &mistake);
    if (error != HF_OK && mistake.line != 0)
        (void)say_next(out_state, HF_FLEET_FILE ": line %u: %s", mistake.line, mistake.why);
    else if (error != HF_OK)
        (void)say_next(out_state, HF_FLEET_FILE ": %s", error_text_open(error));
    if (error != HF_OK)
        return state_is(false, text, "", out_next, "hf-token.conf(5) has its form.");
    if (!group_is_there(&settings)) {
        (void)say_next(out_state, HF_FLEET_FILE ": [on-demand] allow: there is no group %s",
                       settings.demand_group);
        return state_is(false, text, "", out_next, NEXT_ALLOW);
    }
    (void)say_next(out_state, "enabled for %s, each token for %u s", allowed(&settings, text),
                   (unsigned)settings.demand_lifetime);
    out_next[0] = '\0';
    return true;
}

bool on_demand_state(char out_state[static NEXT_MAX], char out_next[static NEXT_MAX])
{
    const enum hf_error error = read_rule();
    if (error == HF_ENOTFOUND)
        return state_is(true, out_state, "disabled", out_next, "");
    if (error == HF_OK && access(REQUEST_KEY, X_OK) != 0)
        return state_is(false, out_state, "the kernel runs " REQUEST_KEY ", which is not installed",
                        out_next, "Debian has it in the package keyutils.");
    if (error == HF_OK && access(PROGRAM, F_OK) != 0)
        return state_is(false, out_state, PROGRAM ": it is not there", out_next,
                        "Install pam-hf-token again, or: hf-tokenctl on-demand disable");
    if (error == HF_OK)
        return enabled_state(out_state, out_next);
    (void)say_next(out_state, DEMAND_RULE ": %s", error_text_open(error));
    return state_is(false, out_next, "", out_next, "hf-tokenctl on-demand enable writes it anew.");
}

static int status(void)
{
    char state[NEXT_MAX], next[NEXT_MAX];
    if (!on_demand_state(state, next))
        return say_failure(TOOL_FAILED, HF_OK, next[0] != '\0' ? next : NULL, "on-demand: %s",
                           state);
    (void)printf("%s\n", state);
    return TOOL_OK;
}

static const struct action {
    const char *name;
    int (*run)(void);
    bool for_root;
} actions[] = {
    {"enable",  enable,  true },
    {"disable", disable, true },
    {"status",  status,  false},
};

int on_demand_command(struct arguments *arguments)
{
    const char *word = NULL;
    int code = arguments_operands(arguments, 1, 1, &word);
    if (code >= 0)
        return code;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(word, actions[i].name) != 0)
            continue;
        code = actions[i].for_root ? root_check("on-demand") : TOOL_OK;
        return code == TOOL_OK ? actions[i].run() : code;
    }
    return arguments_wrong(arguments, "it is enable, disable or status");
}
