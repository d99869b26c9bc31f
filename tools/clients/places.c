#include "tools/clients/places.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/io.h"
#include "common/secret.h"
#include "tools/say.h"

#define NEXT_IMPORT "hf-token import moves it into the store"
#define NEXT_HISTORY                                                                               \
    "Revoke that token at https://huggingface.co/settings/tokens, and remove this line"
#define NEXT_FISH "hf-token import, then in fish: set -Ue HF_TOKEN"

/* `variable`, where it is set, names the folder instead of the home's `folder`; without either it
   is the current one. Where `file` is NULL, `variable` names the file; where it has a
   star, it is each file of its folder that ends as it does. */
static const struct place {
    const char *variable, *folder, *file;
    const struct format *format;
    const char *next;
} places[] = {
    {"HF_TOKEN_PATH",   NULL,           NULL,                        &format_token,   NEXT_IMPORT },
    {"HF_TOKEN_PATH",   NULL,           "../stored_tokens",          &format_stored,  NEXT_IMPORT },
    {"HF_HOME",         NULL,           "token",                     &format_token,   NEXT_IMPORT },
    {"HF_HOME",         NULL,           "stored_tokens",             &format_stored,  NEXT_IMPORT },
    {"XDG_CACHE_HOME",  ".cache",       "huggingface/token",         &format_token,   NEXT_IMPORT },
    {"XDG_CACHE_HOME",  ".cache",       "huggingface/stored_tokens", &format_stored,  NEXT_IMPORT },
    {NULL,              ".cache",       "huggingface/token",         &format_token,   NEXT_IMPORT },
    {NULL,              ".cache",       "huggingface/stored_tokens", &format_stored,  NEXT_IMPORT },
    {NULL,              ".huggingface", "token",                     &format_token,   NEXT_IMPORT },
    {"NETRC",           NULL,           NULL,                        &format_netrc,   NEXT_IMPORT },
    {NULL,              "",             ".netrc",                    &format_netrc,   NEXT_IMPORT },
    {NULL,              "",             ".git-credentials",          &format_git,     NEXT_IMPORT },
    {"XDG_CONFIG_HOME", ".config",      "git/credentials",           &format_git,     NEXT_IMPORT },
    {NULL,              "",             ".profile",                  &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".bash_profile",             &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".bash_login",               &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".bashrc",                   &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".bash_aliases",             &format_shell,   NEXT_IMPORT },
    {"ZDOTDIR",         "",             ".zshenv",                   &format_shell,   NEXT_IMPORT },
    {"ZDOTDIR",         "",             ".zprofile",                 &format_shell,   NEXT_IMPORT },
    {"ZDOTDIR",         "",             ".zshrc",                    &format_shell,   NEXT_IMPORT },
    {"ZDOTDIR",         "",             ".zlogin",                   &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".zshenv",                   &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".zshrc",                    &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".kshrc",                    &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".cshrc",                    &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".tcshrc",                   &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".login",                    &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".xsessionrc",               &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".pam_environment",          &format_shell,   NEXT_IMPORT },
    {"XDG_CONFIG_HOME", ".config",      "fish/config.fish",          &format_shell,   NEXT_IMPORT },
    {"XDG_CONFIG_HOME", ".config",      "fish/conf.d/*.fish",        &format_shell,   NEXT_IMPORT },
    {"XDG_CONFIG_HOME", ".config",      "fish/fish_variables",       &format_history, NEXT_FISH   },
    {NULL,              "",             ".env",                      &format_shell,   NEXT_IMPORT },
    {NULL,              NULL,           ".env",                      &format_shell,   NEXT_IMPORT },
    {NULL,              "",             ".bash_history",             &format_history, NEXT_HISTORY},
    {NULL,              "",             ".zsh_history",              &format_history, NEXT_HISTORY},
    {"XDG_DATA_HOME",   ".local/share", "fish/fish_history",         &format_history, NEXT_HISTORY},
};

_Static_assert(sizeof places / sizeof places[0] <= PLACES_MAX, "the table fits");

enum hf_error place_read(const char *path, struct stat *out_status, struct secret **out_bytes)
{
    SCOPED(secret) struct secret *room = NULL;
    size_t length = 0;
    if (stat(path, out_status) != 0)
        return errno == ENOENT || errno == ENOTDIR ? HF_ENOTFOUND : HF_EIO;
    if (!S_ISREG(out_status->st_mode))
        return HF_ETYPE;
    if (out_status->st_size > (off_t)PLACE_SIZE_MAX)
        return HF_ETOOBIG;
    /* One byte more, because there is no secret without room. */
    const struct file_rule rule = {.owner = out_status->st_uid,
                                   .maximum = (size_t)out_status->st_size};
    TRY(secret_new((size_t)out_status->st_size + 1, &room));
    TRY(file_read_into(path, &rule, secret_bytes(room), &length));
    secret_set_length(room, length);
    *out_bytes = TAKE(room);
    return HF_OK;
}

