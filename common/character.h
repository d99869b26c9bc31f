/* Which characters of a text from outside may be shown: one rule for the terminal, messages and
 * documents. */
#ifndef HF_COMMON_CHARACTER_H
#define HF_COMMON_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>

/* Looks at the UTF-8 character that the bytes begin with, RFC 3629 section 4; `length` is not 0.
   False for what steers a terminal, hides or turns text: control characters, C1 ones included, and
   those of Unicode's category Cf that do so. *out_length is the character's; 1 for a byte that
   begins none, which is not shown either. */
bool character_is_shown(const char *bytes, size_t length, size_t *out_length);

/* Whether all of a zero-terminated text may be shown. */
bool character_all_shown(const char *text);

/* Ends it before what may not be shown, such as a character that was cut in two. */
void character_trim(char *text);

#endif
