#include "engine/engine.h"

#include <curl/curl.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "common/character.h"
#include "common/memory.h"
#include "common/name.h"
#include "common/secret.h"
#include "engine/inside.h"

#define PATH_MAX_LENGTH 1023

static const struct engine_operations *const operations[ENGINE_KIND_COUNT] = {
    [ENGINE_FOLDER] = &folder_operations,
    [ENGINE_HTTPS] = &https_operations,
    [ENGINE_ETCD] = &etcd_operations,
};

enum hf_error engine_start(void)
{
    wiping_start();
    /* libcurl would write the keys of each connection there: libcurl-env(3). */
    (void)unsetenv("SSLKEYLOGFILE");
    /* With CURLOPT_NOSIGNAL(3) that is left to the program. */
    (void)signal(SIGPIPE, SIG_IGN);
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free,
                                         wiping_realloc, wiping_strdup, wiping_calloc);
    return code == CURLE_OK ? HF_OK : HF_ENOMEM;
}

/* So that not all machines ask the first address. */
static size_t any_address(size_t count)
{
    uint32_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != (ssize_t)sizeof number)
        return 0;
    return number % count;
}

static enum hf_error prepare(struct engine *engine, const char *session_file)
{
    engine->operations = operations[engine->place->kind];
    engine->preferred = any_address(engine->place->address_count);
    if (engine->place->kind == ENGINE_FOLDER)
        return HF_OK;
    engine->multi = curl_multi_init();
    if (session_file != NULL)
        engine->session_file = strdup(session_file);
    return engine->multi == NULL || (session_file != NULL && engine->session_file == NULL)
               ? HF_ENOMEM
               : HF_OK;
}

enum hf_error engine_new(const struct site_engine *place, const char *session_file,
                         struct engine **out_engine)
{
    if (place->address_count == 0)
        return HF_ECONFIG;
    SCOPED(engine) struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL)
        return HF_ENOMEM;
    engine->place = place;
    TRY(prepare(engine, session_file));
    *out_engine = TAKE(engine);
    return HF_OK;
}

void engine_free(struct engine *engine)
{
    if (engine == NULL)
        return;
    if (engine->multi != NULL)
        (void)curl_multi_cleanup(engine->multi);
    secret_free(engine->password);
    secret_free(engine->session);
    free(engine->session_file);
    free(engine);
}

void engine_insist(struct engine *engine)
{
    engine->insists = true;
    /* The one that is put to; what others serve may be older. */
    if (engine->place->kind == ENGINE_HTTPS)
        engine->preferred = 0;
}

void engine_object_clear(struct engine_object *object)
{
    free(object->bytes);
    *object = (struct engine_object){0};
}

static bool part_valid(const char *part, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "._-%";
    return length > 0 && part[0] != '.' && strspn(part, letters) >= length;
}

bool engine_path_valid(const char *path)
{
    if (strnlen(path, PATH_MAX_LENGTH + 1) > PATH_MAX_LENGTH)
        return false;
    for (const char *part = path;; part = strchr(part, '/') + 1) {
        size_t length = strcspn(part, "/");
        if (!part_valid(part, length))
            return false;
        if (part[length] == '\0')
            return true;
    }
}

/* A task that no engine can do is its caller's mistake, and then none is done. */
static enum hf_error check_tasks(struct engine *engine, struct engine_task *tasks, size_t count,
                                 bool put)
{
    enum hf_error error = HF_OK;
    engine->reason[0] = '\0';
    engine->cause = NULL;
    for (size_t i = 0; i < count && error == HF_OK; i++) {
        tasks[i].object = (struct engine_object){0};
        if (!engine_path_valid(tasks[i].path))
            error = HF_ENAME;
        else if (put && tasks[i].length > ENGINE_OBJECT_MAX)
            error = HF_ETOOBIG;
    }
    if (error == HF_OK)
        error = engine_check_key(engine);
    for (size_t i = 0; i < count; i++)
        tasks[i].error = error;
    return error;
}

