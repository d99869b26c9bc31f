/* All hosts and pools of a fleet: from names to keys, and back. */
#ifndef HF_FLEET_ROSTER_H
#define HF_FLEET_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/document.h"
#include "store/seal.h"
#include "tools/fleet/pool-file.h"

struct fleet;

struct roster_host {
    char name[POOL_NAME_MAX + 1];
    uint8_t key[KEY_BYTES];
};

/* Both are sorted by name. Begin with {0}. */
struct roster {
    struct roster_host *hosts;
    size_t host_count;
    size_t *by_key; /* the hosts in the order of their keys */
    struct roster_host
        *gone; /* keys of hosts before: that they are in no pool is to be published */
    size_t gone_count;
    struct pool_file *pools;
    size_t pool_count;
};
void roster_clear(struct roster *roster);
static inline void roster_scope_end(struct roster *held)
{
    roster_clear(held);
}

/* Reads them. Gives 0, or the exit code, and it has been said. */
int roster_read(const struct fleet *fleet, struct roster *out_roster);

/* Borrowed; NULL where there is none. */
struct roster_host *roster_host(const struct roster *roster, const char *name);
struct pool_file *roster_pool(const struct roster *roster, const char *name);
const struct roster_host *roster_host_of(const struct roster *roster,
                                         const uint8_t key[static KEY_BYTES]);

/* The pool that has this key; *out_present says whether it still is the pool's present one. */
struct pool_file *roster_pool_of(const struct roster *roster, const uint8_t key[static KEY_BYTES],
                                 bool *out_present);

/* Whether it is, or once was, a key of a pool of this fleet. */
bool roster_knows_pool(const struct roster *roster, const uint8_t key[static KEY_BYTES]);

/* Notes that a key is no host's any more, and forgets that. */
HF_CHECKED enum hf_error gone_note(const struct fleet *fleet, const uint8_t key[static KEY_BYTES]);
void gone_forget(const struct fleet *fleet, const uint8_t key[static KEY_BYTES]);

/* What a host's file is called in the fleet's folder. */
#define HOST_FILE_MAX (sizeof "hosts/.pub" + POOL_NAME_MAX)
HF_CHECKED enum hf_error host_file(const char *name, char out_file[static HOST_FILE_MAX]);

#endif
