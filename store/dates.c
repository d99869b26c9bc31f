#include "store/dates.h"

#include "store/json.h"

enum hf_error dates_parse_generation(const struct json_object *object, uint64_t *out_generation)
{
    return json_number(object, "generation", 1, JSON_NUMBER_MAX, out_generation);
}

enum hf_error dates_print_generation(uint64_t generation, struct json_object *object)
{
    return generation == 0 ? HF_EFORMAT : json_add_number(object, "generation", generation);
}

enum hf_error dates_parse(const struct json_object *object, uint64_t *out_issued,
                          uint64_t *out_until)
{
    uint64_t issued = 0, until = 0;
    TRY(json_number(object, "issued", 1, JSON_NUMBER_MAX, &issued));
    TRY(json_number(object, "until", issued, JSON_NUMBER_MAX, &until));
    *out_issued = issued;
    *out_until = until;
    return HF_OK;
}

enum hf_error dates_check(uint64_t generation, uint64_t issued, uint64_t until, uint64_t now)
{
    /* Both are at most JSON_NUMBER_MAX, and `now` anything. */
    if (generation / 1000 > now && generation / 1000 - now > DATES_AHEAD)
        return HF_EFUTURE;
    if (issued > now && issued - now > DATES_AHEAD)
        return HF_EFUTURE;
    return until <= now ? HF_EOUTDATED : HF_OK;
}

enum hf_error dates_print(uint64_t issued, uint64_t until, struct json_object *object)
{
    if (issued == 0 || until < issued)
        return HF_EFORMAT;
    TRY(json_add_number(object, "issued", issued));
    return json_add_number(object, "until", until);
}
