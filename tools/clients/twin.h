/* Whether a token that was found in clear is in a document already. */
#ifndef HF_CLIENTS_TWIN_H
#define HF_CLIENTS_TWIN_H

#include "common/name.h"

struct secret;
struct token_about;

enum twin {
    TWIN_NONE,
    TWIN_IN_RING, /* the ring has it; what the document has of that name may be another one */
    TWIN_STORED
};

/* What the ring has is from a document, but that may have another token of the name since: from
   another machine, where the home is shared, or from another session. Sealed tokens cannot be
   looked into; the Hub's word tells, which the document has of its own (store/about.h) and `about`
   of the one that was found. *out_name is the name in the ring, but for TWIN_NONE. */
enum twin twin_find(const struct secret *token, const struct token_about *about,
                    char out_name[TOKEN_NAME_MAX + 1]);

#endif
