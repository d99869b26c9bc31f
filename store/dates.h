/* From when until when something published holds. */
#ifndef HF_STORE_DATES_H
#define HF_STORE_DATES_H

#include <stdint.h>

#include "common/error.h"

struct json_object;

/* The members `issued` and `until`: seconds since the epoch from 1 on, the second not before the
   first. HF_EFORMAT. */
HF_CHECKED enum hf_error dates_parse(const struct json_object *object, uint64_t *out_issued,
                                     uint64_t *out_until);

/* HF_EFORMAT for what dates_parse would refuse, HF_ENOMEM. */
HF_CHECKED enum hf_error dates_print(uint64_t issued, uint64_t until, struct json_object *object);

#endif
