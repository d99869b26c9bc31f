/* What etcd's JSON gateway answers, etcd.io/docs/v3.4/dev-guide/api_grpc_gateway: integers of 64
 * bits are texts, bytes are base64, and what is empty, zero or false is left out. */
#ifndef HF_ENGINE_ANSWER_H
#define HF_ENGINE_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "engine/engine.h"

struct secret;

/* Bytes of an answer with one object in it, and of one with a page of keys. */
#define ANSWER_OBJECT_MAX 98304
#define ANSWER_LIST_MAX   2097152
#define ANSWER_LIST_KEYS  1000
/* Longest key, the prefix with it. */
#define ANSWER_KEY_MAX 1279
/* Longest token of a login: a JWT, where the cluster is set up so. */
#define ANSWER_TOKEN_MAX ((size_t)4096)

/* A range's answer for one key; the caller owns out_object. HF_ENOTFOUND, HF_EPROTOCOL, HF_ETOOBIG,
   HF_ENOMEM. */
HF_CHECKED enum hf_error answer_range(const char *bytes, size_t length, const char *key,
                                      struct engine_object *out_object);

/* A transaction's: HF_OK with the new version; HF_ECHANGED with the object that was in the way,
   which may be none, and is the caller's. HF_EPROTOCOL, HF_ETOOBIG, HF_ENOMEM. */
HF_CHECKED enum hf_error answer_put(const char *bytes, size_t length, const char *key,
                                    struct engine_version *out_version,
                                    struct engine_object *out_found);

/* A page of keys. `take` gets each, which begins with `prefix`, without it; its error is given
 *back. out_last is the last key of all, empty where there is none; *out_more: there are others
 *behind.
 */
struct answer_key {
    char text[ANSWER_KEY_MAX + 1];
};
HF_CHECKED enum hf_error answer_list(const char *bytes, size_t length, const char *prefix,
                                     engine_take *take, void *context, struct answer_key *out_last,
                                     bool *out_more);

/* The token of a login. HF_EPROTOCOL, HF_ENOMEM. */
HF_CHECKED enum hf_error answer_token(const char *bytes, size_t length, struct secret **out_token);

/* What an answer says that is no success: a row of known ones. The text is ours; the server's own
   could repeat what it was sent. */
struct answer_fault {
    enum hf_error error;
    bool token;   /* the token is not, or no longer, valid */
    bool no_auth; /* there are no users */
    bool final;   /* other addresses would say the same */
    const char *text;
};
struct answer_fault answer_fault(const char *bytes, size_t length, long status);

#endif
