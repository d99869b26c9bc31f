#include "pam/helper.h"

#include <string.h>

#include "common/account.h"
#include "common/wire.h"
#include "pam/options.h"

void helper_request(struct wire_request *request, enum wire_operation operation,
                    const struct account *account, const struct options *options)
{
    *request = (struct wire_request){
        .magic = WIRE_MAGIC, .operation = operation, .uid = account->uid, .gid = account->gid};
    memcpy(request->user, account->name, sizeof request->user);
    memcpy(request->home, account->home, sizeof request->home);
    memccpy(request->configuration, options->configuration, '\0',
            sizeof request->configuration - 1);
}

deadline_ms helper_deadline(const struct options *options)
{
    return clock_ms() + (deadline_ms)options->deadline * 1000;
}
