#include <string.h>
#include <unistd.h>

#include "common/secret.h"
#include "keyring/grant.h"
#include "keyring/session.h"
#include "store/files.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-token-store/commands.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/opening.h"
#include "tools/holdings/own.h"
#include "tools/holdings/place.h"
#include "tools/intake.h"
#include "tools/say.h"
#include "tools/when.h"

/* How long another command may hold the lock, in milliseconds. */
#define LOCK_PATIENCE 5000

static size_t count_locked(const struct holdings *holdings)
{
    size_t count = 0;
    for (size_t i = 0; i < holdings->count; i++)
        count += holdings->tokens[i].state == TOKEN_LOCKED;
    return count;
}

/* Whether the user's document has it still, after a question that may have stood there for long. */
static bool is_still_there(const struct holdings *holdings, const struct holding *holding)
{
    SCOPED(document) struct document *document = NULL;
    if (strcmp(holding->source, SOURCE_OWN) != 0)
        return true;
    if (document_read(&holdings->account, &document) != HF_OK)
        return false;
    const struct sealed_token *now = document_find(document, holding->name);
    return now != NULL && memcmp(now->id, holding->sealed->id, sizeof now->id) == 0;
}

static enum hf_error open_and_place(const struct holdings *holdings, const struct holding *holding,
                                    const struct key_pair *pair, ring_serial ring)
{
    SCOPED(secret) struct secret *token = NULL;
    SCOPED(secret) struct secret *grant = NULL;
    TRY(intake_open(holdings->account.name, holding->sealed, pair, &token,
                    holding_is_granted(holding) ? &grant : NULL));
    if (!is_still_there(holdings, holding))
        return HF_ETRYAGAIN;
    /* As the placer does it: what was refreshed since the document was read stays. */
    if (ring_grant_is_newer(ring, holding->name, holding->sealed->id))
        return HF_OK;
    struct ring_origin origin;
    const bool given = place_origin(holding, when_now(), &origin);
    const struct ring_entry entry = {.name = holding->name,
                                     .id = holding->sealed->id,
                                     .token = token,
                                     .grant = grant,
                                     .created = holding->sealed->created,
                                     .expires = holding->sealed->expires,
                                     .origin = given ? &origin : NULL};
    return ring_place(ring, &entry, when_now());
}

/* One token that does not open keeps no other out. */
static int open_all(const struct holdings *holdings, const struct key_pair *pair, ring_serial ring)
{
    int code = TOOL_OK;
    for (size_t i = 0; i < holdings->count; i++) {
        const struct holding *holding = &holdings->tokens[i];
        if (holding->state != TOKEN_LOCKED)
            continue;
        enum hf_error error = open_and_place(holdings, holding, pair, ring);
        if (error == HF_OK)
            say_note("unlock: %s is ready in all your sessions", holding->name);
        else
            code = say_failure(TOOL_FAILED, error, "hf-token doctor", "unlock: %s", holding->name);
    }
    return code;
}

static int place_all(const struct holdings *holdings, const struct key_pair *pair)
{
    ring_serial ring = 0;
    enum hf_error error = place_ring(&ring);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "unlock: the ring");
    int code = open_all(holdings, pair, ring);
    /* A ring that had a default keeps it: `use` may have set that one. */
    error = holdings->ring.default_name[0] == '\0' ? place_default(ring, holdings) : HF_OK;
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "unlock: the default");
    return code;
}

static enum hf_error wrap_again(const struct holdings *holdings, const struct key_pair *pair,
                                const struct secret *password)
{
    SCOPED(fd) int lock = -1;
    struct identity present, wrapped;
    TRY(store_lock(&holdings->account, clock_ms() + LOCK_PATIENCE, &lock));
    TRY(identity_read(&holdings->account, &present));
    /* Changed since it was unwrapped: a passwd beside this one. */
    if (memcmp(&present, &holdings->identity, sizeof present) != 0)
        return HF_ETRYAGAIN;
    TRY(identity_wrap(holdings->account.name, pair, password, &wrapped));
    return identity_write(&holdings->account, &wrapped);
}

static int rewrap(const struct holdings *holdings, const struct key_pair *pair)
{
    SCOPED(secret) struct secret *password = NULL;
    int code = intake_password(
        "unlock", "Present login password (it is not shown): ", "The same again: ", &password);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = wrap_again(holdings, pair, password);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "The password from before still opens the identity.",
                           "unlock: the identity");
    say_note("unlock: from now on the present login password opens the identity");
    return TOOL_OK;
}

static int say_identity(const struct holdings *holdings)
{
    struct store_path path;
    const enum hf_error error = holdings->identity_error;
    if (path_user_identity(&holdings->account, &path) != HF_OK)
        return say_failure(TOOL_FAILED, error, own_advice(error), "unlock: the identity");
    return say_failure(TOOL_FAILED, error, own_advice(error), "unlock: %s", say_clean(path.text));
}

/* Whether there is anything to ask the password for. -1: yes. */
static int check_before(const struct holdings *holdings, bool again)
{
    const struct holdings_source *source = holdings_trouble(holdings);
    if (holdings->switch_error != HF_OK)
        return say_failure(TOOL_FAILED, holdings->switch_error, "hf-token doctor",
                           "unlock: " HF_CONF_FILE);
    if (source != NULL)
        (void)say_failure(TOOL_FAILED, source->error, "hf-token doctor", "unlock: source %s",
                          source->name);
    if (holdings_identity_trouble(holdings))
        return say_identity(holdings);
    if (again)
        return -1;
    if (count_locked(holdings) == 0) {
        say_note("unlock: nothing waits for the login password");
        return source == NULL ? TOOL_OK : TOOL_FAILED;
    }
    if (!holdings->ring.found && !session_belongs_to(geteuid()))
        return say_failure(TOOL_FAILED, HF_ENOSESSION,
                           "Log in, and do it there. To see what is in the way: hf-token doctor",
                           "unlock");
    return -1;
}

int unlock_command(struct arguments *arguments)
{
    SCOPED(holdings) struct holdings *holdings = NULL;
    SCOPED(key_pair) struct key_pair pair = {0};
    const char *value = "";
    bool again = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument != OPTION_REWRAP)
            return arguments_stop(arguments, argument);
        again = true;
    }
    int code = own_check_user("unlock");
    if (code == TOOL_OK)
        code = holdings_begin("unlock", &holdings);
    if (code != TOOL_OK)
        return code;
    code = check_before(holdings, again);
    if (code != -1)
        return code;
    code = opening_identity("unlock", holdings, again ? OPENING_EARLIER : OPENING_LOGIN, &pair);
    if (code != TOOL_OK)
        return code;
    code = count_locked(holdings) > 0 ? place_all(holdings, &pair) : TOOL_OK;
    int wrapped = again ? rewrap(holdings, &pair) : TOOL_OK;
    return wrapped != TOOL_OK ? wrapped : code;
}
