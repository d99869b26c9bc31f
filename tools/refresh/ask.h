/* How root asks a source that asks an engine, in one of its modes: as the account of sources, in a
 * process of its own. */
#ifndef HF_TOOLS_REFRESH_ASK_H
#define HF_TOOLS_REFRESH_ASK_H

#include <stddef.h>

#include "common/account.h"
#include "common/error.h"

/* The account HF_ACCOUNT. HF_EACCOUNT: there is none, or it is root by another name; what
   account_by_name gives. */
HF_CHECKED enum hf_error ask_account(struct account *out_account);

struct ask_question {
    const char *source, *mode, *word; /* tools/source/modes.h */
    const struct account *account;
};

/* Runs it. *out_length is what it wrote, also where it failed: a reason, or the findings of
   "check". What source_exit_error and child_output give. */
HF_CHECKED enum hf_error ask_source(const struct ask_question *question, void *bytes, size_t size,
                                    size_t *out_length);

/* Has a source look at the files that its section names, and calls `tell` with each line that it
   has to say of them. Gives how many these are; 0: nothing is wrong with them. */
typedef void ask_tell(const char *line, void *context);
size_t ask_check(const char *source, const struct account *account, ask_tell *tell, void *context);

#endif
