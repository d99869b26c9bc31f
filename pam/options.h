/* The words behind the module's name in a file of pam.d(5). */
#ifndef HF_PAM_OPTIONS_H
#define HF_PAM_OPTIONS_H

#include <security/pam_modules.h>
#include <stdbool.h>
#include <sys/types.h>

struct options {
    bool debug, quiet, expose_env;
    const char *configuration; /* borrowed from argv, or a static string */
    unsigned deadline;         /* seconds, for all that one call of the module does */
    uid_t minimum_uid;
};

/* Always gives usable options: what is unknown or out of bounds is logged, and its default holds.
 */
struct options options_parse(pam_handle_t *pamh, int argc, const char **argv);

#endif
