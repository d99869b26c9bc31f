/* Times and their medians. */
#ifndef HF_TESTS_BENCH_MEDIAN_H
#define HF_TESTS_BENCH_MEDIAN_H

#include <stddef.h>

/* The present in microseconds, on a clock that nobody sets. */
double bench_now(void);

/* The median; sorts what it is given. */
double bench_median(double *times, size_t count);

#endif
