/* JSON for --json: building blocks that end the program when memory does, and printing. */
#ifndef HF_TOOLS_JSON_OUT_H
#define HF_TOOLS_JSON_OUT_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;
struct sealed_token;

struct json_object *json_out_object(void);
struct json_object *json_out_array(void);

/* Bytes that are no UTF-8 become question marks. */
struct json_object *json_out_string(const char *text);

/* Add a member; the object takes `value`. */
void json_out_add(struct json_object *object, const char *member, struct json_object *value);
void json_out_append(struct json_object *array, struct json_object *value);

/* NULL becomes null. */
void json_out_text(struct json_object *object, const char *member, const char *text);
void json_out_number(struct json_object *object, const char *member, uint64_t number);
void json_out_bool(struct json_object *object, const char *member, bool value);

/* A date: seconds since the epoch, null for 0. */
void json_out_when(struct json_object *object, const char *member, uint64_t when);

/* The kinds of a token's recipients: a bit for each enum slot_kind. */
unsigned seals_of(const struct sealed_token *sealed);

/* "seals": these kinds. */
void json_out_seals(struct json_object *object, unsigned seals);

/* Prints, indented, and frees it. Gives the exit code: 0, or 1, which has been said. */
int json_out_print(struct json_object *object);

/* The same for people, with commas, in the words of --seal, into `text`, which it gives, or "-". */
#define SEALS_TEXT_MAX 32
const char *seals_text(unsigned seals, char text[static SEALS_TEXT_MAX]);

#endif
