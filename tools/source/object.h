/* What can be asked of an engine: a user's document, a host's pool keys, the head; each with its
 * name there and here, and with the check that comes before anything is believed. */
#ifndef HF_TOOLS_SOURCE_OBJECT_H
#define HF_TOOLS_SOURCE_OBJECT_H

#include "store/head.h"
#include "store/host-keys.h"
#include "store/object-path.h"
#include "store/signed.h"
#include "tools/source/highest.h"

/* Longest user name whose files have room for our endings within NAME_MAX. */
#define OBJECT_USER_MAX 240
#define OBJECT_FILE_MAX (8 + OBJECT_USER_MAX)

struct object {
    enum signed_kind kind;
    struct object_path path;        /* in the engine */
    char file[OBJECT_FILE_MAX + 1]; /* below the folders of a source, without ending */
    const char *user;               /* borrowed; of a document */
    uint8_t host[KEY_BYTES];        /* of keys */
};

/* What is in it; of these two only that of its kind. */
struct content {
    struct highest highest;
    struct head head;
    struct host_keys keys;
};

/* HF_ENAME. */
HF_CHECKED enum hf_error object_user(const char *user, struct object *out_object);
/* The host's public key as 64 digits. HF_ENAME. */
HF_CHECKED enum hf_error object_keys(const char *hex, struct object *out_object);
HF_CHECKED enum hf_error object_head(struct object *out_object);
HF_CHECKED enum hf_error object_host_parse(const char *hex, uint8_t out_host[static KEY_BYTES]);

/* Verifies it and reads what is in it. HF_EUNSIGNED, HF_EFUTURE, HF_EOUTDATED, what parsing gives.
 */
HF_CHECKED enum hf_error object_open(const struct object *object, const struct signers *signers,
                                     uint64_t now, const char *bytes, size_t length,
                                     struct content *out_content);

#endif
