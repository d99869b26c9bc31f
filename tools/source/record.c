#include "tools/source/record.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct record_header) == 32 + ENGINE_VERSION_MAX + 1, "no padding");

/* It goes into a request's header, where a line end would begin another. */
static bool version_valid(const char version[static ENGINE_VERSION_MAX + 1])
{
    size_t length = strnlen(version, ENGINE_VERSION_MAX + 1);
    for (size_t i = 0; i < length; i++)
        if (version[i] < ' ' || version[i] > '~')
            return false;
    for (size_t i = length; i <= ENGINE_VERSION_MAX; i++)
        if (version[i] != '\0')
            return false;
    return length <= ENGINE_VERSION_MAX;
}

enum hf_error record_parse(const char *bytes, size_t length, struct record *out_record)
{
    struct record_header header;
    if (length < sizeof header)
        return HF_EFORMAT;
    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, RECORD_MAGIC, sizeof header.magic) != 0 || header.confirmed == 0 ||
        header.length == 0 || header.length > ENGINE_OBJECT_MAX ||
        header.length != length - sizeof header || !version_valid(header.version))
        return HF_EFORMAT;
    *out_record = (struct record){.confirmed = header.confirmed,
                                  .head = header.head,
                                  .bytes = bytes + sizeof header,
                                  .length = header.length};
    memcpy(out_record->version.text, header.version, sizeof header.version);
    return HF_OK;
}

enum hf_error record_print(const struct record *record, char **out_bytes, size_t *out_length)
{
    struct record_header header = {
        .confirmed = record->confirmed, .head = record->head, .length = record->length};
    if (record->confirmed == 0 || record->length == 0 || record->length > ENGINE_OBJECT_MAX)
        return HF_EFORMAT;
    memcpy(header.magic, RECORD_MAGIC, sizeof header.magic);
    memcpy(header.version, record->version.text,
           strnlen(record->version.text, sizeof header.version));
    if (!version_valid(header.version))
        memset(header.version, 0, sizeof header.version);
    char *bytes = malloc(sizeof header + record->length);
    if (bytes == NULL)
        return HF_ENOMEM;
    memcpy(bytes, &header, sizeof header);
    memcpy(bytes + sizeof header, record->bytes, record->length);
    *out_bytes = bytes;
    *out_length = sizeof header + record->length;
    return HF_OK;
}
