#include "tools/fleet/key.h"

#include <stdlib.h>
#include <string.h>

#include "common/name.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/publication.h"
#include "tools/say.h"

static const struct row {
    const char *first, *second; /* second NULL: one word alone */
    size_t minimum, maximum;    /* words behind */
    int (*run)(struct key_call *call);
    const char *missing; /* what to say of too few */
} rows[] = {
    {"init",     NULL,      0, 0,        key_init,         NULL                         },
    {"show",     NULL,      0, 0,        key_show,         NULL                         },
    {"export",   NULL,      0, 0,        key_export,       NULL                         },
    {"password", NULL,      0, 0,        key_password,     NULL                         },
    {"rotate",   NULL,      0, 0,        key_rotate,       NULL                         },
    {"retire",   NULL,      0, 0,        key_retire,       NULL                         },
    {"list",     NULL,      0, 0,        key_list,         NULL                         },
    {"host",     "add",     1, 2,        key_host_add,     "the host's NAME is missing" },
    {"host",     "replace", 1, 2,        key_host_replace, "the host's NAME is missing" },
    {"host",     "remove",  1, 1,        key_host_remove,  "the host's NAME is missing" },
    {"pool",     "add",     1, 1,        key_pool_add,     "POOL is missing"            },
    {"pool",     "join",    2, SIZE_MAX, key_pool_join,    "POOL or its HOST is missing"},
    {"pool",     "leave",   2, SIZE_MAX, key_pool_leave,   "POOL or its HOST is missing"},
};

int key_name_check(const char *name)
{
    if (token_name_valid(name) && !say_like_token(name))
        return TOOL_OK;
    return say_failure(TOOL_USAGE, HF_ENAME,
                       "A name is 1 to 64 of A-Z a-z 0-9 . _ - and begins with neither . nor -",
                       "key: the host or pool");
}

static const struct row *find_row(const struct key_call *call)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(call->words[0], rows[i].first) == 0 &&
            (rows[i].second == NULL ||
             (call->count > 1 && strcmp(call->words[1], rows[i].second) == 0)))
            return &rows[i];
    return NULL;
}

static int run_row(struct arguments *arguments, struct key_call *call)
{
    if (call->count == 0)
        return arguments_missing(arguments, 0);
    const struct row *row = find_row(call);
    if (row == NULL)
        return arguments_wrong(arguments, "there is no such WHAT");
    const size_t names = row->second != NULL ? 2 : 1;
    call->words += names;
    call->count -= names;
    if (call->count < row->minimum)
        return arguments_wrong(arguments, row->missing);
    if (call->count > row->maximum)
        return arguments_wrong(arguments, "there is a word too many");
    return row->run(call);
}

static int take_words(struct arguments *arguments, struct key_call *call)
{
    const char *value = "";
    int argument, code = TOOL_OK;
    while (code == TOOL_OK && (argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == ARGUMENT_OPERAND)
            call->words[call->count++] = value;
        else if (argument == OPTION_JSON)
            call->json = true;
        else if (argument == OPTION_YES)
            call->yes = true;
        else if (argument == OPTION_USERS)
            call->users = value;
        else if (argument == OPTION_VALID)
            code = publication_valid("key", value, &call->valid);
        else if (!fleet_option(&call->fleet, argument, value))
            return arguments_stop(arguments, argument);
    }
    return code == TOOL_OK ? run_row(arguments, call) : code;
}

static void call_scope_end(struct key_call *held)
{
    fleet_clear(&held->fleet);
}

static void words_scope_end(const char ***held)
{
    free(*held);
}

int key_command(struct arguments *arguments)
{
    size_t count = 1;
    while (arguments->words[count - 1] != NULL)
        count++;
    SCOPED(words) const char **words = calloc(count, sizeof *words);
    SCOPED(call) struct key_call call = {.fleet = FLEET_INIT("key"), .words = words};
    if (words == NULL)
        return say_failure(TOOL_FAILED, HF_ENOMEM, NULL, "key");
    return take_words(arguments, &call);
}
