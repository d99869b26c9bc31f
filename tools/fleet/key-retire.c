#include <stdio.h>
#include <string.h>

#include "engine/engine.h"
#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/key.h"
#include "tools/fleet/objects.h"
#include "tools/fleet/publish.h"
#include "tools/say.h"

/* Whose documents are looked at, and how many of them a previous signer has signed. */
struct count {
    const struct fleet *fleet;
    const struct names *users;
    size_t old;
};

static enum hf_error path_of(void *context, size_t index, struct object_path *out_path)
{
    const struct count *count = context;
    return object_path_user(count->users->all[index], out_path);
}

/* What is no document of this fleet is told when all are published anew. */
static enum hf_error look(void *context, size_t index, const struct engine_object *object,
                          enum edit *out_edit, char **out_text, size_t *out_length)
{
    struct count *count = context;
    const char *payload = NULL;
    size_t length = 0;
    bool old = false;
    (void)index;
    (void)out_text;
    (void)out_length;
    *out_edit = EDIT_NONE;
    if (object != NULL &&
        object_open(count->fleet, SIGNED_DOCUMENT, object, &payload, &length, &old) == HF_OK)
        count->old += old;
    return HF_OK;
}

/* `more`: users that are not noted before it is known that it is wanted. */
static int count_old(struct publication *publication, const struct names *more, size_t *out_old)
{
    SCOPED(names) struct names users = {0};
    struct count count = {.fleet = publication->fleet, .users = &users};
    int code = users_list(publication, &users);
    for (size_t i = 0; i < more->count && code == TOOL_OK; i++)
        if (names_add(&users, more->all[i]) != HF_OK)
            code = publication_say(publication, HF_ENOMEM, OBJECT_USERS);
    names_sort(&users);
    const struct object_plan plan = {.what = OBJECT_USERS,
                                     .count = users.count,
                                     .path = path_of,
                                     .make = look,
                                     .context = &count};
    if (code == TOOL_OK)
        code = objects_update(publication, &plan);
    *out_old = count.old;
    return code;
}

static int ask(const struct key_call *call, size_t old)
{
    char question[2 * NEXT_MAX];
    (void)snprintf(question, sizeof question,
                   "key: documents of the previous signer, signed anew first: %zu. A host without "
                   "the new line in " HF_SIGNERS_FILE
                   " takes none of them. Trust the previous one no more (y/n)? ",
                   old);
    return fleet_confirm(&call->fleet, call->yes, question);
}

/* What an old one has signed would be nobody's afterwards: so everything is signed anew first. */
static int publish_anew(struct publication *publication, struct roster *roster)
{
    const int code = publish_all(publication, roster);
    if (code != TOOL_OK)
        say_note("key: the previous signer is not retired: not all is signed anew");
    return code;
}

int key_retire(struct key_call *call)
{
    struct fleet *fleet = &call->fleet;
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    SCOPED(names) struct names more = {0};
    size_t old = 0;
    int code = fleet_begin(fleet);
    if (code == TOOL_OK && fleet->signers.count == 1) {
        say_note("key: there is no previous signer");
        return TOOL_OK;
    }
    if (code == TOOL_OK)
        code = roster_read(fleet, &roster);
    if (code == TOOL_OK)
        code = publication_open(fleet, call->valid, &publication);
    if (code == TOOL_OK)
        code = users_complete(&publication, call->users, &more);
    if (code == TOOL_OK)
        code = count_old(&publication, &more, &old);
    if (code == TOOL_OK)
        code = ask(call, old);
    if (code == TOOL_OK)
        code = users_note(&publication, (const char *const *)more.all, more.count);
    if (code == TOOL_OK)
        code = publish_anew(&publication, &roster);
    if (code != TOOL_OK)
        return code;
    const enum hf_error error = fleet_write_signers(fleet, fleet->signing.public_key, NULL);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_SIGNERS_FILE, error);
    say_note("key: one signer is left; take the old line out of " HF_SIGNERS_FILE " of all hosts");
    return TOOL_OK;
}
