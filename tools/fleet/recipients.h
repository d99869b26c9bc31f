/* To whom tokens are sealed: pools and hosts, from names to keys, and back. */
#ifndef HF_FLEET_RECIPIENTS_H
#define HF_FLEET_RECIPIENTS_H

#include <stddef.h>

#include "common/error.h"
#include "store/document.h"
#include "store/seal.h"
#include "tools/fleet/roster.h"
#include "tools/say.h"

struct recipients {
    struct recipient list[SLOTS_MAX];
    size_t count;
};

/* Adds the one that a word names: a pool, or host:NAME; one that is there already stays once.
   HF_ENOTFOUND, HF_EFULL. */
HF_CHECKED enum hf_error recipients_add(const struct roster *roster, const char *word,
                                        struct recipients *recipients);

/* A token's recipients as they are to be now: of a pool with a new key, that one, and each once.
   What this fleet does not know is left out: a host that is gone, or has another key. Gives how
   many were. */
size_t recipients_renew(const struct roster *roster, const struct sealed_token *token,
                        struct recipients *out_recipients);

/* A slot's recipient by name: "POOL" or "host:NAME"; where it is none of this fleet's, the kind and
   the beginning of its key. */
#define RECIPIENT_TEXT_MAX (POOL_NAME_MAX + 16)
const char *recipient_text(const struct roster *roster, const struct slot *slot,
                           char text[static RECIPIENT_TEXT_MAX]);

/* Pools and hosts that there are, the first of many, for who named another one. Gives the text. */
const char *recipients_known(const struct roster *roster, char text[static NEXT_MAX]);

/* Says that --to names none of them, with what there is. Gives the exit code. */
int recipients_say(const struct roster *roster, const char *word, const char *command);

#endif
