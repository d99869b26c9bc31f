#include "tools/fleet/one.h"

#include <string.h>

#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/say.h"

void one_clear(struct one *one)
{
    publication_clear(&one->publication);
    roster_clear(&one->roster);
    fleet_clear(&one->fleet);
}

static int take_word(struct one *one, struct arguments *arguments, int argument, const char *value)
{
    if (fleet_option(&one->fleet, argument, value))
        return TOOL_OK;
    if (argument == OPTION_VALID)
        return publication_valid(one->fleet.command, value, &one->valid);
    if (argument == OPTION_YES)
        one->yes = true;
    else if (argument == OPTION_EXPIRES)
        one->expires = value;
    else if (argument == ARGUMENT_OPERAND && one->user == NULL)
        one->user = value;
    else if (argument == ARGUMENT_OPERAND && one->name == NULL)
        one->name = value;
    else
        return -1;
    (void)arguments;
    return TOOL_OK;
}

static int check_words(const struct one *one, const struct arguments *arguments)
{
    if (one->user == NULL)
        return arguments_missing(arguments, 0);
    if (!user_name_valid(one->user) || say_like_token(one->user))
        return say_failure(TOOL_USAGE, HF_ENAME, NULL, "%s: the user", one->fleet.command);
    if (one->name != NULL && !token_name_valid(one->name))
        return say_failure(TOOL_USAGE, HF_ENAME, NULL, "%s: the token", one->fleet.command);
    return -1;
}

int one_words(struct one *one, struct arguments *arguments)
{
    const char *value = "";
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        const int code = take_word(one, arguments, argument, value);
        if (code != TOOL_OK)
            return code == -1 ? arguments_stop(arguments, argument) : code;
    }
    return check_words(one, arguments);
}

int one_begin(struct one *one)
{
    int code = fleet_begin(&one->fleet);
    if (code == TOOL_OK)
        code = roster_read(&one->fleet, &one->roster);
    return code == TOOL_OK ? publication_open(&one->fleet, one->valid, &one->publication) : code;
}

/* The user as it may be shown. */
static const char *shown(const struct one *one)
{
    return say_quotable(one->user) ? one->user : "that user";
}

int one_say_none(struct one *one)
{
    const int end = publication_end(&one->publication, false);
    if (end != TOOL_OK)
        return end;
    if (one->name != NULL)
        return say_failure(TOOL_NONE, HF_OK, "hf-tokenctl status",
                           "%s: no token of that name is published for %s", one->fleet.command,
                           shown(one));
    return say_failure(TOOL_NONE, HF_OK, "hf-tokenctl status", "%s: no token is published for %s",
                       one->fleet.command, shown(one));
}

int one_get(struct one *one, struct document **out_document)
{
    SCOPED(engine_object) struct engine_object object = {0};
    struct object_path path;
    bool old = false;
    enum hf_error error = object_path_user(one->user, &path);
    if (error != HF_OK)
        return say_failure(TOOL_USAGE, error, NULL, "%s: the user", one->fleet.command);
    error =
        engine_get(one->publication.engine, path.text, NULL, clock_ms() + CHUNK_PATIENCE, &object);
    one->lost = error == HF_ENOTFOUND && one->heed_lost &&
                generations_highest(&one->publication.generations, path.text) > 0;
    if (one->lost)
        return TOOL_OK;
    if (error == HF_ENOTFOUND)
        return one_say_none(one);
    if (error == HF_OK)
        error = document_of(&one->fleet, one->user, &object, out_document, &old);
    if (error == HF_OK)
        error = publication_check(&one->publication, path.text, &(*out_document)->generation, &old);
    return error == HF_OK ? TOOL_OK : publication_say(&one->publication, error, path.text);
}

static void done(void *context, size_t index, enum edit outcome)
{
    struct one *one = context;
    (void)index;
    one->put = outcome == EDIT_CHANGED;
    if (outcome == EDIT_LOST)
        (void)say_failure(TOOL_FAILED, HF_ECHANGED, "Look at it: hf-tokenctl status; then again.",
                          "%s: the token of %s", one->fleet.command, shown(one));
}

/* What a plan's functions get. */
struct edit_of_one {
    struct one *one;
    enum edit (*edit)(void *context, size_t index, struct document *document, bool there);
    void *context;
};

static enum edit edit_one(void *context, size_t index, struct document *document, bool there)
{
    const struct edit_of_one *edit = context;
    return edit->edit(edit->context, index, document, there);
}

static void done_one(void *context, size_t index, enum edit outcome)
{
    const struct edit_of_one *edit = context;
    done(edit->one, index, outcome);
}

int one_update(struct one *one,
               enum edit (*edit)(void *context, size_t index, struct document *document,
                                 bool there),
               void *context)
{
    struct edit_of_one both = {.one = one, .edit = edit, .context = context};
    const struct document_plan plan = {.users = &one->user,
                                       .count = 1,
                                       .edit = edit_one,
                                       .done = done_one,
                                       .context = &both,
                                       .keep_ended = true};
    const int code = documents_update(&one->publication, &plan);
    const int end = publication_end(&one->publication, false);
    return code == TOOL_OK ? end : code;
}
