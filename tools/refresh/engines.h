/* What a refresh asks of each engine besides users' documents: whether anything was published, and
 * the keys of this machine's pools. The asking is done by the sources, as their own account. */
#ifndef HF_TOOLS_REFRESH_ENGINES_H
#define HF_TOOLS_REFRESH_ENGINES_H

#include <stdint.h>

#include "store/switch.h"

/* Asks all of them. Gives 0 or the exit code, and it has been said; *out_silent has a bit for each
   place in `tokens:` whose engine did not answer, so that no user need be asked about in vain. */
int engines_refresh(const struct token_switch *token_switch, uint8_t *out_silent);

/* Tells those that answered what this machine has seen by now. Where that fails, nothing is lost
   but a line of the admin's overview. */
void engines_report(const struct token_switch *token_switch, uint8_t silent);

#endif
