/* In a program that prints vectors a failure is a mistake of the program. */
#ifndef HF_TESTS_VECTORS_OK_H
#define HF_TESTS_VECTORS_OK_H

#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"

#define OK(call)                                                                                   \
    do {                                                                                           \
        enum hf_error ok_ = (call);                                                                \
        if (ok_ != HF_OK) {                                                                        \
            fprintf(stderr, "line %d: %s\n", __LINE__, error_name(ok_));                           \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#endif
