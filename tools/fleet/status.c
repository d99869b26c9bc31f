#include "tools/fleet/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/documents.h"
#include "tools/fleet/publication.h"
#include "tools/help.h"
#include "tools/json-out.h"
#include "tools/say.h"

/* Two numbers of a host's report. */
#define SEEN_TEXT_MAX 48

struct listing {
    struct publication *publication;
    const struct roster *roster;
    const struct names *users;
    struct json_object *rows; /* of documents or hosts; NULL: as text */
    size_t shown;
};

enum hf_error seen_parse(const char *text, size_t length, struct seen *out_seen)
{
    char line[SEEN_TEXT_MAX], again[SEEN_TEXT_MAX];
    struct seen seen;
    if (text_format(line, sizeof line, "%.*s", (int)length, text) != HF_OK ||
        sscanf(line, "%15" SCNu64 " %15" SCNu64, &seen.generation, &seen.when) != 2)
        return HF_EFORMAT;
    /* A host wrote it, and any other may have: nothing but this form is taken. */
    TRY(text_format(again, sizeof again, "%" PRIu64 " %" PRIu64 "\n", seen.generation, seen.when));
    if (strlen(again) != length || memcmp(again, text, length) != 0)
        return HF_EFORMAT;
    *out_seen = seen;
    return HF_OK;
}

static enum hf_error user_path(void *context, size_t index, struct object_path *out_path)
{
    const struct listing *listing = context;
    return object_path_user(listing->users->all[index], out_path);
}

static enum hf_error show_document(void *context, size_t index, const struct engine_object *object,
                                   enum edit *out_edit, char **out_text, size_t *out_length)
{
    struct listing *listing = context;
    SCOPED(document) struct document *document = NULL;
    bool old = false;
    (void)out_text;
    (void)out_length;
    *out_edit = EDIT_NONE;
    if (object == NULL)
        return HF_OK;
    TRY(document_of(listing->publication->fleet, listing->users->all[index], object, &document,
                    &old));
    if (listing->rows != NULL)
        json_out_append(listing->rows, status_document_json(listing->roster, document));
    else
        status_print_document(listing->roster, document, listing->shown > 0);
    listing->shown++;
    return HF_OK;
}

static enum hf_error host_path(void *context, size_t index, struct object_path *out_path)
{
    const struct listing *listing = context;
    return object_path_host(OBJECT_SEEN, listing->roster->hosts[index].key, out_path);
}

static enum hf_error show_host(void *context, size_t index, const struct engine_object *object,
                               enum edit *out_edit, char **out_text, size_t *out_length)
{
    struct listing *listing = context;
    const struct roster_host *host = &listing->roster->hosts[index];
    struct seen seen = {.generation = 0};
    (void)out_text;
    (void)out_length;
    *out_edit = EDIT_NONE;
    /* What is none says as little as what is not there. */
    if (object != NULL && seen_parse(object->bytes, object->length, &seen) != HF_OK)
        seen = (struct seen){.generation = 0};
    if (listing->rows != NULL)
        json_out_append(listing->rows, status_host_json(host, &seen));
    else
        status_print_host(host, &seen, listing->shown > 0);
    listing->shown++;
    return HF_OK;
}

static int list_documents(struct listing *listing)
{
    const struct object_plan plan = {.what = OBJECT_USERS,
                                     .count = listing->users->count,
                                     .path = user_path,
                                     .make = show_document,
                                     .context = listing};
    return objects_update(listing->publication, &plan);
}

/* Hosts write their reports where they can: not to a web server. */
static int list_hosts(struct listing *listing)
{
    const struct object_plan plan = {.what = OBJECT_SEEN,
                                     .count = listing->roster->host_count,
                                     .path = host_path,
                                     .make = show_host,
                                     .context = listing};
    if (listing->publication->place->kind == ENGINE_HTTPS) {
        if (listing->rows == NULL)
            printf("\nWhat hosts have seen is not known: this engine takes no reports.\n");
        return TOOL_OK;
    }
    return objects_update(listing->publication, &plan);
}

static int show_head(struct publication *publication, struct json_object *all)
{
    struct head head;
    bool there = false;
    const enum hf_error error = head_look(publication, &head, &there);
    if (error != HF_OK)
        return publication_say(publication, error, OBJECT_HEAD);
    if (all != NULL)
        json_out_add(all, "head", there ? status_head_json(&head) : NULL);
    else if (there && head.open)
        say_note("status: a publication is under way, or was broken off: hf-tokenctl publish");
    return TOOL_OK;
}

static int show_all(struct listing *listing, struct json_object *all, bool one)
{
    int code = list_documents(listing);
    if (code == TOOL_OK && one && listing->shown == 0)
        code = say_failure(TOOL_NONE, HF_OK, NULL, "status: nothing is published for that user");
    if (all != NULL) {
        json_out_add(all, "documents", listing->rows);
        listing->rows = json_out_array();
    }
    listing->shown = 0;
    if (code == TOOL_OK && !one)
        code = list_hosts(listing);
    if (all != NULL)
        json_out_add(all, "hosts", listing->rows);
    const int head = show_head(listing->publication, all);
    return code == TOOL_OK ? head : code;
}

static int show(struct publication *publication, const struct roster *roster, const char *user,
                bool json)
{
    SCOPED(names) struct names users = {0};
    struct json_object *all = json ? json_out_object() : NULL;
    struct listing listing = {.publication = publication,
                              .roster = roster,
                              .users = &users,
                              .rows = json ? json_out_array() : NULL};
    int code = TOOL_OK;
    if (user == NULL)
        code = users_list(publication, &users);
    else if (names_add(&users, user) != HF_OK)
        code = say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "status");
    if (code == TOOL_OK)
        code = show_all(&listing, all, user != NULL);
    const int printed = json ? json_out_print(all) : help_flush();
    code = code == TOOL_OK ? printed : code;
    return code == TOOL_OK && publication->odd ? TOOL_FAILED : code;
}

static int check_user(const char *user)
{
    if (user == NULL || (user_name_valid(user) && !say_like_token(user)))
        return TOOL_OK;
    return say_failure(TOOL_USAGE, HF_ENAME, NULL, "status: the user");
}

int status_command(struct arguments *arguments)
{
    SCOPED(fleet) struct fleet fleet = FLEET_INIT("status");
    SCOPED(roster) struct roster roster = {.hosts = NULL};
    SCOPED(publication) struct publication publication = {.fleet = NULL};
    const char *value = "", *user = NULL;
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (!arguments_listing(argument, value, &json, &user) &&
            !fleet_option(&fleet, argument, value))
            return arguments_stop(arguments, argument);
    }
    int code = check_user(user);
    if (code == TOOL_OK)
        code = fleet_open(&fleet);
    if (code == TOOL_OK)
        code = roster_read(&fleet, &roster);
    if (code == TOOL_OK)
        code = publication_open(&fleet, 0, &publication);
    return code == TOOL_OK ? show(&publication, &roster, user, json) : code;
}
