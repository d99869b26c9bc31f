#include "tools/beside.h"

#include <stddef.h>
#include <unistd.h>

#include "tools/say.h"

const char *beside_path(enum program program)
{
    return program == PROGRAM_HUB ? HUB_PROGRAM : STORE_PROGRAM;
}

void beside_execute(enum program program, char *const *words)
{
    execv(beside_path(program), words);
}

int beside_explain(const char *command, const char *option, int code)
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
    beside_execute(PROGRAM_STORE, words.wanted);
    return say_failure(code, HF_EIO, BESIDE_MISSING, "%s: %s", command, STORE_PROGRAM);
}
