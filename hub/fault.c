#include "hub/fault.h"

const char *hub_fault_text(enum hub_fault_kind kind)
{
    static const char *const texts[] = {
#define X(kind, text) [kind] = (text),
        HUB_FAULTS(X)
#undef X
    };
    return (unsigned)kind < HUB_FAULT_COUNT ? texts[kind] : "unknown fault";
}

bool hub_fault_is_refusal(enum hub_fault_kind kind)
{
    return kind >= HUB_REFUSED && kind < HUB_FAULT_COUNT;
}

enum hub_fault_kind hub_fault_of_other(enum hub_fault_kind kind)
{
    return kind == HUB_NOT_FOUND ? HUB_MALFORMED : kind;
}

enum hub_fault_kind hub_fault_of_body(enum hf_error error)
{
    if (error == HF_OK)
        return HUB_OK;
    return error == HF_ENOMEM ? HUB_LOCAL : HUB_MALFORMED;
}
