/* Engines: what holds published objects. A folder, HTTPS servers, etcd; they move bytes, and are
 * believed in nothing. */
#ifndef HF_ENGINE_ENGINE_H
#define HF_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/io.h"
#include "common/scope.h"
#include "site/settings.h"

/* Largest object: a signed document, store/signed.h. */
#define ENGINE_OBJECT_MAX 65792
/* An ETag, etcd's mod_revision in decimal, or a hash of the bytes; to be kept as it is. */
#define ENGINE_VERSION_MAX 127
/* Longest that one endpoint of several may take to connect, and in all; and all endpoints together:
   a stopped node accepts and hangs. Milliseconds, of engine_get; the other calls are an admin's,
   and wait longer, as engine_insist has engine_get do. */
#define ENGINE_CONNECT  300
#define ENGINE_ENDPOINT 1000
#define ENGINE_PATIENCE 3000

struct engine;

struct engine_version {
    char text[ENGINE_VERSION_MAX + 1]; /* empty: there is no such object */
};

struct engine_object {
    char *bytes; /* owned, malloc'd */
    size_t length;
    struct engine_version version;
};
void engine_object_clear(struct engine_object *object);
static inline void engine_object_scope_end(struct engine_object *held)
{
    engine_object_clear(held);
}

/* Starts libcurl, with memory that is wiped when it is freed, and has SIGPIPE ignored; once, before
   anything else of engine/. HF_ENOMEM. */
HF_CHECKED enum hf_error engine_start(void);

/* `place` is borrowed until engine_free; nothing is asked yet. `session_file`: where etcd's token
   of a login is kept between runs (0600), or NULL. HF_ECONFIG (no address), HF_ENOMEM. */
HF_CHECKED enum hf_error engine_new(const struct site_engine *place, const char *session_file,
                                    struct engine **out_engine);
void engine_free(struct engine *engine);

/* An admin's engine: what it says decides what is published next. A get waits as long as the other
   calls, and a cluster whose nodes do not come together gives nothing, rather than what one of them
   has. */
void engine_insist(struct engine *engine);
DEFINE_SCOPED(engine, struct engine *, engine_free, NULL);

/* Gets an object. `known` NULL, or the version that the caller has: HF_EUNCHANGED when it still is
   that. HF_ENOTFOUND, HF_EUNAVAIL, HF_EDEADLINE, HF_EREFUSED (401, 403), HF_EUNTRUSTED, HF_ETOOBIG,
   HF_EPROTOCOL, HF_ECONFIG (a file of certificates, the key's or the password's), HF_ENAME (the
   path), HF_ETYPE, HF_EIO, HF_ENOMEM. */
HF_CHECKED enum hf_error engine_get(struct engine *engine, const char *path,
                                    const struct engine_version *known, deadline_ms until,
                                    struct engine_object *out_object);

/* One of many. `path` and `bytes` are borrowed. */
struct engine_task {
    const char *path;
    const void *bytes; /* to put */
    size_t length;
    bool exact; /* to put: `unsure` is to be told well, at the cost of a connection */
    struct engine_version expected; /* what it must be now; empty: it must not be there */
    enum hf_error error;            /* the result: engine_get's, and for a put HF_ECHANGED */
    bool unsure; /* of a put, with HF_ECHANGED: it may have been made, and replaced since */
    struct engine_object object; /* what was got; of a put the new version alone */
};

/* Does all of them, several at a time where the engine is a server. A put replaces the object only
   where it is of the expected version: whoever loses is told HF_ECHANGED, and nothing is lost. Of a
   put whose outcome is not known the object is read again: where it has these bytes, it was put.
   HF_ECONFIG: a web server that does not compare, and single-writer is not set. Of several url= the
   first one alone is put to. Where a path is HF_ENAME, or an object too large, nothing is done. */
void engine_get_all(struct engine *engine, struct engine_task *tasks, size_t count,
                    deadline_ms until);
void engine_put_all(struct engine *engine, struct engine_task *tasks, size_t count,
                    deadline_ms until);

/* Calls `take` with the path of each object whose path begins with `prefix`, in any order, until it
   gives something else than HF_OK, which is given back. HF_EUNAVAIL where the engine cannot list: a
   web server. `take` must not ask the engine itself. */
typedef enum hf_error engine_take(const char *path, void *context);
HF_CHECKED enum hf_error engine_list(struct engine *engine, const char *prefix, deadline_ms until,
                                     engine_take *take, void *context);

/* Looks at each file that the section names, without asking anybody: whether this process can read
   it, whether it may be used (a password and a key must be this account's or root's, and not
   readable for all), and whether the key is the certificate's. `tell` gets the setting's name and
   "FILE: WHY" of each that is wrong; how many these are is returned. */
typedef void engine_tell(const char *setting, const char *what, void *context);
size_t engine_check(struct engine *engine, engine_tell *tell, void *context);

/* What the last call that was not HF_OK was about, for people: the address, and libcurl's or the
   system's words; never a password. Borrowed; may be empty. */
const char *engine_reason(const struct engine *engine);

/* Why the last engine_get that was HF_EUNAVAIL did not reach a server, in words of our own alone; a
   static string, empty where there is nothing to say besides the error. */
const char *engine_cause(const struct engine *engine);

#endif
