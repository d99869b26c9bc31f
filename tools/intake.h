/* How a new token comes in: asked for, checked, sealed, and opened again where that is possible. */
#ifndef HF_TOOLS_INTAKE_H
#define HF_TOOLS_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"

struct key_pair;
struct recipient;
struct sealed_token;
struct secret;
struct token_about;

/* What a new token will be. All borrowed. */
struct intake {
    const char *command;  /* for messages */
    const char *settings; /* address of the Hub's page for tokens; NULL: the public Hub's */
    const char *user, *name;
    const uint8_t *id;               /* that the sealed token gets; NULL: one of its own */
    uint64_t created, expires;       /* expires 0: never */
    const struct secret *grant;      /* what refreshes it, or NULL */
    const struct token_about *about; /* what the Hub said of it, or NULL */
    bool prove; /* opened again after sealing, where there is no pair of a recipient's for that */
};

/* Asks for the token, takes white space from its ends, checks its form, and notes what is unusual
   about it; it is never repeated. Gives 0 and the token, which is the caller's, or the exit code,
   and it has been said. */
int intake_ask(const struct intake *intake, struct secret **out_token);

/* Asks for a password of 1 to PASSWORD_MAX bytes. On a terminal with `again` it is asked for twice,
   and where the two are not the same, once more, three times in all. */
int intake_password(const char *command, const char *prompt, const char *again,
                    struct secret **out_password);

/* Whether a name may become a token's: valid, and not itself the beginning of a token. Gives 0, or
   the exit code, and it has been said. */
int intake_name(const char *command, const char *name);

/* Reads --expires. Gives 0 or the exit code, and it has been said. */
int intake_expires(const char *command, const char *text, uint64_t now, uint64_t *out_expires);

/* Seals it; `pair`, where not NULL, is of one of the recipients, and must open it again to the same
   bytes (else HF_EALTERED). With `prove` and without a pair, it is sealed to one more recipient who
   opens it, and whose slot is then dropped. The caller owns *out_sealed. What token_seal and
   slot_open give. */
HF_CHECKED enum hf_error intake_seal(const struct intake *intake, const struct secret *token,
                                     const struct recipient *recipients, size_t recipient_count,
                                     const struct key_pair *pair, struct sealed_token *out_sealed);

/* The token's key by the slot of this pair's public key, and with it the token. HF_ENOSLOT, what
   slot_open and token_open give. out_grant may be NULL. */
HF_CHECKED enum hf_error intake_open(const char *user, const struct sealed_token *sealed,
                                     const struct key_pair *pair, struct secret **out_token,
                                     struct secret **out_grant);

#endif
