/* One run of a source: what the site has set, how long it may take, and its engine. */
#ifndef HF_TOOLS_SOURCE_ASKING_H
#define HF_TOOLS_SOURCE_ASKING_H

#include "common/name.h"
#include "engine/engine.h"
#include "site/settings.h"
#include "store/signed.h"
#include "tools/source/cache.h"

/* Longest time that a source is given, in milliseconds. */
#define ASKING_MAX 60000

struct asking {
    enum engine_kind kind;
    struct site_settings settings;
    struct signers signers;
    struct cache cache;
    deadline_ms network; /* until then the engine may take */
    deadline_ms until;   /* and the disk; behind it is what the answer needs to get out */
    bool insists;        /* an outage of a moment ago is no reason not to ask */
    char reason[SOURCE_REASON_MAX + 1]; /* of the last failure, for people; or empty */
    struct engine *engine;
};

/* Fills a struct of zeros, which stays where it is. `given` is how long whoever started us waits,
   in milliseconds. HF_ECONFIG, HF_EUNSIGNED where no signer is pinned, HF_ENOMEM; of the first two
   the reason names the file. */
HF_CHECKED enum hf_error asking_start(enum engine_kind kind, deadline_ms given,
                                      struct asking *asking);
void asking_end(struct asking *asking);
static inline void asking_scope_end(struct asking *held)
{
    asking_end(held);
}

/* Sets the reason: what does not fit is cut. */
__attribute__((format(printf, 2, 3))) void asking_say(struct asking *asking, const char *what, ...);

/* The engine, made when it is first needed; borrowed. HF_ECONFIG, HF_ENOMEM. */
HF_CHECKED enum hf_error asking_engine(struct asking *asking, struct engine **out_engine);

#endif
