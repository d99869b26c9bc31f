/* The way to hf-token-store, the program beside this one for what is not in a hurry. */
#ifndef HF_TOKEN_STORE_H
#define HF_TOKEN_STORE_H

#define STORE_PROGRAM HF_HELPER_FOLDER "/hf-token-store"

/* The next step where that program is not there. */
#define STORE_MISSING "The installation is not complete: install pam-hf-token again."

/* Executes hf-token-store with these words and this process's environment. It returns only where
   that fails, which is not said here. */
void store_execute(char *const *words);

/* What there is to say of a token that is not in the ring: hf-token-store looks at the documents
   and exits. Where it cannot be executed, this says the error itself and gives `code`. `option` is
   the value of -n, or NULL. */
int store_explain(const char *command, const char *option, int code);

#endif
