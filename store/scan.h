/* Reads JSON's grammar byte by byte before a library builds anything from it. */
#ifndef HF_STORE_SCAN_H
#define HF_STORE_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

/* What json_parse demands, duplicates aside: RFC 8259's grammar, UTF-8 as RFC 3629 has it, one
   object at most JSON_DEPTH_MAX deep, integers of at most JSON_DIGITS_MAX digits without sign, no
   U+0000, no half of a surrogate pair. *out_members is how many members all objects have together.
   HF_EJSON. */
HF_CHECKED enum hf_error scan_object(const char *bytes, size_t length, size_t *out_members);

/* Whether a text is UTF-8: no overlong form, no surrogate, nothing over U+10FFFF. */
bool scan_utf8(const char *text, size_t length);

#endif
