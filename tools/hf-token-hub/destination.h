/* Whether a token may go to the Hub that is asked: a document can keep it from one, and can send it
 * to none. */
#ifndef HF_HUB_DESTINATION_H
#define HF_HUB_DESTINATION_H

#include "tools/say.h"

struct endpoint;
struct holding;

/* The address of the other Hub that the token's document says it is of; NULL where it may go to
   this one. Borrowed from the holding, which may be NULL. */
const char *destination_other(const struct holding *holding, const struct endpoint *endpoint);

/* What to do about it; names the other one in no command that could be copied. Gives the buffer. */
const char *destination_advice(const char *other, char next[static NEXT_MAX]);

/* Gives 0, or the exit code where the token's document says that it is of another Hub, and it has
   been said. */
int destination_check(const char *command, const struct holding *holding,
                      const struct endpoint *endpoint);

#endif
