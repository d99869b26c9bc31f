/* All tokens that a user has: what the sources' documents name, and what of it is in the ring. */
#ifndef HF_TOOLS_HOLDINGS_H
#define HF_TOOLS_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/account.h"
#include "common/error.h"
#include "common/name.h"
#include "common/scope.h"
#include "keyring/origin.h"
#include "keyring/ring.h"
#include "store/document.h"
#include "store/identity.h"
#include "store/switch.h"

/* Longest that the sources may take all together, in milliseconds. */
#define HOLDINGS_PATIENCE 5000

enum token_state {
    TOKEN_READY,     /* in the ring */
    TOKEN_DUE,       /* only its grant is in the ring: the next use refreshes it */
    TOKEN_LOCKED,    /* waits for the password */
    TOKEN_EXPIRED,   /* its time is over */
    TOKEN_ABSENT,    /* sealed to this machine: comes with the next login */
    TOKEN_FOREIGN,   /* sealed to nothing that is here */
    TOKEN_REVOKED,   /* the administrator has taken it back */
    TOKEN_WITHDRAWN, /* the same, from this machine alone; or its source was */
    TOKEN_CUT_OFF,   /* its source was not reached for too long, and so the kernel ended it */
    TOKEN_STATE_COUNT
};

struct holding {
    char name[TOKEN_NAME_MAX + 1];
    enum token_state state;
    const char *source; /* borrowed; NULL: only the ring has it, and it says no more */
    const struct sealed_token *sealed; /* borrowed; NULL where no document that is at hand has it */
    const struct ring_origin *origin;  /* borrowed; NULL: the ring has none */
};

/* One source's answer, parsed. */
struct holdings_source {
    char name[SOURCE_NAME_MAX + 1];
    enum hf_error error;
    struct document *document; /* owned; NULL with an error */
};

/* What the ring says of a token that is an administrator's, whether it is there or not. */
struct holdings_origin {
    char name[TOKEN_NAME_MAX + 1];
    struct ring_origin origin;
};

struct holdings_ring {
    bool found;
    enum ring_way way;
    ring_serial serial;
    char names[RING_TOKENS_MAX][TOKEN_NAME_MAX + 1];
    size_t name_count;
    struct holdings_origin origins[RING_TOKENS_MAX];
    size_t origin_count;
    char default_name[TOKEN_NAME_MAX + 1]; /* empty: it has none */
};

#define HOLDINGS_MAX (SWITCH_SOURCES_MAX * TOKENS_MAX + 2 * RING_TOKENS_MAX)

struct holdings {
    struct account account;
    uint64_t now;
    enum hf_error switch_error; /* of the configuration */
    unsigned switch_line;
    struct holdings_source sources[SWITCH_SOURCES_MAX];
    size_t source_count;
    struct holdings_ring ring;
    enum hf_error host_error; /* HF_OK: host_key is this machine's */
    uint8_t host_key[KEY_BYTES];
    enum hf_error identity_error; /* HF_OK: identity is the user's */
    struct identity identity;
    struct holding tokens[HOLDINGS_MAX];
    size_t count;
    char default_name[TOKEN_NAME_MAX + 1]; /* the first document's that has one; may be empty */
};

/* Asks the sources and looks at the ring. HF_ENOMEM, what account_by_uid gives; anything else that
   is wrong stands in the result, which is the caller's. */
HF_CHECKED enum hf_error holdings_read(struct holdings **out_holdings);
/* The same, and says what failed. Gives 0 or the exit code. */
int holdings_begin(const char *command, struct holdings **out_holdings);
void holdings_free(struct holdings *holdings);
DEFINE_SCOPED(holdings, struct holdings *, holdings_free, NULL);

/* Borrowed; NULL when there is none of that name. */
const struct holding *holdings_find(const struct holdings *holdings, const char *name);

/* Says that there is no token of that name, which is repeated where it cannot be one. Gives
   TOOL_NONE. */
int holdings_say_none(const char *command, const char *name);

/* A removed default leaves its place to another token: says what `run` gives from now on. `before`
   is from before the removal. */
void holdings_say_default(const char *command, const struct holdings *before, const char *removed);

/* Whether a session gets a grant with this token. A refresh can give a new grant, the old one then
   being void: where the user cannot save it, which is in any document but their own, the first
   refresh would take the token from all others who have it. */
bool holding_is_granted(const struct holding *holding);

/* The first that has a slot of this kind, whomever it is for; borrowed, or NULL. */
const struct holding *holdings_sealed(const struct holdings *holdings, enum slot_kind kind);

/* The name that the default stands for: the ring's, where there is such a token, else the
   documents'. Empty when there is none. */
const char *holdings_default(const struct holdings *holdings);

/* Whether the source is asked at all. */
bool holdings_asks(const struct holdings *holdings, const char *source);

/* Whether a source gave something malformed or could not be asked. One that is asked at login
   alone (HF_ELOGIN) is in order. */
bool holdings_source_troubled(const struct holdings_source *source);
/* The first of these, or NULL. */
const struct holdings_source *holdings_trouble(const struct holdings *holdings);

/* The first source that is asked at login alone, or NULL; borrowed. */
const char *holdings_engine(const struct holdings *holdings);

/* Whether there is an identity that cannot be used: its mode, owner or content. */
bool holdings_identity_trouble(const struct holdings *holdings);

/* Whether `hf-token lock` has emptied the ring, and no login came since. What sources give at login
   has no other trace than the ring, so that nobody knows what there was. */
bool holdings_locked(const struct holdings *holdings);

/* Words for output: "ready", "due", "locked", "expired", "absent", "foreign", "revoked",
   "withdrawn", "cut-off". */
const char *token_state_name(enum token_state state);

#endif
