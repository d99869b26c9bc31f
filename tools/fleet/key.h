/* What `hf-tokenctl key` does, a function for each of its words. */
#ifndef HF_FLEET_KEY_H
#define HF_FLEET_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/fleet/fleet.h"

/* The command line. */
struct key_call {
    struct fleet fleet;
    uint64_t valid; /* 0: the standard */
    bool json, yes;
    const char *users;  /* --users, or NULL */
    const char **words; /* behind the words that name what to do; borrowed, NULL-terminated */
    size_t count;
};

/* Each gives the exit code, and what went wrong has been said. */
int key_init(struct key_call *call);
int key_show(struct key_call *call);
int key_export(struct key_call *call);
int key_password(struct key_call *call);
int key_rotate(struct key_call *call);
int key_retire(struct key_call *call);
int key_list(struct key_call *call);
int key_host_add(struct key_call *call);
int key_host_replace(struct key_call *call);
int key_host_remove(struct key_call *call);
int key_pool_add(struct key_call *call);
int key_pool_join(struct key_call *call);
int key_pool_leave(struct key_call *call);

/* Says that there is no such host, and gives the exit code. */
int key_say_no_host(const char *name);

/* Whether a name may be a host's or a pool's. Gives 0 or the exit code, and it has been said. */
int key_name_check(const char *name);

#endif