enum hf_error engine_get(struct engine *engine, const char *path,
                         const struct engine_version *known, deadline_ms until,
                         struct engine_object *out_object)
{
    struct engine_task task = {.path = path};
    if (known != NULL)
        task.expected = *known;
    TRY(check_tasks(engine, &task, 1, false));
    engine->operations->get_all(engine, &task, 1, known != NULL && known->text[0] != '\0', until);
    /* What came of addresses that were tried before is of no use any more. */
    if (task.error == HF_OK || task.error == HF_EUNCHANGED || task.error == HF_ENOTFOUND)
        engine->reason[0] = '\0';
    if (task.error == HF_OK)
        *out_object = task.object;
    return task.error;
}

void engine_get_all(struct engine *engine, struct engine_task *tasks, size_t count,
                    deadline_ms until)
{
    if (check_tasks(engine, tasks, count, false) == HF_OK)
        engine->operations->get_all(engine, tasks, count, false, until);
}

void engine_put_all(struct engine *engine, struct engine_task *tasks, size_t count,
                    deadline_ms until)
{
    if (check_tasks(engine, tasks, count, true) == HF_OK)
        engine->operations->put_all(engine, tasks, count, until);
}

enum hf_error engine_list(struct engine *engine, const char *prefix, deadline_ms until,
                          engine_take *take, void *context)
{
    engine->reason[0] = '\0';
    TRY(engine_check_key(engine));
    return engine->operations->list(engine, prefix, until, take, context);
}

const char *engine_reason(const struct engine *engine)
{
    return engine->reason;
}

const char *engine_cause(const struct engine *engine)
{
    return engine->cause != NULL ? engine->cause : "";
}

void engine_note(struct engine *engine, const char *where, const char *why)
{
    char text[ENGINE_REASON_MAX + 1];
    size_t used = 0, step = 0;
    const int room = (int)sizeof text - (int)strlen(where) - 3;
    if (text_format(text, sizeof text, "%s: %.*s", where, room, why) != HF_OK)
        return;
    const size_t length = strlen(text);
    for (size_t i = 0; i < length; i += step) {
        const bool shown = character_is_shown(text + i, length - i, &step);
        memcpy(engine->reason + used, shown ? text + i : "?", shown ? step : 1);
        used += shown ? step : 1;
    }
    engine->reason[used] = '\0';
}

/* The file is root's or one's own, and the system account may read it by its group. */
enum hf_error engine_password(struct engine *engine)
{
    const struct file_rule rule = {
        .owner = geteuid(), .or_root = true, .forbidden = 027, .maximum = PASSWORD_MAX + 1};
    SCOPED(secret) struct secret *password = NULL;
    size_t length = 0;
    if (engine->password != NULL)
        return HF_OK;
    TRY(secret_new(rule.maximum, &password));
    enum hf_error error =
        file_read_into(engine->place->password_file, &rule, secret_bytes(password), &length);
    if (error == HF_OK && memchr(secret_view(password), '\0', length) != NULL)
        error = HF_EFORMAT;
    if (error == HF_EIO)
        engine_note_unreadable(engine, engine->place->password_file, errno);
    else if (error != HF_OK)
        engine_note(engine, engine->place->password_file, error_text(error));
    if (error != HF_OK)
        return HF_ECONFIG;
    if (length > 0 && secret_view(password)[length - 1] == '\n')
        length--;
    secret_set_length(password, length);
    engine->password = TAKE(password);
    return HF_OK;
}

/* FNV-1a, www.isthe.com/chongo/tech/comp/fnv: against chance, not against somebody. */
struct engine_version engine_version_of(const void *bytes, size_t length)
{
    struct engine_version version = {0};
    const uint8_t *at = bytes;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    (void)!text_format(version.text, sizeof version.text, "%zu-%016" PRIx64, length, hash);
    return version;
}
