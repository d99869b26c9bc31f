/* Counts secrets as they come and go. For programs that are linked with -Wl,--wrap= of secret_new,
 * secret_copy and secret_free. */
#ifndef HF_TESTS_COUNTED_H
#define HF_TESTS_COUNTED_H

/* How many secrets there are. */
extern int secrets_counted;

#endif
