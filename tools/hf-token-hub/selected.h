/* The selected token, with its name and what is known of it: for commands that tell of it. */
#ifndef HF_HUB_SELECTED_H
#define HF_HUB_SELECTED_H

#include <stdbool.h>
#include <stdint.h>

#include "common/name.h"
#include "store/document.h"

struct endpoint;
struct hub_account;
struct secret;

struct selected {
    char name[TOKEN_NAME_MAX + 1]; /* empty: not known */
    struct secret *token;          /* owned */
    bool is_own;                   /* it is of the user's own document */
    uint8_t id[TOKEN_ID_BYTES];    /* there */
};

/* Obtains the token that `option` (the value of -n, or NULL) selects, to be sent to that Hub. Gives
   0 or the exit code, and it has been said: also where it is of another Hub. hf-token-store may
   take this process's place. */
int selected_obtain(const char *command, const char *option, const struct endpoint *endpoint,
                    struct selected *out_selected);

/* Keeps what the Hub has said where that is news, if the token is of the user's own document. That
   it could not is said, and is no failure of the command. */
void selected_note(const char *command, const struct selected *selected,
                   const struct endpoint *endpoint, const struct hub_account *account);

void selected_clear(struct selected *selected);
static inline void selected_scope_end(struct selected *held)
{
    selected_clear(held);
}

#endif
