/* The commands of hf-token-hub. Each gets the words behind its own and gives the exit code. */
#ifndef HF_TOKEN_HUB_COMMANDS_H
#define HF_TOKEN_HUB_COMMANDS_H

struct arguments;

int login_command(struct arguments *arguments);
int doctor_command(struct arguments *arguments);
int whoami_command(struct arguments *arguments);
int check_command(struct arguments *arguments);
int rotate_command(struct arguments *arguments);
int revoke_command(struct arguments *arguments);
int import_command(struct arguments *arguments);
int git_credential_command(struct arguments *arguments);
int git_setup_command(struct arguments *arguments);

/* refresh NAME, which hf-token itself calls: renews the token by the grant in the ring. */
int refresh_command(char **words);

#endif
