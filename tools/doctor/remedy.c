#include "tools/doctor/remedy.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/account.h"
#include "site/settings.h"
#include "store/object-path.h"

#define NEXT_FORM "hf-token.conf(5) has its form."

/* What a setting names: how the account must have it, and what else can be wrong with it. */
static const struct setting {
    const char *name;
    size_t offset; /* in struct site_engine */
    bool secret, folder;
    const char *mode; /* a certificate's file may have the key in it, too */
    const char *content;
} settings_known[] = {
    {"authorities",   offsetof(struct site_engine, authorities),   false, false, "644",
     "Put the certificate of the authority there that signed the server's, in PEM form."         },
    {"certificate",   offsetof(struct site_engine, certificate),   false, false, "640",
     "Put this machine's certificate there, in PEM form, and its own key beside it."             },
    {"key",           offsetof(struct site_engine, key),           true,  false, "640",
     "Put the certificate's own key there, in PEM form and without a password."                  },
    {"password-file", offsetof(struct site_engine, password_file), true,  false, "640",
     "Put the password there, as one line."                                                      },
    {"path",          offsetof(struct site_engine, addresses),     false, true,  "755", NEXT_FORM},
};

/* A file of a section's. */
struct named {
    const char *section, *path;
    const struct setting *setting;
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
                        char out_folder[static PATH_MAX])
{
    struct stat status;
    for (const char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const size_t length = (size_t)(slash - path);
        if (length >= PATH_MAX)
            return false;
        memcpy(out_folder, path, length);
        out_folder[length] = '\0';
        if (stat(out_folder, &status) == 0 && !may(account, &status, 01))
            return true;
    }
    return false;
}

/* The same, also of what links lead to. */
static bool is_closed(const char *path, const struct account *account,
                      char out_folder[static PATH_MAX])
{
    char real[PATH_MAX];
    return find_closed(path, account, out_folder) ||
           (realpath(path, real) != NULL && find_closed(real, account, out_folder));
}

/* Whether it is this package's own, and no link to another's. */
static bool is_ours(const char *path)
{
    static const char folder[] = HF_KEY_FOLDER "/";
    char real[PATH_MAX];
    return realpath(path, real) != NULL && strncmp(real, folder, strlen(folder)) == 0;
}

/* What lies elsewhere may be closed for a reason, and others may use it as it is: then a copy,
   under a name that nothing else there has. */
static const char *give_file(const struct named *named, char buffer[static NEXT_MAX])
{
    const struct setting *const setting = named->setting;
    const char *const group = strcmp(setting->mode, "640") == 0 ? HF_ACCOUNT : "root";
    if (!is_ours(named->path))
        return say_next(buffer,
                        "Give the account a copy: install -g %s -m %s %s " HF_KEY_FOLDER
                        "/%s-%s; and name that in " HF_FLEET_FILE,
                        group, setting->mode, named->path, named->section, setting->name);
    if (strcmp(group, HF_ACCOUNT) != 0)
        return say_next(buffer, "chmod %s %s", setting->mode, named->path);
    return say_next(buffer, "chown root:%s %s; chmod %s %s", group, named->path, setting->mode,
                    named->path);
}

/* Whether that is what publish writes, of which nothing is a secret. */
static bool is_published(const char *folder)
{
    char head[SITE_TEXT_MAX + sizeof "/" OBJECT_HEAD];
    struct stat status;
    (void)snprintf(head, sizeof head, "%s/" OBJECT_HEAD, folder);
    return lstat(head, &status) == 0;
}

static const char *give_folder(const char *path, char buffer[static NEXT_MAX])
{
    return is_published(path) ? say_next(buffer, "chmod 755 %s", path)
                              : say_next(buffer, "Correct path in " HF_FLEET_FILE
                                                 ": what hf-tokenctl publish writes has a head");
}

/* Nobody but its owner knows whether all may pass a folder: it may be root's home. */
static const char *pass_folder(const struct named *named, const char *closed,
                               char buffer[static NEXT_MAX])
{
    struct stat status;
    if (strcmp(closed, HF_KEY_FOLDER) == 0)
        return "chmod 755 " HF_KEY_FOLDER;
    if (is_ours(closed))
        return say_next(buffer, "chgrp " HF_ACCOUNT " %s; chmod g+x %s", closed, closed);
    if (!named->setting->folder && stat(named->path, &status) == 0)
        return give_file(named, buffer);
    return say_next(
        buffer,
        "The account cannot pass %s: put it where all may, and correct %s in " HF_FLEET_FILE,
        closed, named->setting->name);
}

/* By mistake: it is nobody's but root's, and goes to no account and no server. */
static bool is_host_key(const char *path)
{
    char real[PATH_MAX];
    return realpath(path, real) != NULL && (strcmp(real, HF_KEY_FOLDER "/host.key") == 0 ||
                                            strcmp(real, HF_KEY_FOLDER "/host.cred") == 0);
}

/* NULL: it is there, and the account can have it. */
static const char *of_access(const struct named *named, const struct account *account,
                             char buffer[static NEXT_MAX])
{
    const struct setting *const setting = named->setting;
    struct stat status;
    char closed[PATH_MAX];
    if (is_host_key(named->path))
        return say_next(buffer, "Correct %s in " HF_FLEET_FILE ": this is the key of the machine",
                        setting->name);
    if (is_closed(named->path, account, closed))
        return pass_folder(named, closed, buffer);
    if (stat(named->path, &status) != 0)
        return say_next(buffer, "Bring it there, or correct %s in " HF_FLEET_FILE, setting->name);
    if (S_ISDIR(status.st_mode) != setting->folder)
        return NULL;
    if (setting->folder)
        return may(account, &status, 05) ? NULL : give_folder(named->path, buffer);
    const bool strange = status.st_uid != 0 && status.st_uid != account->uid;
    const bool exposed = setting->secret && (strange || (status.st_mode & 027) != 0);
    return exposed || !may(account, &status, 04) ? give_file(named, buffer) : NULL;
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
    char closed[PATH_MAX];
    if (begins(line, HF_FLEET_FILE))
        return find_closed(HF_FLEET_FILE, account, closed) ? "chmod 755 " HF_KEY_FOLDER
                                                           : "chmod 644 " HF_FLEET_FILE;
    const struct site_engine *const section = find_section(line, settings, &rest);
    if (section == NULL)
        return NEXT_FORM;
    const struct setting *const setting = find_setting(rest, strcspn(rest, ":"));
    if (setting == NULL)
        return NEXT_FORM;
    const struct named named = {.section = engine_kind_name(section->kind),
                                .path = (const char *)section + setting->offset,
                                .setting = setting};
    const char *const next = of_access(&named, account, buffer);
    return next != NULL ? next : setting->content;
}
