/* A new token on its way in: from a login in the browser or a paste, and what the Hub says of it.
 */
#ifndef HF_HUB_NEWCOMER_H
#define HF_HUB_NEWCOMER_H

#include <stdbool.h>
#include <stdint.h>

#include "hub/endpoint.h"
#include "hub/fault.h"
#include "store/document.h"

struct arguments;
struct secret;

enum newcomer_way { WAY_NOT_SAID, WAY_BROWSER, WAY_PASTE };

struct newcomer {
    const char *command; /* for messages; borrowed */
    struct endpoint endpoint;
    enum newcomer_way way;
    uint64_t now;           /* when the command began */
    uint64_t until;         /* what --expires gave; 0: nothing. A token that ends is not renewed */
    struct secret *token;   /* owned */
    struct secret *grant;   /* owned; NULL: nothing renews it */
    struct secret *refresh; /* owned; what a login in the browser gave with it, kept or not */
    uint64_t expires;       /* the earliest of what all say; 0: never */
    struct token_about about; /* checked 0: the Hub was not asked, or gave no answer */
    struct hub_fault fault;   /* why it gave none; HUB_OK: it was not asked */
};

/* Reads --browser and --paste, which exclude each other, and ends the command on anything else. -1
   to go on, else the exit code. */
int newcomer_option(const struct arguments *arguments, int argument, enum newcomer_way *way);

/* Settles the way where none is said: the user chooses on the terminal. Gives 0 or the exit code,
   and it has been said: also where the way is the browser, and there is no OAuth client id. */
int newcomer_choose(struct newcomer *newcomer);

/* Gets it, by the way that newcomer_choose has settled. Gives 0 or the exit code, and it has been
   said; then newcomer_drop. newcomer_clear in each case. */
int newcomer_fetch(struct newcomer *newcomer);

/* The command ends without it: what a login in the browser brought is revoked at the Hub, as nobody
   else knows it, and that is said. */
void newcomer_drop(const struct newcomer *newcomer);

/* Asks the Hub about it. 0 also where that gives no answer; the exit code where the Hub does not
   take it, and it has been said. */
int newcomer_check(struct newcomer *newcomer);

/* Says what is to be known of it, now that it is stored as `name`. */
void newcomer_say(const struct newcomer *newcomer, const char *name);

void newcomer_clear(struct newcomer *newcomer);
static inline void newcomer_scope_end(struct newcomer *held)
{
    newcomer_clear(held);
}

#endif
