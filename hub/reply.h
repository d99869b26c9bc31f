/* The JSON of an answer, read loosely: the Hub adds to it. */
#ifndef HF_HUB_REPLY_H
#define HF_HUB_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/scope.h"

struct json_object;
struct secret;

#define REPLY_DEPTH_MAX 32
/* Values of one answer. json-c takes some 270 bytes for each, so that 1 MiB of them would take a
   hundred times as much. */
#define REPLY_VALUES_MAX 20000

/* Takes the text of a member of the outermost object out of the answer: its bytes there are
   overwritten. For what json-c must not see, since it does not wipe its memory. *out_value is NULL
   where there is none, or it is no text. HF_EFORMAT (twice; empty; or with escapes other than of
   the three characters / \ "), HF_ENOMEM. Whether the rest is JSON, reply_parse says. */
HF_CHECKED enum hf_error reply_cut(struct secret *answer, const char *member,
                                   struct secret **out_value);

/* HF_EJSON, HF_EFORMAT (not an object), HF_ETOOBIG (over HUB_ANSWER_MAX or REPLY_VALUES_MAX),
   HF_ENOMEM. The caller owns the result. */
HF_CHECKED enum hf_error reply_parse(const char *bytes, size_t length,
                                     struct json_object **out_reply);
void reply_free(struct json_object *reply);
DEFINE_SCOPED(reply, struct json_object *, reply_free, NULL);

/* A member's value, borrowed; NULL where it is missing or of another type, or `object` is NULL. */
const struct json_object *reply_object(const struct json_object *object, const char *member);
const struct json_object *reply_list(const struct json_object *object, const char *member,
                                     size_t *out_count);

/* The text of a member or of an element, made printable and cut to `size`; empty where there is
   none. */
void reply_text(const struct json_object *object, const char *member, char *out_text, size_t size);
void reply_text_at(const struct json_object *list, size_t index, char *out_text, size_t size);
const struct json_object *reply_object_at(const struct json_object *list, size_t index);

/* Exactly the member's text. False: there is none, it does not fit, or it has bytes other than
   printable ASCII. */
bool reply_exact_text(const struct json_object *object, const char *member, char *out_text,
                      size_t size);

/* A number from 0 to `maximum`, a larger one cut to it; `missing` where there is none. */
uint64_t reply_number(const struct json_object *object, const char *member, uint64_t maximum,
                      uint64_t missing);
bool reply_flag(const struct json_object *object, const char *member);

#endif
