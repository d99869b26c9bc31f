/* What `list` and `status` print of tokens, as text and as JSON, on standard output. */
#ifndef HF_HOLDINGS_OUTPUT_H
#define HF_HOLDINGS_OUTPUT_H

#include <stdbool.h>

struct holdings;
struct json_object;

/* Prints one line for each token. */
void output_tokens(const struct holdings *holdings);

/* An array with an object for each token; the caller's. */
struct json_object *output_tokens_json(const struct holdings *holdings);

#endif
