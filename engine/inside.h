/* What the engines share: the one behind struct engine, and each kind's operations. */
#ifndef HF_ENGINE_INSIDE_H
#define HF_ENGINE_INSIDE_H

#include "engine/engine.h"

struct secret;

#define ENGINE_REASON_MAX 511

/* What a kind of engine can do, with engine.h's promises. `conditional`: a task's `expected` is the
   version that the caller has. */
struct engine_operations {
    void (*get_all)(struct engine *engine, struct engine_task *tasks, size_t count,
                    bool conditional, deadline_ms until);
    void (*put_all)(struct engine *engine, struct engine_task *tasks, size_t count,
                    deadline_ms until);
    enum hf_error (*list)(struct engine *engine, const char *prefix, deadline_ms until,
                          engine_take *take, void *context);
};
/* Of the kind folder: whether it is there, and can be read. HF_EUNAVAIL, HF_EIO, with the reason.
 */
HF_CHECKED enum hf_error folder_check(struct engine *engine);

extern const struct engine_operations folder_operations, https_operations, etcd_operations;

struct engine {
    const struct engine_operations *operations;
    const struct site_engine *place; /* borrowed */
    char reason[ENGINE_REASON_MAX + 1];
    const char *cause; /* engine_cause's, or NULL */
    bool insists;      /* engine_insist */
    /* Servers alone. */
    void *multi;             /* a CURLM */
    size_t preferred;        /* the address that answered last */
    struct secret *password; /* NULL until it is needed */
    bool compares;           /* https: it was seen to compare versions */
    bool weak;               /* https: its ETags are weak, also of objects that are not new */
    char *session_file;      /* etcd: where the token is kept, or NULL */
    struct secret *session;  /* etcd: the token, or NULL */
    unsigned session_serial; /* rises with each token */
    bool session_off;        /* etcd has no users */
};

/* Keeps a reason: where, and why, made fit to be shown. */
void engine_note(struct engine *engine, const char *where, const char *why);

/* The same of a file or folder that could not be read: as which account, and errno's word. */
void engine_note_unreadable(struct engine *engine, const char *path, int why);

/* Whether the key of a client's certificate is kept as a password is; HF_OK also where there is
   none, which is libcurl's to tell. HF_ECONFIG, with the reason. */
HF_CHECKED enum hf_error engine_check_key(struct engine *engine);

/* The password of place->password_file, a line; read once. HF_ECONFIG, HF_ENOMEM. */
HF_CHECKED enum hf_error engine_password(struct engine *engine);

/* A version that is made from the bytes themselves, for engines that give none. */
struct engine_version engine_version_of(const void *bytes, size_t length);

/* Whether it can be an object's path: parts of A-Z a-z 0-9 . _ - %, none empty and none that begins
   with a dot. */
bool engine_path_valid(const char *path);

#endif
