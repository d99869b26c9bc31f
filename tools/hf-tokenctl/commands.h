/* The commands of hf-tokenctl, and their table. Each gets the words behind its own and gives the
 * exit code. */
#ifndef HF_TOKENCTL_COMMANDS_H
#define HF_TOKENCTL_COMMANDS_H

#include "common/error.h"

struct arguments;
struct command_table;

extern const struct command_table hf_tokenctl_table;

int init_command(struct arguments *arguments);
int seal_command(struct arguments *arguments);
int list_command(struct arguments *arguments);
int refresh_command(struct arguments *arguments);
int remove_command(struct arguments *arguments);
int on_demand_command(struct arguments *arguments);
int doctor_command(struct arguments *arguments);

/* What to do where host.pub is there and the private key to it is gone. */
#define HALF_KEY_NEXT                                                                              \
    "Bring the key back; or move host.pub away and try again, and have all tokens sealed anew."

/* Says that an account could not be had, by name where that can be shown. Gives the exit code. */
int user_say(const char *command, const char *user, enum hf_error error);

/* Says that only root may, unless this is root. Gives 0 or the exit code. */
int root_check(const char *command);

#endif
