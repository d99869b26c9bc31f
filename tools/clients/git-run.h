/* git itself, which alone changes its configuration. */
#ifndef HF_CLIENTS_GIT_RUN_H
#define HF_CLIENTS_GIT_RUN_H

#include <stddef.h>

#include "common/error.h"

/* Values of one key, in their order. */
#define GIT_VALUES_MAX  32
#define GIT_VALUES_SIZE 16384
struct git_values {
    char bytes[GIT_VALUES_SIZE];
    const char *all[GIT_VALUES_MAX]; /* into `bytes` */
    size_t count;
};

/* Runs `git config --global ARGUMENTS...`, found by PATH, with this process's environment; NULL
   ends the arguments. *out_status is its exit code. HF_ENOTFOUND (there is no git), HF_ECHILD. */
HF_CHECKED enum hf_error git_config(const char *const *arguments, int *out_status);

/* All values of a key; none is no error. HF_ENOTFOUND, HF_ECHILD, HF_ETOOBIG. */
HF_CHECKED enum hf_error git_config_values(const char *key, struct git_values *out_values);

#endif
