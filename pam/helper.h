/* What the module's phases ask of the session helper, common/helper.h. */
#ifndef HF_PAM_HELPER_H
#define HF_PAM_HELPER_H

#include "common/io.h"
#include "common/wire.h"

struct account;
struct options;

/* Fills in the fixed part of a request. */
void helper_request(struct wire_request *request, enum wire_operation operation,
                    const struct account *account, const struct options *options);

/* When everything that this call of the module does must be over. */
deadline_ms helper_deadline(const struct options *options);

#endif
