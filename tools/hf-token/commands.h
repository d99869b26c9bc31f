/* The commands that run in hf-token itself. Each gets the words behind its own and gives the exit
 * code. */
#ifndef HF_TOKEN_COMMANDS_H
#define HF_TOKEN_COMMANDS_H

struct arguments;

int run_command(struct arguments *arguments);
int token_command(struct arguments *arguments);
int env_command(struct arguments *arguments);
int lock_command(struct arguments *arguments);

#endif
