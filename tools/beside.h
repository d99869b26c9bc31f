/* The programs beside hf-token and hf-tokenctl, for what is not in a hurry. */
#ifndef HF_TOOLS_BESIDE_H
#define HF_TOOLS_BESIDE_H

#include "tools/command.h"

#define STORE_PROGRAM HF_HELPER_FOLDER "/hf-token-store"
#define HUB_PROGRAM   HF_HELPER_FOLDER "/hf-token-hub"
#define FLEET_PROGRAM HF_HELPER_FOLDER "/hf-token-fleet"

/* The next step where one of them is not there. */
#define BESIDE_MISSING "The installation is not complete: install pam-hf-token again."

/* The program's path, for `program` other than PROGRAM_HERE; a static string. */
const char *beside_path(enum program program);

/* Executes it with these words and this process's environment. It returns only where that fails,
   which is not said here. */
void beside_execute(enum program program, char *const *words);

/* Lets hf-token-hub refresh the token of that name, and waits for its end. It gets this process's
   environment, for proxies, and its standard error, for what it has to say. Gives its exit code, or
   -1 where that is not to be had. Nothing of this process is changed: its command may still follow.
   Ctrl-C ends both; what the Hub has given by then is not lost, hf-token-hub sees to that. */
int beside_refresh(const char *name);

/* What there is to say of a token that is not in the ring: hf-token-store looks at the documents
   and exits. Where it cannot be executed, this says the error itself and gives `code`. `option` is
   the value of -n, or NULL. */
int beside_explain(const char *command, const char *option, int code);

#endif
