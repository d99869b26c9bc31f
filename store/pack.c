#include "store/pack.h"

#include <string.h>

void pack_bytes(struct pack *pack, const uint8_t *bytes, size_t length)
{
    if (pack->overflowed || length > sizeof pack->bytes - pack->length) {
        pack->overflowed = true;
        return;
    }
    memcpy(pack->bytes + pack->length, bytes, length);
    pack->length += length;
}

static void pack_number(struct pack *pack, uint64_t number, size_t width)
{
    uint8_t bytes[sizeof number];
    for (size_t i = 0; i < width; i++)
        bytes[i] = (uint8_t)(number >> (8 * i));
    pack_bytes(pack, bytes, width);
}

void pack_label(struct pack *pack, const char *label)
{
    pack_bytes(pack, (const uint8_t *)label, strlen(label) + 1);
}

void pack_text(struct pack *pack, const char *text)
{
    size_t length = strnlen(text, PACK_MAX);
    pack_number(pack, length, sizeof(uint16_t));
    pack_bytes(pack, (const uint8_t *)text, length);
}

void pack_u32(struct pack *pack, uint32_t number)
{
    pack_number(pack, number, sizeof number);
}

void pack_u64(struct pack *pack, uint64_t number)
{
    pack_number(pack, number, sizeof number);
}

enum hf_error pack_check(const struct pack *pack)
{
    return pack->overflowed ? HF_ENAME : HF_OK;
}
