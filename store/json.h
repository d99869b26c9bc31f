/* Strict JSON on top of json-c: what json-c would let pass is refused before it sees a byte. */
#ifndef HF_STORE_JSON_H
#define HF_STORE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"

struct json_object;

/* Deepest nesting of any of our formats, outermost object included: document, tokens, token, slots, slot. */
#define JSON_DEPTH_MAX 6

/* Parses at most DOCUMENT_MAX bytes. Refuses what RFC 8259 does not allow, and besides: \u0000 in a string, a
   member twice, a number that is not an integer of at most 15 digits, deeper nesting, anything but white space
   behind the value, a value that is no object. The caller owns the result (json_free).
   HF_ETOOBIG, HF_EJSON, HF_EDUPLICATE, HF_ENOMEM. */
HF_CHECKED enum hf_error json_parse(const char *bytes, size_t length, struct json_object **out_object);
void json_free(struct json_object *object);
DEFINE_SCOPED(json, struct json_object *, json_free, NULL);

/* Members of an object. Each gives HF_EFORMAT when the member is missing, of another type, or out of bounds. */
HF_CHECKED enum hf_error json_text(const struct json_object *object, const char *member, char *out_text,
                                   size_t size);
HF_CHECKED enum hf_error json_number(const struct json_object *object, const char *member, uint64_t minimum,
                                     uint64_t maximum, uint64_t *out_number);
/* Base64 of RFC 4648 section 4, with padding; exactly `length` bytes. */
HF_CHECKED enum hf_error json_bytes(const struct json_object *object, const char *member, uint8_t *out_bytes,
                                    size_t length);
/* The same with any length from 1 to `size`; malloc'd, the caller frees it. */
HF_CHECKED enum hf_error json_any_bytes(const struct json_object *object, const char *member, size_t size,
                                        uint8_t **out_bytes, size_t *out_length);
/* Whether all members are named in `members` (NULL-terminated): HF_EFORMAT for an unknown one. */
HF_CHECKED enum hf_error json_only(const struct json_object *object, const char *const *members);

/* Adds members while building. HF_ENOMEM. */
HF_CHECKED enum hf_error json_add_text(struct json_object *object, const char *member, const char *text);
HF_CHECKED enum hf_error json_add_number(struct json_object *object, const char *member, uint64_t number);
HF_CHECKED enum hf_error json_add_bytes(struct json_object *object, const char *member,
                                        const uint8_t *bytes, size_t length);

/* The text of an object, indented and with a line end; malloc'd, the caller's. HF_ENOMEM, HF_ETOOBIG (over
   DOCUMENT_MAX). */
HF_CHECKED enum hf_error json_print(struct json_object *object, char **out_text, size_t *out_length);

#endif
