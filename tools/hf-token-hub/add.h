/* A new token's way into the user's own document and the ring: what login, rotate, import and
 * refresh share. Each function gives 0 or the exit code, and then it has been said. */
#ifndef HF_HUB_ADD_H
#define HF_HUB_ADD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/account.h"
#include "store/document.h"
#include "store/seal.h"
#include "store/slot.h"

struct arguments;
struct secret;

/* What --seal names; the last one is not for it: the recipients are those of another token. */
enum seal_choice {
    SEAL_BY_DEFAULT, /* to this machine, or with the password where it has no host key */
    SEAL_HOST,
    SEAL_PASSWORD,
    SEAL_BOTH,
    SEAL_AS_ANOTHER,
    SEAL_CHOICE_COUNT
};

/* To whom a command's tokens are sealed: one for all that it adds. */
struct adding {
    const char *command; /* for messages; borrowed */
    struct account account;
    enum seal_choice seal;
    struct recipient recipients[SLOTS_MAX];
    size_t recipient_count;
    struct secret *password; /* owned; NULL: the identity is there already, or is not wanted */
    struct key_pair pair; /* owned; of the identity, where it was made here: opens what is sealed */
};

/* One token. What it points to is borrowed. */
struct addition {
    char name[TOKEN_NAME_MAX + 1];
    bool name_is_wish;  /* nobody gave it: it may become NAME-2, so as to replace no other */
    bool replaces_none; /* with that: not even one that the Hub knows under the same name */
    const uint8_t
        *instead; /* the id of the token of that name that it replaces; NULL: any or none */
    uint64_t created, expires;          /* expires 0: never */
    const struct secret *token, *grant; /* grant NULL: it has none */
    struct token_about about;           /* checked 0: the Hub was not asked */
    uint8_t id[TOKEN_ID_BYTES];         /* that it gets; zeros: add_store draws one */
    bool replaced;                      /* after add_store: there was one of that name */
    bool may_be_stored; /* after add_store: it is stored, or a failure has left that open */
};

/* Reads the value of --seal. */
int add_seal_parse(const struct arguments *arguments, const char *word, enum seal_choice *out_seal);

/* Refuses root, finds the account and the machine's key: before anything is asked for. add_end in
   each case. */
int add_begin(const char *command, enum seal_choice seal, struct adding *out_adding);
/* The same with the recipients of a sealed token, for which no secret is needed. */
int add_begin_as(const char *command, const struct sealed_token *other, struct adding *out_adding);

/* Whether the user's document can be read and has room for one more token, or has one of that name
   to be replaced; `name` is NULL where it is not known yet. Before anything is asked for; add_store
   looks again. */
int add_room(const struct adding *adding, const char *name);

/* Asks for the login password where tokens are to be sealed with it and the user has no identity
   yet. Once, before the first add_store. */
int add_password(struct adding *adding);

/* Seals the token and writes it to the user's document, under its lock; addition->name is then the
   name that it has, addition->id its id, addition->replaced whether there was one before. What was
   sealed has been opened again, and the file been read again. The token of that name must be
   `instead`, where that is given: else nothing is changed and this gives TOOL_NONE, unsaid. */
int add_store(struct adding *adding, struct addition *addition);

/* Puts the token that add_store stored into the ring, with its grant, and says what has become of
   it. TOOL_OK also where there is no ring now; TOOL_FAILED where this machine's configuration never
   lets it be used. */
int add_place(const struct adding *adding, const struct addition *addition);

void add_end(struct adding *adding);
static inline void adding_scope_end(struct adding *held)
{
    add_end(held);
}

#endif
