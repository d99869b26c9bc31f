#include "tools/demanded.h"

#include <stddef.h>

#include "keyring/demand.h"
#include "keyring/ring.h"
#include "tools/exit.h"
#include "tools/obtain.h"
#include "tools/say.h"

/* Each refusal's exit code and next step. */
static const struct refused {
    enum hf_error error;
    int code;
    const char *next;
} refused[] = {
    {HF_ENOTFOUND,   TOOL_NONE,
     "No source gave one for you on this machine. It is asked again in a minute."                   },
    {HF_EEXPIRED,    TOOL_NONE,   "Whoever provides it has to renew it."                            },
    {HF_EPOLICY,     TOOL_NONE,
     "Without a session the administrator decides: hf-tokenctl on-demand status. Or log in."        },
    {HF_ENOPASSWORD, TOOL_LOCKED,
     "Only a login can open it. For jobs, add one with: hf-token login --seal host"                 },
    {HF_EALTERED,    TOOL_FAILED, "Tell the administrator; the machine's authentication log has it."},
    {HF_EUNAVAIL,    TOOL_FAILED, "It is asked again in a minute; a login may have better luck."    },
    {HF_EDEADLINE,   TOOL_FAILED, "It is asked again in a minute."                                  },
    {HF_ETRYAGAIN,   TOOL_FAILED,
     "Too many processes of yours have asked for tokens. Wait a minute."                            },
    {HF_ECONFIG,     TOOL_FAILED, "Tell the administrator: hf-tokenctl on-demand status"            },
};

static const struct refused *find_refused(enum hf_error error)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (refused[i].error == error)
            return &refused[i];
    return NULL;
}

bool demanded_wanted(void)
{
    ring_serial ring = 0;
    enum ring_way way;
    if (!demand_enabled())
        return false;
    return ring_find(&ring, &way) != HF_OK || !(ring_is_empty(ring) || ring_is_locked(ring));
}

bool demanded_tells(enum hf_error error)
{
    ring_serial ring = 0;
    enum ring_way way;
    return find_refused(error) != NULL && ring_find(&ring, &way) != HF_OK;
}

int demanded_say(const struct want *want, const char *name, enum hf_error error)
{
    const struct refused *found = find_refused(error);
    const int code = found != NULL && want->failure == TOOL_FAILED ? found->code : want->failure;
    return say_failure(code, error, found != NULL ? found->next : NULL, "%s: %s without a session",
                       want->command, name[0] != '\0' ? name : "the default token");
}
