/* Reads members of a file of vectors, each of which must be there. */
#ifndef HF_TESTS_VECTORS_READING_H
#define HF_TESTS_VECTORS_READING_H

#include <json-c/json.h>

#include "store/json.h"
#include "store/slot.h"
#include "tests/unit/check.h"

static inline struct json_object *member_of(struct json_object *object, const char *member)
{
    struct json_object *value = NULL;
    assert_true(json_object_object_get_ex(object, member, &value));
    return value;
}

static inline const char *text_of(struct json_object *object, const char *member)
{
    return json_object_get_string(member_of(object, member));
}

/* A pair, whose halves must belong together. */
static inline struct key_pair pair_of(struct json_object *object)
{
    struct key_pair pair = {0};
    struct secret *private_key = NULL;
    uint8_t bytes[KEY_BYTES];
    OK(json_bytes(object, "private", bytes, sizeof bytes));
    OK(secret_copy(bytes, sizeof bytes, &private_key));
    OK(key_pair_from(private_key, &pair));
    OK(json_bytes(object, "public", bytes, sizeof bytes));
    assert_memory_equal(pair.public_key, bytes, sizeof bytes);
    return pair;
}

#endif
