/* The programs beside hf-token, for what is not in a hurry. */
#ifndef HF_TOOLS_BESIDE_H
#define HF_TOOLS_BESIDE_H

#include "tools/command.h"

#define STORE_PROGRAM HF_HELPER_FOLDER "/hf-token-store"
#define HUB_PROGRAM   HF_HELPER_FOLDER "/hf-token-hub"

/* The next step where one of them is not there. */
#define BESIDE_MISSING "The installation is not complete: install pam-hf-token again."

/* The program's path, for `program` other than PROGRAM_HERE; a static string. */
const char *beside_path(enum program program);

/* Executes it with these words and this process's environment. It returns only where that fails,
   which is not said here. */
void beside_execute(enum program program, char *const *words);

/* What there is to say of a token that is not in the ring: hf-token-store looks at the documents
   and exits. Where it cannot be executed, this says the error itself and gives `code`. `option` is
   the value of -n, or NULL. */
int beside_explain(const char *command, const char *option, int code);

#endif
