/* What `init` prepares, and the part of it that only machines of a fleet need. */
#ifndef HF_TOKENCTL_INIT_H
#define HF_TOKENCTL_INIT_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes a folder of that owner (and group), or gives an existing one of theirs, or of root's, owner
   and mode. Gives 0 or the exit code, and it has been said. */
int prepare_folder(const char *path, mode_t mode, uid_t owner, gid_t group);

/* Whether this machine's configuration asks an engine, or says how. */
bool fleet_is_wanted(void);

/* Makes the system account that asks engines, and the folders for pools, generations and the cache.
   Gives 0 or the exit code, and it has been said. */
int fleet_prepare(void);

/* Says what is left to do, and prints this machine's public key, which the admin of the fleet seals
   to. Gives 0 or the exit code. */
int fleet_tell(void);

#endif
