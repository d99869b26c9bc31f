#include <string.h>
#include <unistd.h>

#include "store/object-path.h"
#include "tools/exit.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

/* A million users with long names. */
#define USERS_TEXT_MAX (64u << 20)

static enum hf_error take_path(const char *path, void *context)
{
    char user[USER_NAME_MAX + 1];
    /* What has another name is no object of ours, and no host looks at it. */
    if (object_path_parse_user(path, user) != HF_OK)
        return HF_OK;
    return names_add(context, user);
}

static enum hf_error parse_users(const char *text, struct names *users)
{
    for (const char *end; (end = strchr(text, '\n')) != NULL; text = end + 1) {
        char user[USER_NAME_MAX + 1];
        TRY(text_format(user, sizeof user, "%.*s", (int)(end - text), text));
        if (!user_name_valid(user))
            return HF_EFORMAT;
        TRY(names_add(users, user));
    }
    return HF_OK;
}

static enum hf_error read_users(const struct fleet *fleet, struct names *users)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    const enum hf_error error = fleet_read(fleet, FLEET_USERS_FILE, USERS_TEXT_MAX, &text, &length);
    if (error == HF_ENOTFOUND)
        return HF_OK;
    TRY(error);
    return parse_users(text, users);
}

bool users_can_list(const struct publication *publication)
{
    return publication->place->kind != ENGINE_HTTPS;
}

int users_list(struct publication *publication, struct names *out_users)
{
    enum hf_error error;
    if (users_can_list(publication)) {
        error = engine_list(publication->engine, OBJECT_USERS, clock_ms() + CHUNK_PATIENCE,
                            take_path, out_users);
        if (error != HF_OK)
            return publication_say(publication, error, OBJECT_USERS);
    } else {
        error = read_users(publication->fleet, out_users);
        if (error != HF_OK)
            return fleet_say(publication->fleet, FLEET_USERS_FILE, error);
    }
    names_sort(out_users);
    return TOOL_OK;
}

static enum hf_error add_users(const struct fleet *fleet, const char *const *users, size_t count)
{
    SCOPED(names) struct names names = {0};
    TRY(read_users(fleet, &names));
    const size_t before = names.count;
    for (size_t i = 0; i < count; i++)
        TRY(names_add(&names, users[i]));
    names_sort(&names);
    return names.count == before ? HF_OK : fleet_write_lines(fleet, FLEET_USERS_FILE, &names);
}

/* One by one with a line end behind each: a file that was cut off would lack some. */
static enum hf_error read_list(const char *path, struct names *users)
{
    const struct file_rule rule = {
        .owner = geteuid(), .or_root = true, .forbidden = 022, .maximum = USERS_TEXT_MAX};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(file_read(path, &rule, &text, &length));
    if (strlen(text) != length || text[length - 1] != '\n')
        return HF_EFORMAT;
    return parse_users(text, users);
}

int users_complete(struct publication *publication, const char *path, struct names *out_more)
{
    if (users_can_list(publication))
        return TOOL_OK;
    const enum hf_error error = path != NULL ? read_list(path, out_more) : HF_OK;
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "It has a user's name in each line, and is yours.",
                           "%s: the file of --users", publication->fleet->command);
    if (path != NULL || publication->place->single_writer)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK,
                       "Name them all, one in each line: --users FILE. Each administrator's folder "
                       "has theirs in the file " FLEET_USERS_FILE ": sort -u " FLEET_USERS_FILE
                       " OTHERS > FILE. Or, where this folder alone "
                       "publishes there: single-writer = yes in " FLEET_PUBLISH_FILE,
                       "%s: a web server does not tell for whom others have published, and who is "
                       "left out keeps what nobody can open or verify any more",
                       publication->fleet->command);
}

int users_note(struct publication *publication, const char *const *users, size_t count)
{
    if (users_can_list(publication))
        return TOOL_OK;
    const enum hf_error error = add_users(publication->fleet, users, count);
    return error == HF_OK ? TOOL_OK : fleet_say(publication->fleet, FLEET_USERS_FILE, error);
}
