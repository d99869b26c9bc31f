/* The vectors of what an administrator publishes. */
#ifndef HF_TESTS_VECTORS_FLEET_H
#define HF_TESTS_VECTORS_FLEET_H

struct json_object;

/* Draws from libsodium's randombytes; the caller owns the object. `document` is alice's, with one
   token; a failure ends the program. */
struct document;
struct json_object *fleet_vectors(struct document *document);

#endif
