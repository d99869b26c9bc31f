/* Everything that is published, brought to what it should be. */
#ifndef HF_FLEET_PUBLISH_H
#define HF_FLEET_PUBLISH_H

#include "tools/fleet/publication.h"
#include "tools/fleet/roster.h"

/* Publishes hosts' keys alone. Gives 0 or the exit code, and it has been said. */
int publish_hosts(struct publication *publication, const struct roster *roster);

/* Publishes hosts' keys, seals what is sealed to an old key of a pool to the present one, signs
   anew what nears its end or has an old signature, forgets the pools' old keys where nothing has
   them any more, and closes the head. */
int publish_all(struct publication *publication, struct roster *roster);

#endif
