/* What a key of the settings may be set to. */
#ifndef HF_SITE_VALUE_H
#define HF_SITE_VALUE_H

#include <stdbool.h>

/* Puts a value, which ends with a zero byte, where it belongs; false: it is not of that kind. Texts
   go into SITE_TEXT_MAX + 1 bytes. */
typedef bool take_value(const char *value, void *field);

/* What a value of that kind is, for whoever set another. */
#define WANT_TEXT     "a text is wanted, of at most 255 characters that can be shown"
#define WANT_PATH     "a path that begins with / is wanted"
#define WANT_USER     "a name without colon and space is wanted"
#define WANT_PREFIX   "letters, digits and . _ - / are wanted"
#define WANT_URL      "https://HOST[:PORT][/PATH] is wanted, at most 8 of them"
#define WANT_FLAG     "yes or no is wanted"
#define WANT_DURATION "a time such as 90s, 30m, 24h or 90d is wanted, at most a year"

/* What can be shown; not empty. */
take_value value_text;
/* An absolute path; a user's name without colon and space; what begins etcd's keys. */
take_value value_path, value_user, value_prefix;
/* https://HOST[:PORT][/PATH]; what could be a password, a query or a way out of the path is not
   let through. Slashes at the end go. */
take_value value_url;
/* yes or no, into a bool. */
take_value value_flag;
/* Digits and a unit of s, m, h, d, such as 90s, into a uint32_t of seconds; not 0, and a year at
   the most. */
take_value value_duration;

#endif
