/* Text from outside made fit for a terminal, a log line and a message. */
#ifndef HF_HUB_PRINTABLE_H
#define HF_HUB_PRINTABLE_H

#include <stddef.h>

/* What looks like a token is blotted out: "hf_" or "api_org_" at the beginning of a word, with at
   least `shortest` characters of a token behind. In an error's text, anything; in a name that a
   person chose, what is as long as real ones. */
#define BLOT_ANY  1
#define BLOT_LONG 20

/* Copies at most what fits into `size` bytes with the zero byte, cut at a character. What is not
   UTF-8, and characters that steer a terminal or hide or turn text, become '?'; white space at
   both ends goes. */
void printable_copy(const char *bytes, size_t length, size_t shortest, char *out_text, size_t size);

#endif
