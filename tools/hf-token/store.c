#include "tools/hf-token/store.h"

#include <stddef.h>
#include <unistd.h>

#include "tools/say.h"

void store_execute(char *const *words)
{
    execv(STORE_PROGRAM, words);
}

int store_explain(const char *command, const char *option, int code)
{
    /* execv(3) takes no const for reasons of history, and writes to nothing. */
    union {
        const char *given[6];
        char *wanted[6];
    } words = {
        .given = {program_name, "explain", command, "-n", option, NULL}
    };
    if (option == NULL)
        words.given[3] = NULL;
    store_execute(words.wanted);
    return say_failure(code, HF_EIO, STORE_MISSING, "%s: %s", command, STORE_PROGRAM);
}
