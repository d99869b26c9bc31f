#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/files.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/help.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/json-out.h"
#include "tools/say.h"
#include "tools/when.h"

#define SUFFIX ".json"

/* Columns of users' and tokens' names, seals and dates. */
#define ROW "%-16s  %c %-16s  %-13s  %-16s  %s\n"

/* How the documents are printed, and what became of it so far. */
struct listing {
    struct json_object *documents; /* NULL: as text */
    bool headed;                   /* the columns' names are printed */
    bool one;                      /* of one user, who was named */
    int code;
};

static struct json_object *token_json(const struct document *document,
                                      const struct sealed_token *sealed)
{
    struct json_object *token = json_out_object();
    json_out_text(token, "name", sealed->name);
    json_out_bool(token, "default", strcmp(document->default_name, sealed->name) == 0);
    json_out_seals(token, seals_of(sealed));
    json_out_when(token, "created", sealed->created);
    json_out_when(token, "expires", sealed->expires);
    return token;
}

static void add_json(struct listing *listing, const char *user, const struct document *document,
                     enum hf_error error)
{
    struct json_object *row = json_out_object(), *tokens = json_out_array();
    json_out_text(row, "user", user);
    json_out_number(row, "generation", document != NULL ? document->generation : 0);
    for (size_t i = 0; document != NULL && i < document->token_count; i++)
        json_out_append(tokens, token_json(document, &document->tokens[i]));
    json_out_add(row, "tokens", tokens);
    json_out_text(row, "error", error != HF_OK ? error_text(error) : NULL);
    json_out_append(listing->documents, row);
}

static void print_text(struct listing *listing, const struct document *document)
{
    if (document->token_count == 0)
        return;
    if (!listing->headed)
        printf(ROW, "USER", ' ', "NAME", "SEALED", "CREATED", "EXPIRES");
    listing->headed = true;
    for (size_t i = 0; i < document->token_count; i++) {
        const struct sealed_token *sealed = &document->tokens[i];
        char seals[SEALS_TEXT_MAX], created[WHEN_TEXT_MAX], expires[WHEN_TEXT_MAX];
        printf(ROW, document->user, strcmp(document->default_name, sealed->name) == 0 ? '*' : ' ',
               sealed->name, seals_text(seals_of(sealed), seals), when_print(sealed->created, created),
               when_print(sealed->expires, expires));
    }
}

static int say_document(const char *user, enum hf_error error)
{
    char next[NEXT_MAX];
    if (error != HF_ENOTFOUND)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "list: the tokens of %s", user);
    return say_failure(TOOL_NONE, HF_OK, say_next(next, "To add one: hf-tokenctl seal %s", user),
                       "list: there is no token for %s here", user);
}

static void list_account(struct listing *listing, const char *user)
{
    struct account account;
    SCOPED(document) struct document *document = NULL;
    enum hf_error error = account_by_name(user, &account);
    if (error != HF_OK)
        listing->code = user_say("list", user, error);
    else if ((error = host_document_read(&account, &document)) != HF_OK)
        listing->code = say_document(account.name, error);
    else if (document->token_count == 0 && listing->one)
        listing->code = say_document(account.name, HF_ENOTFOUND);
    if (listing->documents != NULL)
        add_json(listing, user, document, error);
    else if (document != NULL)
        print_text(listing, document);
}

/* A document's file, and not one that is being written beside it. */
static int is_document(const struct dirent *entry)
{
    const size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > strlen(SUFFIX) &&
           strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

static void list_all(struct listing *listing)
{
    struct dirent **entries = NULL;
    int count = scandir(HF_TOKENS_FOLDER, &entries, is_document, alphasort);
    if (count < 0 && errno != ENOENT)
        listing->code = say_failure(TOOL_FAILED, HF_EIO, NULL, "list: " HF_TOKENS_FOLDER);
    for (int i = 0; i < count; i++) {
        entries[i]->d_name[strlen(entries[i]->d_name) - strlen(SUFFIX)] = '\0';
        list_account(listing, say_clean(entries[i]->d_name));
        free(entries[i]);
    }
    free(entries);
}

int list_command(struct arguments *arguments)
{
    struct listing listing = {.code = TOOL_OK};
    const char *value = "", *user = NULL;
    bool json = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (!arguments_listing(argument, value, &json, &user))
            return arguments_stop(arguments, argument);
    }
    int code = root_check("list");
    if (code != TOOL_OK)
        return code;
    if (json)
        listing.documents = json_out_array();
    listing.one = user != NULL;
    if (user != NULL)
        list_account(&listing, user);
    else
        list_all(&listing);
    if (json) {
        struct json_object *all = json_out_object();
        json_out_add(all, "documents", listing.documents);
        code = json_out_print(all);
    } else {
        code = help_flush();
    }
    return code != TOOL_OK ? code : listing.code;
}
