#include "tools/doctor/remedy.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "common/account.h"
#include "site/settings.h"

#define NEXT_FORM "hf-token.conf(5) has its form."

/* What a setting names: how the account must have it, and what else can be wrong with it. */
static const struct setting {
    const char *name;
    size_t offset; /* in struct site_engine */
    bool secret, folder;
    const char *content;
} settings_known[] = {
    {"authorities",   offsetof(struct site_engine, authorities),   false, false,
     "Put the certificate of the authority there that signed the server's, in PEM form."  },
    {"certificate",   offsetof(struct site_engine, certificate),   false, false,
     "Put this machine's certificate there, in PEM form, and its own key beside it."      },
    {"key",           offsetof(struct site_engine, key),           true,  false,
     "Put the certificate's own key there, in PEM form and without a password."           },
    {"password-file", offsetof(struct site_engine, password_file), true,  false,
     "Put the password there, as one line."                                               },
    {"path",          offsetof(struct site_engine, addresses),     false, true,  NEXT_FORM},
};

/* open(2)'s rule; an account for sources is in no other group. */
static bool may(const struct account *account, const struct stat *status, mode_t wanted)
{
    const mode_t mode = status->st_uid == account->uid   ? status->st_mode >> 6
                        : status->st_gid == account->gid ? status->st_mode >> 3
                                                         : status->st_mode;
    return (mode & wanted) == wanted;
}

/* The first folder above that does not let the account through; false: all do. */
static bool find_closed(const char *path, const struct account *account,
                        char out_folder[static SITE_TEXT_MAX + 1])
{
    struct stat status;
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const size_t length = (size_t)(slash - path);
        memcpy(out_folder, path, length);
        out_folder[length] = '\0';
        if (stat(out_folder, &status) == 0 && !may(account, &status, 01))
            return true;
    }
    return false;
}

/* NULL: it is there, and the account can have it. */
static const char *of_access(const char *path, const struct setting *setting,
                             const struct account *account, char buffer[static NEXT_MAX])
{
    struct stat status;
    char closed[SITE_TEXT_MAX + 1];
    if (find_closed(path, account, closed))
        return say_next(buffer, "So that the account can pass: chmod o+x %s", closed);
    if (stat(path, &status) != 0)
        return say_next(buffer, "Bring it there, or correct %s in " HF_FLEET_FILE, setting->name);
    if (S_ISDIR(status.st_mode) != setting->folder)
        return NULL;
    const bool strange = status.st_uid != 0 && status.st_uid != account->uid;
    if (setting->secret && (strange || (status.st_mode & 027) != 0 || !may(account, &status, 04)))
        return say_next(buffer, "chown root:" HF_ACCOUNT " %s; chmod 640 %s", path, path);
    if (!may(account, &status, setting->folder ? 05 : 04))
        return say_next(buffer, "chmod %s %s", setting->folder ? "755" : "644", path);
    return NULL;
}

static const struct setting *find_setting(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof settings_known / sizeof settings_known[0]; i++)
        if (strlen(settings_known[i].name) == length &&
            memcmp(settings_known[i].name, name, length) == 0)
            return &settings_known[i];
    return NULL;
}

/* The section that a line begins with, and where its setting does; NULL: with none. */
static const struct site_engine *
find_section(const char *line, const struct site_settings *settings, const char **out_rest)
{
    for (size_t i = 0; i < ENGINE_KIND_COUNT; i++) {
        const char *const name = engine_kind_name((enum engine_kind)i);
        const size_t length = strlen(name);
        if (line[0] == '[' && strncmp(line + 1, name, length) == 0 &&
            strncmp(line + 1 + length, "] ", 2) == 0) {
            *out_rest = line + length + 3;
            return &settings->engines[i];
        }
    }
    return NULL;
}

static bool begins(const char *line, const char *file)
{
    return strncmp(line, file, strlen(file)) == 0 && line[strlen(file)] == ':';
}

const char *remedy_of(const char *line, const struct site_settings *settings,
                      const struct account *account, char buffer[static NEXT_MAX])
{
    const char *rest = NULL;
    if (begins(line, HF_FLEET_FILE))
        return "chmod 644 " HF_FLEET_FILE;
    const struct site_engine *const section = find_section(line, settings, &rest);
    if (section == NULL)
        return NEXT_FORM;
    const struct setting *const setting = find_setting(rest, strcspn(rest, ":"));
    if (setting == NULL)
        return NEXT_FORM;
    const char *const path = (const char *)section + setting->offset;
    const char *const next = of_access(path, setting, account, buffer);
    return next != NULL ? next : setting->content;
}