static void file_free(struct place_file *file)
{
    secret_free(file->bytes);
    finds_clear(&file->finds);
    free(file);
}

static bool seen_before(const struct places *found, const char *path)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->files[i]->path, path) == 0)
            return true;
    return false;
}

/* What is not there, empty, or no file, is no place. */
static enum hf_error fill(struct place_file *file, const char *host)
{
    memcpy(file->shown, file->path, sizeof file->shown);
    (void)say_clean(file->shown);
    file->error = place_read(file->path, &file->status, &file->bytes);
    if (file->error != HF_OK)
        return file->error == HF_ENOMEM ? HF_ENOMEM : HF_OK;
    const struct text text = {(const char *)secret_view(file->bytes), secret_length(file->bytes)};
    return file->format->parse(&text, host, &file->finds);
}

static bool tells(const struct place_file *file)
{
    return file->error == HF_ETOOBIG || (file->error == HF_OK && file->finds.count > 0);
}

static enum hf_error look_into(const struct place *place, const char *path, const char *host,
                               struct places *found)
{
    struct place_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return HF_ENOMEM;
    file->format = place->format;
    file->next = place->next;
    enum hf_error error = HF_OK;
    bool keep = found->count < PLACES_MAX && realpath(path, file->path) != NULL &&
                !seen_before(found, file->path);
    if (keep) {
        error = fill(file, host);
        keep = error == HF_OK && tells(file);
    }
    if (keep)
        found->files[found->count++] = file;
    else
        file_free(file);
    return error;
}

/* Whether the folder's file is one that a place with a star means; hidden ones are none. */
static bool is_meant(const char *name, const char *end)
{
    const size_t length = strlen(name);
    return name[0] != '.' && length > strlen(end) && strcmp(name + length - strlen(end), end) == 0;
}

/* In the order of their names, so that the same is said each time. */
static enum hf_error look_into_all(const struct place *place, const char *path, const char *star,
                                   const char *host, struct places *found)
{
    struct dirent **entries = NULL;
    char folder[PATH_MAX], each[PATH_MAX];
    TRY(text_format(folder, sizeof folder, "%.*s", (int)(star - path), path));
    const int count = scandir(folder, &entries, NULL, alphasort);
    enum hf_error error = HF_OK;
    for (int i = 0; i < count; i++) {
        if (error == HF_OK && is_meant(entries[i]->d_name, star + 1) &&
            text_format(each, sizeof each, "%s%s", folder, entries[i]->d_name) == HF_OK)
            error = look_into(place, each, host, found);
        free(entries[i]);
    }
    free(entries);
    return error;
}

/* The path of a place; HF_ENOTFOUND where the environment does not name it. */
static enum hf_error path_of(const struct place *place, const char *home, char path[PATH_MAX])
{
    const char *named = place->variable != NULL ? getenv(place->variable) : NULL;
    const char *slash = named == NULL ? NULL : strrchr(named, '/');
    if (named != NULL && named[0] != '\0') {
        if (place->file == NULL)
            return text_format(path, PATH_MAX, "%s", named);
        if (strncmp(place->file, "../", 3) != 0)
            return text_format(path, PATH_MAX, "%s/%s", named, place->file);
        return text_format(path, PATH_MAX, "%.*s%s", slash == NULL ? 0 : (int)(slash - named + 1),
                           named, place->file + 3);
    }
    if (place->folder != NULL)
        return text_format(path, PATH_MAX, "%s/%s/%s", home, place->folder, place->file);
    return place->variable != NULL ? HF_ENOTFOUND : text_format(path, PATH_MAX, "%s", place->file);
}

enum hf_error places_find(const char *home, const char *host, struct places *out_places)
{
    SCOPED(places) struct places found = {0};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char path[PATH_MAX];
        if (path_of(&places[i], home, path) != HF_OK)
            continue;
        if (places[i].file != NULL && strchr(places[i].file, '*') != NULL)
            TRY(look_into_all(&places[i], path, strrchr(path, '*'), host, &found));
        else
            TRY(look_into(&places[i], path, host, &found));
    }
    *out_places = found;
    found = (struct places){0};
    return HF_OK;
}

void places_clear(struct places *held)
{
    for (size_t i = 0; i < held->count; i++)
        file_free(held->files[i]);
    held->count = 0;
}
