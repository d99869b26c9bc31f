/* From what is wanted to the token, or to why not. */
#ifndef HF_DEMAND_DECIDE_H
#define HF_DEMAND_DECIDE_H

#include <stdbool.h>

#include "common/account.h"
#include "common/error.h"
#include "common/io.h"
#include "common/name.h"
#include "common/secret.h"
#include "common/scope.h"

struct demand;

/* The outcome, with what the log says of it. */
struct decision {
    enum hf_error error;  /* why there is no token; one of those that demand_errno has, or other */
    struct secret *token; /* owned; with HF_OK */
    unsigned seconds;     /* that it may be used; at least 1 with HF_OK */
    char user[USER_NAME_MAX + 1];       /* empty: none of that uid */
    char source[SOURCE_NAME_MAX + 1];   /* one that was in trouble, or empty */
    enum hf_error trouble;              /* what that was */
    char reason[SOURCE_REASON_MAX + 1]; /* its own word for it, or what is wrong with the site's
                                           settings; or empty */
    bool cached;                        /* the token is of a document of the cache */
    bool quiet;                         /* one of many: not for the log */
};
void decision_clear(struct decision *decision);
static inline void decision_scope_end(struct decision *held)
{
    decision_clear(held);
}

/* Decides, until that time at the most. `wanted` is what authority_demand gave, `named` whether
   that was a usable name. */
void decide(const struct demand *wanted, bool named, deadline_ms until,
            struct decision *out_decision);

#endif
