/* What the tools say to people, all on standard error: failures with their next step, and notes. */
#ifndef HF_TOOLS_SAY_H
#define HF_TOOLS_SAY_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"

/* Each program defines its own: what its messages begin with. */
extern const char program_name[];

/* Room for a next step that holds a name or a path. */
#define NEXT_MAX 512

/* Prints "PROGRAM: WHAT: WHY", where WHY is the error's text, with errno's for HF_EIO and
   HF_EKERNEL, and where `next` is not NULL a second line with that. HF_OK leaves WHY out: WHAT then
   says all. Gives `code`. */
__attribute__((format(printf, 4, 5))) int say_failure(int code, enum hf_error error,
                                                      const char *next, const char *what, ...);

/* Formats a next step into the buffer and gives it; what does not fit is cut. */
__attribute__((format(printf, 2, 3))) const char *say_next(char buffer[static NEXT_MAX],
                                                           const char *format, ...);

/* What a word ends with that counts so many. */
static inline const char *say_plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* Prints "PROGRAM: ..." as one line. */
__attribute__((format(printf, 1, 2))) void say_note(const char *format, ...);

/* Puts '?' for each character that common/character.h does not show, and for each byte that is not
   UTF-8, so that a path cannot steer the terminal; in place, gives `text`. */
char *say_clean(char *text);

/* Whether an option's name, `length` bytes without its dashes, may be repeated in a message. */
bool say_option(const char *name, size_t length);

/* Whether a word may be repeated in a message: it has a plain name's form and cannot be a token. */
bool say_quotable(const char *word);

/* Whether a word has the beginning of a token of the Hub, and so must not become a name. */
bool say_like_token(const char *word);

/* Whether a text has such a word anywhere in it, also stuck to other letters. */
bool say_holds_token(const char *text);

#endif
