#include <string.h>

#include "keyring/grant.h"
#include "tools/exit.h"
#include "tools/hf-token-hub/add.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/place.h"
#include "tools/say.h"
#include "tools/when.h"

_Static_assert(TOKEN_ID_BYTES == RING_ID_BYTES,
               "the ring tells by it which document's token it has");

static const char *const seal_texts[SEAL_CHOICE_COUNT] = {
    [SEAL_BY_DEFAULT] = "",
    [SEAL_HOST] = "to this machine",
    [SEAL_PASSWORD] = "with the login password",
    [SEAL_BOTH] = "to this machine, and with the login password",
    [SEAL_AS_ANOTHER] = "as the old one was",
};

/* When the token will be there, told apart from whether it could be put into the ring now. */
static void say_done(const struct adding *adding, const struct addition *addition, const char *when)
{
    say_note("%s: %s %s, sealed %s; %s", adding->command, addition->replaced ? "replaced" : "added",
             addition->name, seal_texts[adding->seal], when);
}

static bool by_password_alone(const struct adding *adding)
{
    for (size_t i = 0; i < adding->recipient_count; i++)
        if (adding->recipients[i].kind != SLOT_USER)
            return false;
    return true;
}

static void say_later(const struct adding *adding, const struct addition *addition,
                      enum hf_error error)
{
    if (error != HF_ENOSESSION)
        (void)say_failure(0, error, "hf-token doctor", "%s: putting it into the ring",
                          adding->command);
    say_done(
        adding, addition,
        by_password_alone(adding)
            ? "it will be there after your next login by password, or hf-token unlock in a login"
            : "it will be there after your next login");
}

/* Whether this token is what the next login will find under its name. */
static bool wins(const struct adding *adding, const struct addition *addition,
                 const struct holdings *holdings)
{
    const struct holding *holding = holdings_find(holdings, addition->name);
    if (holding != NULL && holding->source != NULL && strcmp(holding->source, SOURCE_OWN) == 0)
        return true;
    if (holdings->switch_error != HF_OK)
        (void)say_failure(0, holdings->switch_error, "hf-token doctor", "%s: " HF_CONF_FILE,
                          adding->command);
    else if (!holdings_asks(holdings, SOURCE_OWN))
        (void)say_failure(0, HF_OK, "Ask the administrator of this machine for tokens.",
                          "%s: " HF_CONF_FILE " does not ask for users' own tokens",
                          adding->command);
    else
        (void)say_failure(0, HF_OK, "Take another name: hf-token rename NAME NEW",
                          "%s: this machine's own token of that name comes first", adding->command);
    return false;
}

/* `holdings` is from before this token came into the ring. */
static void say_default(const struct adding *adding, const struct addition *addition,
                        const struct holdings *holdings)
{
    const char *name = addition->name, *before = holdings->ring.default_name;
    if (strcmp(holdings->default_name, name) != 0)
        say_note("%s: the default is still %s; to change it: hf-token use %s", adding->command,
                 holdings->default_name, name);
    else if (before[0] != '\0' && strcmp(before, name) != 0)
        say_note("%s: the default is %s now, and was %s", adding->command, name, before);
}

static enum hf_error place(const struct addition *addition, const struct holdings *holdings)
{
    const struct ring_entry entry = {.name = addition->name,
                                     .id = addition->id,
                                     .token = addition->token,
                                     .grant = addition->grant,
                                     .created = addition->created,
                                     .expires = addition->expires};
    ring_serial ring = 0;
    TRY(place_ring(&ring));
    TRY(ring_place(ring, &entry, when_now()));
    return place_default(ring, holdings);
}

int add_place(const struct adding *adding, const struct addition *addition)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    enum hf_error error = holdings_read(&holdings);
    if (error == HF_OK && !wins(adding, addition, holdings)) {
        say_done(adding, addition, "it cannot be used here");
        return TOOL_FAILED;
    }
    if (error == HF_OK)
        error = place(addition, holdings);
    if (error != HF_OK) {
        say_later(adding, addition, error);
        return TOOL_OK;
    }
    say_done(adding, addition, "it is ready in all your sessions");
    say_default(adding, addition, holdings);
    return TOOL_OK;
}
