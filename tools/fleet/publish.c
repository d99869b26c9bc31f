#include "tools/fleet/publish.h"

#include <string.h>

#include "store/document.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/documents.h"
#include "tools/fleet/hosts.h"
#include "tools/fleet/reseal.h"
#include "tools/fleet/taken.h"
#include "tools/say.h"

struct renewal {
    struct publication *publication;
    const struct roster *roster;
    const struct names *users;
    size_t sealed, signed_anew, dropped;
};

/* Nobody opens what is sealed to a pool that this fleet does not have, and nobody can seal it anew.
 */
static bool is_lost(const struct roster *roster, const struct sealed_token *token)
{
    for (size_t i = 0; i < token->slot_count; i++) {
        bool present = true;
        if (token->slots[i].kind == SLOT_POOL &&
            roster_pool_of(roster, token->slots[i].recipient, &present) == NULL)
            return true;
    }
    return false;
}

static void say_lost(struct renewal *renewal, const char *user, const char *name)
{
    progress_end(&renewal->publication->progress);
    renewal->publication->odd = true;
    (void)say_failure(TOOL_FAILED, HF_OK, "Provision it again.",
                      "%s: %s of %s is sealed to a pool's key that this fleet does not know",
                      renewal->publication->fleet->command, name, user);
}

static enum edit edit_user(void *context, size_t index, struct document *document, bool there)
{
    struct renewal *renewal = context;
    enum edit edit = EDIT_NONE;
    for (size_t i = 0; there && i < document->token_count; i++) {
        if (!reseal_needed(renewal->roster, &document->tokens[i])) {
            if (is_lost(renewal->roster, &document->tokens[i]))
                say_lost(renewal, renewal->users->all[index], document->tokens[i].name);
            continue;
        }
        char name[TOKEN_NAME_MAX + 1];
        size_t dropped = 0;
        memcpy(name, document->tokens[i].name, sizeof name);
        const enum hf_error error =
            reseal(renewal->publication->fleet, renewal->roster, document, name, &dropped);
        if (error != HF_OK) {
            progress_end(&renewal->publication->progress);
            (void)say_failure(TOOL_FAILED, error, "Provision it again.", "%s: %s of %s",
                              renewal->publication->fleet->command, name,
                              renewal->users->all[index]);
            return EDIT_FAILED;
        }
        renewal->dropped += dropped;
        edit = EDIT_CHANGED;
    }
    return edit;
}

static void user_done(void *context, size_t index, enum edit outcome)
{
    struct renewal *renewal = context;
    renewal->sealed += outcome == EDIT_CHANGED;
    renewal->signed_anew += outcome == EDIT_RENEWED;
    if (outcome == EDIT_LOST) {
        progress_end(&renewal->publication->progress);
        (void)say_failure(TOOL_FAILED, HF_ECHANGED, "Try again.", "%s: %s",
                          renewal->publication->fleet->command, renewal->users->all[index]);
    }
    progress_add(&renewal->publication->progress, 1);
}

static int renew_documents(struct renewal *renewal)
{
    struct publication *publication = renewal->publication;
    SCOPED(taken) struct taken taken = {.changed = false};
    const enum hf_error error = taken_read(publication->fleet, &taken);
    if (error != HF_OK)
        (void)taken_say(publication->fleet, error);
    publication->odd |= error != HF_OK;
    const struct document_plan plan = {.users = (const char *const *)renewal->users->all,
                                       .count = renewal->users->count,
                                       .edit = edit_user,
                                       .done = user_done,
                                       .context = renewal,
                                       .taken = error == HF_OK ? &taken : NULL,
                                       .renew = true,
                                       .leave_ended = true};
    progress_begin(&publication->progress, "publish:", "documents", renewal->users->count);
    const int code = documents_update(publication, &plan);
    progress_end(&publication->progress);
    return code;
}

/* An old key of a pool, which no document has any more. *out_some says whether there was any. */
static int forget_keys(const struct fleet *fleet, struct roster *roster, bool *out_some)
{
    for (size_t i = 0; i < roster->pool_count; i++) {
        struct pool_file *pool = &roster->pools[i];
        if (pool_file_keys(pool) == 1)
            continue;
        enum hf_error error = pool_file_retire(pool);
        if (error == HF_OK)
            error = pool_file_write(fleet, pool);
        if (error != HF_OK)
            return say_failure(TOOL_FAILED, error, NULL, "%s: the pool %s", fleet->command,
                               pool->name);
        *out_some = true;
    }
    return TOOL_OK;
}

int publish_hosts(struct publication *publication, const struct roster *roster)
{
    const int code = hosts_update(publication, roster);
    const int end = publication_end(publication, false);
    return code == TOOL_OK ? end : code;
}

/* Hosts first: a new key of a pool must be there before documents are sealed to it, and the old one
   until none is sealed to that. */
static int publish_parts(struct renewal *renewal, struct roster *roster, struct names *users)
{
    struct publication *publication = renewal->publication;
    bool some = false;
    int code = hosts_update(publication, roster);
    if (code == TOOL_OK)
        code = users_list(publication, users);
    if (code == TOOL_OK)
        code = renew_documents(renewal);
    if (code == TOOL_OK)
        code = forget_keys(publication->fleet, roster, &some);
    return code == TOOL_OK && some ? hosts_update(publication, roster) : code;
}

int publish_all(struct publication *publication, struct roster *roster)
{
    SCOPED(names) struct names users = {0};
    struct renewal renewal = {.publication = publication, .roster = roster, .users = &users};
    const int code = publish_parts(&renewal, roster, &users);
    const int end = publication_end(publication, code == TOOL_OK);
    const char *command = publication->fleet->command;
    if (code == TOOL_OK && end == TOOL_OK && !publication->changed)
        say_note("%s: everything is as it should be", command);
    else if (renewal.sealed + renewal.signed_anew > 0)
        say_note("%s: %zu document%s sealed anew, %zu only signed anew", command, renewal.sealed,
                 say_plural(renewal.sealed), renewal.signed_anew);
    else if (code == TOOL_OK && end == TOOL_OK)
        say_note("%s: published", command);
    if (renewal.dropped > 0)
        say_note("%s: not sealed anew to %zu host%s or pool%s, gone from this fleet", command,
                 renewal.dropped, say_plural(renewal.dropped), say_plural(renewal.dropped));
    return code == TOOL_OK ? end : code;
}

int publish_command(struct arguments *arguments)
{
    SCOPED(fleet) struct fleet fleet = FLEET_INIT("publish");
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    const char *value = "";
    uint64_t valid = 0;
    int argument, code = TOOL_OK;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_VALID)
            code = publication_valid("publish", value, &valid);
        else if (argument == OPTION_ACCEPT_OLD)
            publication.accept_old = true;
        else if (!fleet_option(&fleet, argument, value))
            return arguments_stop(arguments, argument);
        if (code != TOOL_OK)
            return code;
    }
    code = fleet_begin(&fleet);
    if (code == TOOL_OK)
        code = roster_read(&fleet, &roster);
    if (code == TOOL_OK)
        code = publication_open(&fleet, valid, &publication);
    return code == TOOL_OK ? publish_all(&publication, &roster) : code;
}
