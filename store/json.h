/* Strict JSON on top of json-c: what json-c would let pass is refused before it sees a byte. */
#ifndef HF_STORE_JSON_H
#define HF_STORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"

struct json_object;

/* Deepest nesting of any of our formats, outermost object included: document, tokens, token, slots
 * (or the Hub's), slot (or its organisations). */
#define JSON_DEPTH_MAX 6
/* Values of one text, of each type and at each depth. The largest document has 1112: itself and its
   7 members; 16 tokens, each with 10 members, 8 slots of 4 values, and what the Hub said, 26 values
   with all organisations. 64 KiB of empty objects would take json-c 17 MiB. */
#define JSON_VALUES_MAX 1280
/* Integers up to here are exact in every reader: RFC 8259 section 6 warns of those over 2^53. */
#define JSON_DIGITS_MAX 15
#define JSON_NUMBER_MAX UINT64_C(999999999999999)

/* Parses at most DOCUMENT_MAX bytes. Refuses what RFC 8259 does not allow, and besides: \u0000 in a
   string, a member twice, a number that is not an unsigned integer of at most 15 digits, half of a
   surrogate pair, deeper nesting, more values than JSON_VALUES_MAX, anything but white space
   behind the value, a value that is no object. The caller owns the result (json_free).
   HF_ETOOBIG, HF_EJSON, HF_EDUPLICATE, HF_ENOMEM. */
HF_CHECKED enum hf_error json_parse(const char *bytes, size_t length,
                                    struct json_object **out_object);
void json_free(struct json_object *object);
DEFINE_SCOPED(json, struct json_object *, json_free, NULL);

/* Members of an object. Each gives HF_EFORMAT when the member is missing, of another type, or out
 * of bounds. */
HF_CHECKED enum hf_error json_text(const struct json_object *object, const char *member,
                                   char *out_text, size_t size);
HF_CHECKED enum hf_error json_number(const struct json_object *object, const char *member,
                                     uint64_t minimum, uint64_t maximum, uint64_t *out_number);
/* Base64 of RFC 4648 section 4, with padding; exactly `length` bytes. */
HF_CHECKED enum hf_error json_bytes(const struct json_object *object, const char *member,
                                    uint8_t *out_bytes, size_t length);
/* The same with any length from 1 to `size`; malloc'd, the caller frees it. */
HF_CHECKED enum hf_error json_any_bytes(const struct json_object *object, const char *member,
                                        size_t size, uint8_t **out_bytes, size_t *out_length);
/* Whether there is a member of that name; and one that is an object, borrowed from `object`. */
bool json_has(const struct json_object *object, const char *member);
HF_CHECKED enum hf_error json_member(const struct json_object *object, const char *member,
                                     const struct json_object **out_object);
/* A member that is true, or missing for false. */
HF_CHECKED enum hf_error json_flag(const struct json_object *object, const char *member,
                                   bool *out_flag);
/* Whether all members are named in `members` (NULL-terminated): HF_EFORMAT for an unknown one. */
HF_CHECKED enum hf_error json_only(const struct json_object *object, const char *const *members);

/* What all our formats begin with: a version, told first of all (HF_EVERSION). HF_EFORMAT. */
HF_CHECKED enum hf_error json_version(const struct json_object *object, uint64_t version);

/* The same, and a user, who must be this one (HF_EUSER). */
HF_CHECKED enum hf_error json_header(const struct json_object *object, uint64_t version,
                                     const char *user);

/* A member that is an array, of `minimum` to `maximum` elements, and an element that is an object,
   all borrowed from `object`; or one that is a text. HF_EFORMAT. */
HF_CHECKED enum hf_error json_list(const struct json_object *object, const char *member,
                                   size_t minimum, size_t maximum,
                                   const struct json_object **out_list, size_t *out_count);
HF_CHECKED enum hf_error json_element(const struct json_object *list, size_t index,
                                      const struct json_object **out_object);
HF_CHECKED enum hf_error json_element_text(const struct json_object *list, size_t index,
                                           char *out_text, size_t size);

/* A new object with that beginning; the caller's. `user` NULL: it has none. HF_ENOMEM, HF_EFORMAT.
 */
HF_CHECKED enum hf_error json_new(uint64_t version, const char *user,
                                  struct json_object **out_object);

/* Adds an empty array or object, and a new object or a text at an array's end. Borrowed from what
   they were added to. HF_ENOMEM; for a text that is not UTF-8 HF_EFORMAT. */
HF_CHECKED enum hf_error json_add_list(struct json_object *object, const char *member,
                                       struct json_object **out_list);
HF_CHECKED enum hf_error json_add_element(struct json_object *list,
                                          struct json_object **out_object);
HF_CHECKED enum hf_error json_add_element_text(struct json_object *list, const char *text);
HF_CHECKED enum hf_error json_add_object(struct json_object *object, const char *member,
                                         struct json_object **out_object);

/* Adds members while building. HF_ENOMEM; HF_EFORMAT for what json_parse would refuse: a text that
   is not UTF-8, a number over JSON_NUMBER_MAX. */
HF_CHECKED enum hf_error json_add_text(struct json_object *object, const char *member,
                                       const char *text);
HF_CHECKED enum hf_error json_add_number(struct json_object *object, const char *member,
                                         uint64_t number);
HF_CHECKED enum hf_error json_add_flag(struct json_object *object, const char *member);
HF_CHECKED enum hf_error json_add_bytes(struct json_object *object, const char *member,
                                        const uint8_t *bytes, size_t length);

/* The text of an object, indented and with a line end; malloc'd, the caller's. HF_ENOMEM,
   HF_ETOOBIG (over DOCUMENT_MAX). */
HF_CHECKED enum hf_error json_print(struct json_object *object, char **out_text,
                                    size_t *out_length);

#endif
