#include <stdio.h>
#include <string.h>

#include "tools/exit.h"
#include "tools/fleet/commands.h"
#include "tools/fleet/one.h"
#include "tools/fleet/taken.h"
#include "tools/say.h"
#include "tools/when.h"

/* All names of a document, with commas. */
#define NAMES_TEXT_MAX (TOKENS_MAX * (TOKEN_NAME_MAX + 2) + 1)

/* What is to go, and whether it could not be noted: that keeps nothing from being revoked. */
struct revocation {
    struct one *one;
    bool unnoted;
};

/* Takes out what is to go: also what has come since somebody was asked. In the place of a document
   that the engine has lost comes an empty one, else hosts would keep theirs. */
static enum edit edit(void *context, size_t index, struct document *document, bool there)
{
    struct revocation *revocation = context;
    const struct one *one = revocation->one;
    enum edit edit = there ? EDIT_NONE : EDIT_CHANGED;
    (void)index;
    if (!revocation->unnoted)
        revocation->unnoted = taken_note(&one->fleet, document, one->name, TAKEN_REVOKED,
                                         one->publication.now) != TOOL_OK;
    for (size_t i = document->token_count; i > 0; i--) {
        char name[TOKEN_NAME_MAX + 1];
        memcpy(name, document->tokens[i - 1].name, sizeof name);
        if (one->name != NULL && strcmp(name, one->name) != 0)
            continue;
        if (document_remove(document, name) == HF_OK)
            edit = EDIT_CHANGED;
    }
    return edit;
}

static void list_names(const struct document *document, const char *name,
                       char text[static NAMES_TEXT_MAX])
{
    text[0] = '\0';
    for (size_t i = 0; i < document->token_count; i++) {
        const size_t used = strlen(text);
        if (name == NULL || strcmp(document->tokens[i].name, name) == 0)
            (void)snprintf(text + used, NAMES_TEXT_MAX - used, "%s%s", used > 0 ? ", " : "",
                           document->tokens[i].name);
    }
}

static int ask(const struct one *one, const char *names)
{
    char question[NAMES_TEXT_MAX + NEXT_MAX];
    if (names[0] == '\0')
        (void)snprintf(question, sizeof question, "Revoke all tokens of %s on all hosts (y/n)? ",
                       one->user);
    else
        (void)snprintf(question, sizeof question, "Revoke %s of %s on all hosts (y/n)? ", names,
                       one->user);
    return fleet_confirm(&one->fleet, one->yes, question);
}

/* It takes its dates along, so that nothing of it comes back. */
static void note_ended(const struct one *one, const struct document *document)
{
    char when[WHEN_TEXT_MAX];
    if (document->until <= one->publication.now)
        say_note("revoke: the document of %s ended on %s, and stays so", one->user,
                 when_print(document->until, when));
}

/* What the document had is not known then, so that one of its tokens cannot be taken out of it. */
static int check_lost(const struct one *one)
{
    if (one->name != NULL)
        return say_failure(
            TOOL_FAILED, HF_OK,
            "To revoke all of them: without the name. What is to stay: provision it.",
            "revoke: the engine has lost the document of %s", one->user);
    return say_failure(
        TOOL_OK, HF_OK,
        "Which tokens it had is not known, so that a list which still has them brings "
        "them back: mend it.",
        "revoke: the engine has lost the document of %s: an empty one takes its place", one->user);
}

static int look(struct one *one, char names[static NAMES_TEXT_MAX])
{
    SCOPED(document) struct document *document = NULL;
    const int code = one_get(one, &document);
    names[0] = '\0';
    if (code != TOOL_OK)
        return code;
    if (one->lost)
        return check_lost(one);
    list_names(document, one->name, names);
    note_ended(one, document);
    return names[0] == '\0' ? one_say_none(one) : TOOL_OK;
}

int revoke_command(struct arguments *arguments)
{
    SCOPED(one) struct one one = {.fleet = FLEET_INIT("revoke"), .heed_lost = true};
    struct revocation revocation = {.one = &one};
    char names[NAMES_TEXT_MAX] = "";
    int code = one_words(&one, arguments);
    if (code != -1)
        return code;
    code = one_begin(&one);
    if (code == TOOL_OK)
        code = look(&one, names);
    if (code == TOOL_OK)
        code = ask(&one, names);
    if (code == TOOL_OK)
        code = one_update(&one, edit, &revocation);
    if (code != TOOL_OK && !one.put)
        return code;
    return say_failure(revocation.unnoted ? TOOL_FAILED : code, HF_OK,
                       "Hosts take it out of the sessions with their next refresh. The Hub still "
                       "takes it: revoke it there, too.",
                       "revoke: revoked %s of %s", names[0] == '\0' ? "all tokens" : names,
                       one.user);
}
