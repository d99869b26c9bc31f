/* The commands of hf-tokenctl, and their table. Each gets the words behind its own and gives the
 * exit code. */
#ifndef HF_TOKENCTL_COMMANDS_H
#define HF_TOKENCTL_COMMANDS_H

struct arguments;
struct command_table;

extern const struct command_table hf_tokenctl_table;

int init_command(struct arguments *arguments);
int seal_command(struct arguments *arguments);
int list_command(struct arguments *arguments);

/* Says that only root may, unless this is root. Gives 0 or the exit code. */
int root_check(const char *command);

#endif
