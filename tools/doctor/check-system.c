#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "keyring/asked.h"
#include "store/switch.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"
#include "tools/doctor/stack.h"
#include "tools/say.h"
#include "tools/when.h"

/* A program that runs in a login must be root's alone to change. */
static void check_program(struct doctor *doctor, const char *path, enum level missing,
                          const char *next)
{
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        doctor_find_in(doctor, missing, path, 0, next, "%s", "it is not there");
    else if (status.st_uid != 0 || (status.st_mode & 022) != 0)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, "As root: chown root: and chmod 755",
                       "others can change it");
}

static void check_source_program(struct doctor *doctor, const char *source)
{
    char path[4096];
    const size_t before = doctor->count;
    if (text_format(path, sizeof path, HF_HELPER_FOLDER "/hf-token-source-%s", source) != HF_OK)
        return;
    check_program(doctor, path, LEVEL_BAD, "Install it, or take its name out of " HF_CONF_FILE);
    if (doctor->count == before && access(path, X_OK) != 0)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, "As root: chmod 755 (a compiled one: 0711)",
                       "it cannot be executed");
}

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
        check_source_program(doctor, token_switch.entries[i].source);
    for (size_t i = 0; i < doctor->holdings->source_count; i++)
        check_source(doctor, &doctor->holdings->sources[i]);
}

void check_programs(struct doctor *doctor)
{
    static const char *const programs[] = {HF_HELPER_FOLDER "/hf-token-session",
                                           HF_HELPER_FOLDER "/hf-token-store",
                                           HF_HELPER_FOLDER "/hf-token-hub", HF_MODULE_FILE};
    const size_t before = doctor->count;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        check_program(doctor, programs[i], LEVEL_BAD,
                      "The installation is not complete: install pam-hf-token again.");
    if (doctor->count == before)
        doctor_find(doctor, LEVEL_OK, NULL, "the module and its helpers are installed");
}

/* Services that open sessions of people, as far as they are installed. */
static const char *const services[] = {"login", "sshd", "su",           "su-l",    "sudo",
                                       "cron",  "sddm", "gdm-password", "lightdm", "passwd"};

static const struct {
    const char *name;
    enum level missing;
    const char *next;
} phases[] = {
    {"session",  LEVEL_BAD,  "As root: pam-auth-update --enable hf-token; or see pam_hf_token(8)"},
    {"auth",     LEVEL_WARN,
     "Without it no login opens what is sealed with the password: see pam_hf_token(8)"           },
    {"password", LEVEL_WARN,
     "Without it a new password does not open the identity: see pam_hf_token(8)"                 },
};

static void check_phase(struct doctor *doctor, const char *phase, enum level missing,
                        const char *next)
{
    char found[256] = "";
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        size_t used = strlen(found);
        if (stack_has(services[i], phase))
            (void)snprintf(found + used, sizeof found - used, " %s", services[i]);
    }
    if (found[0] == '\0')
        doctor_find(doctor, missing, next,
                    "no service of /etc/pam.d has pam_hf_token in its %s stack", phase);
    else
        doctor_find(doctor, LEVEL_OK, NULL, "%s:%s", phase, found);
}

void check_pam(struct doctor *doctor)
{
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        check_phase(doctor, phases[i].name, phases[i].missing, phases[i].next);
}
