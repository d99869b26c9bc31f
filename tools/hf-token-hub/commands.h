/* The commands of hf-token-hub. Each gets the words behind its own and gives the exit code. */
#ifndef HF_TOKEN_HUB_COMMANDS_H
#define HF_TOKEN_HUB_COMMANDS_H

struct arguments;

int login_command(struct arguments *arguments);
int doctor_command(struct arguments *arguments);

#endif
