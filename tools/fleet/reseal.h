/* Tokens that are sealed to an old key of a pool, sealed to its present one. */
#ifndef HF_FLEET_RESEAL_H
#define HF_FLEET_RESEAL_H

#include <stdbool.h>

#include "common/error.h"
#include "store/document.h"
#include "tools/fleet/fleet.h"
#include "tools/fleet/recipients.h"

/* Whether one of its recipients is an old key of a pool of this fleet. */
bool reseal_needed(const struct roster *roster, const struct sealed_token *token);

/* Opens the document's token, and seals it under a fresh key of its own to the same recipients,
   with the present keys of their pools; its id, dates and mark go on. *out_dropped is how many it
   is sealed to no more, because this fleet does not know them. HF_ENOSLOT: it is sealed to no pool
   of this fleet. */
HF_CHECKED enum hf_error reseal(const struct fleet *fleet, const struct roster *roster,
                                struct document *document, const char *name, size_t *out_dropped);

#endif
