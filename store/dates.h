/* What all that is published says of itself: which generation it is, and from when until when it
 * holds. */
#ifndef HF_STORE_DATES_H
#define HF_STORE_DATES_H

#include <stdint.h>

#include "common/error.h"

struct json_object;

/* The member `generation` of what cannot but be published: from 1 on, so that 0 is "none was seen".
   HF_EFORMAT. */
HF_CHECKED enum hf_error dates_parse_generation(const struct json_object *object,
                                                uint64_t *out_generation);

/* HF_EFORMAT for what that would refuse, HF_ENOMEM. */
HF_CHECKED enum hf_error dates_print_generation(uint64_t generation, struct json_object *object);

/* The members `issued` and `until`: seconds since the epoch from 1 on, the second not before the
   first. HF_EFORMAT. */
HF_CHECKED enum hf_error dates_parse(const struct json_object *object, uint64_t *out_issued,
                                     uint64_t *out_until);

/* Seconds that an admin's clock may be ahead of a host's. */
#define DATES_AHEAD 86400

/* Whether what says this of itself can be believed now. Generations are milliseconds of an admin's
   clock: one that lies ahead would outlast its signer, because nothing lower is taken after it.
   HF_EFUTURE, HF_EOUTDATED (from the second `until` on). */
HF_CHECKED enum hf_error dates_check(uint64_t generation, uint64_t issued, uint64_t until,
                                     uint64_t now);

/* HF_EFORMAT for what dates_parse would refuse, HF_ENOMEM. */
HF_CHECKED enum hf_error dates_print(uint64_t issued, uint64_t until, struct json_object *object);

#endif
