/* Hosts' published objects: to each the private keys of its pools, sealed to its own key. */
#ifndef HF_FLEET_HOSTS_H
#define HF_FLEET_HOSTS_H

#include "tools/fleet/publication.h"
#include "tools/fleet/roster.h"

/* Publishes what each host of the roster is to have, where it is not that already, and nothing for
   keys that are gone. Gives 0 or the
   exit code, and it has been said. */
int hosts_update(struct publication *publication, const struct roster *roster);

/* The same before documents are published, which may be sealed to keys that hosts do not have yet:
   a `pool leave` that was broken off. It leaves the head open, or ends the publication where it
   fails. */
int hosts_ready(struct publication *publication, const struct roster *roster);

#endif
