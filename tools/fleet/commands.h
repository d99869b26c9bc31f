/* The commands of hf-tokenctl that work on a fleet. Each gets the words behind its own and gives
 * the exit code. */
#ifndef HF_FLEET_COMMANDS_H
#define HF_FLEET_COMMANDS_H

struct arguments;

int key_command(struct arguments *arguments);
int provision_command(struct arguments *arguments);
int status_command(struct arguments *arguments);
int rotate_command(struct arguments *arguments);
int revoke_command(struct arguments *arguments);
int publish_command(struct arguments *arguments);

#endif
