/* Whether a token may go to the Hub that is asked: a document can keep it from one, and can send it
 * to none. */
#ifndef HF_HUB_DESTINATION_H
#define HF_HUB_DESTINATION_H

struct endpoint;
struct holding;

/* Gives 0, or the exit code where the token's document says that it is of another Hub, and it has
   been said. */
int destination_check(const char *command, const struct holding *holding,
                      const struct endpoint *endpoint);

#endif
