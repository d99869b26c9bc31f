/* Which token is meant: the option, else HF_TOKEN_NAME, else the nearest .hf-token file upwards,
 * else the default. */
#ifndef HF_TOOLS_SELECT_H
#define HF_TOOLS_SELECT_H

#include <limits.h>

#include "common/error.h"
#include "common/name.h"

#define SELECT_VARIABLE "HF_TOKEN_NAME"
#define SELECT_FILE     ".hf-token"

enum select_by { SELECT_BY_OPTION, SELECT_BY_VARIABLE, SELECT_BY_FILE, SELECT_BY_DEFAULT };

struct selection {
    enum select_by by;
    enum hf_error error;           /* HF_ENAME: what `by` tells holds no usable name */
    char name[TOKEN_NAME_MAX + 1]; /* empty for the default, and with an error */
    char file[PATH_MAX];           /* SELECT_BY_FILE: its path; may hold control characters */
    enum hf_error ignored;         /* why a nearer .hf-token file was passed over, or HF_OK */
    char ignored_file[PATH_MAX];   /* its path */
};

/* Selects. `option` may be NULL. Files that are not regular, belong to neither the user nor root,
   or that others may write are passed over: they could choose for somebody else. */
void select_token(const char *option, struct selection *out_selection);

/* Where the name comes from, for a message: "-n", "HF_TOKEN_NAME", the file's path, "the default".
   Borrowed from the selection, whose paths it cleans. */
const char *select_origin(struct selection *selection);

#endif
