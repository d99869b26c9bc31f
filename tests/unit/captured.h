/* What a piece of a tool writes to a descriptor, kept for the test to compare. */
#ifndef HF_TESTS_UNIT_CAPTURED_H
#define HF_TESTS_UNIT_CAPTURED_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/check.h"

struct capture {
    int fd, saved, memory;
};

/* From here to capture_end, what goes to `fd` is kept. */
static inline struct capture capture_begin(int fd)
{
    struct capture capture = {.fd = fd};
    (void)fflush(stdout);
    capture.saved = dup(fd);
    capture.memory = memfd_create("captured", MFD_CLOEXEC);
    assert_true(capture.saved >= 0 && capture.memory >= 0);
    assert_int_equal(dup2(capture.memory, fd), fd);
    return capture;
}

/* The text, malloc'd. */
static inline char *capture_end(struct capture *capture)
{
    (void)fflush(stdout);
    assert_int_equal(dup2(capture->saved, capture->fd), capture->fd);
    const off_t length = lseek(capture->memory, 0, SEEK_END);
    char *text = calloc(1, (size_t)length + 1);
    assert_non_null(text);
    assert_int_equal(pread(capture->memory, text, (size_t)length, 0), length);
    close(capture->memory);
    close(capture->saved);
    return text;
}

#endif
