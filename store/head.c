#include "store/head.h"

#include "store/dates.h"
#include "store/json.h"

static const char *const members[] = {"version", "generation", "issued", "until", "open", NULL};

enum hf_error head_parse(const char *bytes, size_t length, struct head *out_head)
{
    SCOPED(json) struct json_object *object = NULL;
    struct head head = {0};
    TRY(json_parse(bytes, length, &object));
    TRY(json_version(object, HEAD_VERSION));
    TRY(json_only(object, members));
    TRY(dates_parse_generation(object, &head.generation));
    TRY(dates_parse(object, &head.issued, &head.until));
    TRY(json_flag(object, "open", &head.open));
    *out_head = head;
    return HF_OK;
}

enum hf_error head_print(const struct head *head, char **out_text, size_t *out_length)
{
    SCOPED(json) struct json_object *object = NULL;
    TRY(json_new(HEAD_VERSION, NULL, &object));
    TRY(dates_print_generation(head->generation, object));
    TRY(dates_print(head->issued, head->until, object));
    if (head->open)
        TRY(json_add_flag(object, "open"));
    return json_print(object, out_text, out_length);
}
