/* What the sources of tokens: say to the user, and what they said at login. */
#include <stdio.h>

#include "keyring/asked.h"
#include "store/switch.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"
#include "tools/say.h"
#include "tools/when.h"

/* What the last login heard of a source, where that was trouble. Whether it was. */
static bool check_asked(struct doctor *doctor, const char *source)
{
    struct asked asked;
    char when[WHEN_TEXT_MAX];
    const struct asked_source *found =
        asked_read(&asked) == HF_OK ? asked_find(&asked, source) : NULL;
    if (found == NULL)
        return false;
    (void)when_print(asked.when, when);
    if (found->kind == ASKED_UNOPENED)
        doctor_find(doctor, LEVEL_WARN, "Tell the administrator: hf-tokenctl doctor",
                    "%s has a token for you that this machine could not open at your login (%s): "
                    "%s",
                    source, when, found->why);
    else
        doctor_find(doctor, LEVEL_WARN,
                    "Log in again. If it stays so, tell the administrator: hf-tokenctl doctor",
                    "%s gave no answer at your login (%s): %s", source, when, found->why);
    return true;
}

static void check_source(struct doctor *doctor, const struct holdings_source *source)
{
    char next[NEXT_MAX];
    if ((source->error == HF_OK || source->error == HF_ELOGIN) && check_asked(doctor, source->name))
        return;
    if (source->error == HF_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "%s has tokens for you", source->name);
    else if (source->error == HF_ENOTFOUND)
        doctor_find(doctor, LEVEL_OK, NULL, "%s has nothing for you", source->name);
    else if (source->error == HF_ELOGIN)
        doctor_find(doctor, LEVEL_OK, NULL, "%s is asked when you log in", source->name);
    else
        doctor_find(doctor, LEVEL_BAD,
                    say_next(next,
                             "Try it: env -i " HF_HELPER_FOLDER "/hf-token-source-%s %s; echo $?",
                             source->name, doctor->holdings->account.name),
                    "%s: %s", source->name, error_text(source->error));
}

void check_sources(struct doctor *doctor)
{
    struct token_switch token_switch;
    unsigned line = 0;
    enum hf_error error = switch_read(HF_CONF_FILE, &token_switch, &line);
    if (error != HF_OK) {
        doctor_find_in(doctor, LEVEL_BAD, HF_CONF_FILE, line,
                       error == HF_ECONFIG ? "hf-token.conf(5) has its grammar."
                                           : "As root: a regular file, chown root:, chmod 644",
                       "%s", error_text_open(error));
        return;
    }
    for (size_t i = 0; i < token_switch.entry_count; i++)
        doctor_check_source(doctor, token_switch.entries[i].source);
    for (size_t i = 0; i < doctor->holdings->source_count; i++)
        check_source(doctor, &doctor->holdings->sources[i]);
}
