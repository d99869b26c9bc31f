#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/io.h"
#include "common/secret.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"
#include "tools/clients/plain.h"

/* Largest file that is looked through. */
#define PLAIN_MAX (4u << 20)

/* What a program takes instead of what `hf-token run` gives it, or what a shell hands to all its
 * programs. */
static const struct {
    const char *name, *what, *next;
} variables[] = {
    {.name = "HF_TOKEN",
     .what = "is set here: each program takes it, except under hf-token run, which replaces it",
     .next = "Take it out of where it is set; programs get it by hf-token run."                 },
    {.name = "HF_OIDC_RESOURCE",
     .what = "is set: the Python client asks there first, also under hf-token run",
     .next = "unset HF_OIDC_RESOURCE, unless you want that"                                     },
    {.name = "HF_API_TOKEN",
     .what = "is set: TGI's launcher gives it to its children instead of HF_TOKEN",
     .next = "unset HF_API_TOKEN"                                                               },
    {.name = "HUGGING_FACE_HUB_TOKEN",
     .what = "is set: the Python client takes it where HF_TOKEN is not set",
     .next = "Take it out of where it is set; hf-token run -e HUGGING_FACE_HUB_TOKEN sets it."  },
    {.name = "HUGGINGFACEHUB_API_TOKEN",
     .what = "is set: LangChain takes it",
     .next = "Take it out of where it is set; hf-token run -e HUGGINGFACEHUB_API_TOKEN sets it."},
};

void check_environment(struct doctor *doctor)
{
    const size_t before = doctor->count;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i].name);
        if (value != NULL && value[0] != '\0')
            doctor_find(doctor, LEVEL_WARN, variables[i].next, "%s %s", variables[i].name,
                        variables[i].what);
    }
    if (doctor->count == before)
        doctor_find(doctor, LEVEL_OK, NULL, "no variable stands in the way of HF_TOKEN");
}

#define NEXT_CLIENT "hf-token login, then remove the file: hf auth logout, or rm"
#define NEXT_REMOVE "hf-token login, then remove this line"
#define NEXT_HISTORY                                                                               \
    "Revoke that token at https://huggingface.co/settings/tokens, and remove this line"

/* Files in which clients, git and people leave tokens. `variable`, where it is set, names the
   folder instead of the home's; NULL: always in the home. */
static const struct place {
    const char *variable, *folder, *file;
    plain_line *matches;
    const char *next;
} places[] = {
    {"HF_HOME",         NULL,           "token",                     plain_any,   NEXT_CLIENT },
    {"HF_HOME",         NULL,           "stored_tokens",             plain_token, NEXT_CLIENT },
    {"XDG_CACHE_HOME",  ".cache",       "huggingface/token",         plain_any,   NEXT_CLIENT },
    {"XDG_CACHE_HOME",  ".cache",       "huggingface/stored_tokens", plain_token, NEXT_CLIENT },
    {NULL,              ".cache",       "huggingface/token",         plain_any,   NEXT_CLIENT },
    {NULL,              ".cache",       "huggingface/stored_tokens", plain_token, NEXT_CLIENT },
    {NULL,              ".huggingface", "token",                     plain_any,   NEXT_CLIENT },
    {NULL,              "",             ".netrc",                    plain_netrc, NEXT_REMOVE },
    {NULL,              "",             ".git-credentials",          plain_git,   NEXT_REMOVE },
    {"XDG_CONFIG_HOME", ".config",      "git/credentials",           plain_git,   NEXT_REMOVE },
    {NULL,              "",             ".profile",                  plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".bash_profile",             plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".bash_login",               plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".bashrc",                   plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".bash_aliases",             plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".zshenv",                   plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".zprofile",                 plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".zshrc",                    plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".zlogin",                   plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".kshrc",                    plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".cshrc",                    plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".tcshrc",                   plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".login",                    plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".xsessionrc",               plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".pam_environment",          plain_shell, NEXT_REMOVE },
    {"XDG_CONFIG_HOME", ".config",      "fish/config.fish",          plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".env",                      plain_shell, NEXT_REMOVE },
    {NULL,              "",             ".bash_history",             plain_token, NEXT_HISTORY},
    {NULL,              "",             ".zsh_history",              plain_token, NEXT_HISTORY},
};

/* One file while it is looked through. */
struct look {
    struct doctor *doctor;
    const char *path, *next;
    bool whole; /* the file as such is the finding */
    unsigned found;
};

static void note_line(void *context, unsigned line)
{
    struct look *look = context;
    if (look->found++ > 0 && look->whole)
        return;
    doctor_find_in(look->doctor, LEVEL_BAD, look->path, look->whole ? 0 : line, look->next,
                   "here is a token in clear");
}

static bool seen_before(const struct doctor *doctor, const char *path)
{
    for (size_t i = 0; i < doctor->count; i++)
        if (doctor->findings[i].check == doctor->check && doctor->findings[i].file != NULL &&
            strcmp(doctor->findings[i].file, path) == 0)
            return true;
    return false;
}

/* Start-up files are often links into a folder of one's own, so links are followed; what is looked
 * at is a regular file. */
static void look_into(struct doctor *doctor, const char *path, plain_line *matches,
                      const char *next)
{
    char real[PATH_MAX];
    struct stat status;
    size_t length = 0;
    SCOPED(secret) struct secret *bytes = NULL;
    if (realpath(path, real) == NULL || stat(real, &status) != 0 || seen_before(doctor, real))
        return;
    const struct file_rule rule = {.owner = status.st_uid, .maximum = PLAIN_MAX};
    if (secret_new(PLAIN_MAX, &bytes) != HF_OK)
        return;
    enum hf_error error = file_read_into(real, &rule, secret_bytes(bytes), &length);
    struct look look = {
        .doctor = doctor, .path = real, .next = next, .whole = matches == plain_any};
    if (error == HF_OK)
        plain_scan((const char *)secret_view(bytes), length, matches, note_line, &look);
    else if (error == HF_ETOOBIG)
        doctor_find_in(doctor, LEVEL_WARN, real, 0, "grep -n hf_ in it yourself",
                       "too large to look through");
}

static void look_at_place(struct doctor *doctor, const struct place *place)
{
    char path[PATH_MAX];
    const char *folder = place->variable != NULL ? getenv(place->variable) : NULL;
    enum hf_error error = HF_ENOTFOUND;
    if (folder != NULL && folder[0] == '/')
        error = text_format(path, sizeof path, "%s/%s", folder, place->file);
    else if (place->folder != NULL)
        error = text_format(path, sizeof path, "%s/%s/%s", doctor->holdings->account.home,
                            place->folder, place->file);
    if (error == HF_OK)
        look_into(doctor, path, place->matches, place->next);
}

void check_plaintext(struct doctor *doctor)
{
    const size_t before = doctor->count;
    const char *path = getenv("HF_TOKEN_PATH");
    if (path != NULL && path[0] == '/')
        look_into(doctor, path, plain_any, NEXT_CLIENT);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        look_at_place(doctor, &places[i]);
    if (doctor->count == before)
        doctor_find(doctor, LEVEL_OK, NULL, "the known places have no token in clear");
}
