/* All that an admin publishes: users' documents, the head, each host's pool keys; where it lies,
 * and the admin's own keys. */
#ifndef HF_STORE_FLEET_H
#define HF_STORE_FLEET_H

#include "store/fleet-key.h"
#include "store/head.h"
#include "store/host-keys.h"
#include "store/object-path.h"
#include "store/pool.h"
#include "store/published.h"

#endif
