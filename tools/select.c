#include "tools/select.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "tools/say.h"

/* A name, and blanks or a line end around it. */
#define NAME_FILE_MAX 256

static void set_name(struct selection *selection, enum select_by by, const char *name)
{
    selection->by = by;
    if (token_name_valid(name))
        memcpy(selection->name, name, strlen(name) + 1);
    else
        selection->error = HF_ENAME;
}

static void set_file_name(struct selection *selection, const char *path, char *text, size_t length)
{
    memcpy(selection->file, path, strlen(path) + 1);
    text[length] = '\0';
    char *name = text + strspn(text, " \t\r\n");
    name[strcspn(name, " \t\r\n")] = '\0';
    /* A second word, or bytes behind a zero byte, are no name: what follows it must be blank to the
     * end. */
    const char *rest = name + strlen(name);
    for (; rest < text + length; rest++)
        if (*rest != '\0' && strchr(" \t\r\n", *rest) == NULL)
            name = text + length;
    set_name(selection, SELECT_BY_FILE, name);
}

/* What lies in a folder that cannot be searched was put there for others than this user. */
static bool out_of_reach(const char *path)
{
    struct stat status;
    return lstat(path, &status) != 0 && errno == EACCES;
}

/* Whether this file decides; one that is passed over does not. */
static bool try_file(struct selection *selection, const struct file_rule *rule, const char *path)
{
    char text[NAME_FILE_MAX + 1];
    size_t length = 0;
    enum hf_error error = file_read_into(path, rule, text, &length);
    switch (error) {
    case HF_OK:
        set_file_name(selection, path, text, length);
        return true;
    case HF_ENOTFOUND:
        return false;
    case HF_EEMPTY:
    case HF_ETOOBIG:
    case HF_EFORMAT:
        set_file_name(selection, path, text, 0);
        return true;
    default:
        if (selection->ignored == HF_OK && !out_of_reach(path)) {
            selection->ignored = error;
            memcpy(selection->ignored_file, path, strlen(path) + 1);
        }
        return false;
    }
}

static bool try_files(struct selection *selection)
{
    char path[PATH_MAX];
    const struct file_rule rule = {
        .owner = geteuid(), .or_root = true, .forbidden = 022, .maximum = NAME_FILE_MAX};
    /* A folder that was removed or is out of reach has no path: getcwd(3). */
    if (getcwd(path, sizeof path - sizeof "/" SELECT_FILE) == NULL || path[0] != '/')
        return false;
    size_t length = strlen(path);
    if (length == 1)
        length = 0;
    for (;;) {
        memcpy(path + length, "/" SELECT_FILE, sizeof "/" SELECT_FILE);
        if (try_file(selection, &rule, path))
            return true;
        if (length == 0)
            return false;
        while (path[--length] != '/')
            ;
    }
}

void select_token(const char *option, struct selection *out_selection)
{
    out_selection->error = out_selection->ignored = HF_OK;
    out_selection->name[0] = out_selection->file[0] = out_selection->ignored_file[0] = '\0';
    const char *variable = getenv(SELECT_VARIABLE);
    if (option != NULL)
        set_name(out_selection, SELECT_BY_OPTION, option);
    else if (variable != NULL && variable[0] != '\0')
        set_name(out_selection, SELECT_BY_VARIABLE, variable);
    else if (!try_files(out_selection))
        out_selection->by = SELECT_BY_DEFAULT;
}

const char *select_origin(struct selection *selection)
{
    switch (selection->by) {
    case SELECT_BY_OPTION:
        return "-n";
    case SELECT_BY_VARIABLE:
        return SELECT_VARIABLE;
    case SELECT_BY_FILE:
        return say_clean(selection->file);
    default:
        return "the default";
    }
}
