#include "tools/source/freshness.h"

uint64_t freshness_head(const struct kept *head)
{
    return head->file != NULL && !head->content.head.open ? head->content.head.generation : 0;
}

/* A head that was confirmed in the future says nothing about the present. */
static bool head_speaks(const struct freshness *fresh)
{
    const uint64_t generation = freshness_head(fresh->head);
    return fresh->object->file != NULL && generation != 0 &&
           generation == fresh->object->record.head && fresh->head->record.confirmed <= fresh->now;
}

bool freshness_vouched(const struct freshness *fresh)
{
    return head_speaks(fresh) && fresh->object->record.confirmed <= fresh->now &&
           fresh->now - fresh->head->record.confirmed <= FRESH_HEAD;
}

uint64_t freshness_confirmed(const struct freshness *fresh)
{
    const uint64_t own = fresh->object->record.confirmed;
    if (fresh->object->file == NULL)
        return 0;
    if (own > fresh->now)
        return own - fresh->now <= FRESH_AHEAD ? fresh->now : 0;
    if (head_speaks(fresh) && fresh->head->record.confirmed > own)
        return fresh->head->record.confirmed;
    return own;
}

bool freshness_within(const struct freshness *fresh, uint32_t maximum)
{
    const uint64_t confirmed = freshness_confirmed(fresh);
    return confirmed != 0 && fresh->now - confirmed <= maximum;
}
