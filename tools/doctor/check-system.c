#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "tools/doctor/doctor.h"
#include "tools/doctor/stack.h"

#define NEXT_INSTALL "The installation is not complete: install pam-hf-token again."

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

bool doctor_check_source(struct doctor *doctor, const char *source)
{
    struct stat status;
    char path[4096];
    const size_t before = doctor->count;
    if (text_format(path, sizeof path, HF_HELPER_FOLDER "/hf-token-source-%s", source) != HF_OK)
        return true;
    check_program(doctor, path, LEVEL_BAD, "Install it, or take its name out of " HF_CONF_FILE);
    /* Not access(2), by which root can execute what one of the others can. */
    if (doctor->count == before && (stat(path, &status) != 0 || (status.st_mode & 0001) == 0))
        doctor_find_in(doctor, LEVEL_BAD, path, 0, "As root: chmod 755 (a compiled one: 0711)",
                       "it cannot be executed");
    return doctor->count == before;
}

void check_programs(struct doctor *doctor)
{
    static const char *const programs[] = {HF_HELPER_FOLDER "/hf-token-session",
                                           HF_HELPER_FOLDER "/hf-token-store",
                                           HF_HELPER_FOLDER "/hf-token-hub", HF_MODULE_FILE};
    const size_t before = doctor->count;
    (void)doctor_check_path(doctor, HF_HELPER_FOLDER, 0, 022, "As root: chown root: and chmod 755");
    doctor_check_open(doctor, HF_HELPER_FOLDER);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++)
        check_program(doctor, programs[i], LEVEL_BAD, NEXT_INSTALL);
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
