/* The commands of hf-token-store. Each gets the words behind its own and gives the exit code. */
#ifndef HF_TOKEN_STORE_COMMANDS_H
#define HF_TOKEN_STORE_COMMANDS_H

struct arguments;

int list_command(struct arguments *arguments);
int use_command(struct arguments *arguments);
int rename_command(struct arguments *arguments);
int logout_command(struct arguments *arguments);
int unlock_command(struct arguments *arguments);
int status_command(struct arguments *arguments);
int hook_command(struct arguments *arguments);

/* hf-token's own, not for people: `explain COMMAND [-n NAME]` says why COMMAND found no token.
   `words` are those behind "explain". */
int explain_command(char **words);

#endif
