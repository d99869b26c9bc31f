/* Whether jobs without a session have tokens. */
#ifndef HF_TOKENCTL_ON_DEMAND_H
#define HF_TOKENCTL_ON_DEMAND_H

#include <stdbool.h>

#include "tools/say.h"

/* In words, and the next step, or an empty text. False where something is in the way. */
bool on_demand_state(char out_state[static NEXT_MAX], char out_next[static NEXT_MAX]);

#endif
