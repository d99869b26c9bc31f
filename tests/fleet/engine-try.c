/* Asks an engine from the command line, for tests:
 *     engine-try CONF KIND MS SESSION get PATH [VERSION] | put PATH VERSION FILE | list PREFIX |
 * many COUNT SESSION and VERSION may be "-". The first line of output is the error's name and the
 * version; the bytes follow. The reason goes to stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

#define FIXED_WORDS 6

/* What the command line says. */
struct words {
    const char *command, *path, *version, *file;
};

static bool is_given(const char *word)
{
    return word != NULL && strcmp(word, "-") != 0;
}

static enum hf_error set_version(const char *text, struct engine_version *out_version)
{
    return is_given(text) ? text_format(out_version->text, sizeof out_version->text, "%s", text)
                          : HF_OK;
}

static enum hf_error try_get(struct engine *engine, const struct words *words, deadline_ms until,
                             struct engine_object *object)
{
    struct engine_version known = {0};
    TRY(set_version(words->version, &known));
    return engine_get(engine, words->path, is_given(words->version) ? &known : NULL, until, object);
}

static enum hf_error try_put(struct engine *engine, const struct words *words, deadline_ms until,
                             struct engine_object *object)
{
    const struct file_rule rule = {.or_root = true, .owner = geteuid(), .maximum = 1u << 20};
    struct engine_task task = {.path = words->path};
    SCOPED(text) char *bytes = NULL;
    TRY(file_read(words->file, &rule, &bytes, &task.length));
    TRY(set_version(words->version, &task.expected));
    task.bytes = bytes;
    engine_put_all(engine, &task, 1, until);
    object->version = task.object.version;
    return task.error;
}

static enum hf_error show(const char *path, void *context)
{
    (void)context;
    return puts(path) < 0 ? HF_EIO : HF_OK;
}

/* Puts so many objects, and gets them again. */
static enum hf_error try_many(struct engine *engine, const struct words *words, deadline_ms until,
                              struct engine_object *object)
{
    const size_t count = strtoul(words->path, NULL, 10);
    struct engine_task *tasks = calloc(count, sizeof *tasks);
    char(*paths)[32] = calloc(count, sizeof *paths);
    enum hf_error error = tasks == NULL || paths == NULL ? HF_ENOMEM : HF_OK;
    for (size_t i = 0; error == HF_OK && i < count; i++) {
        error = text_format(paths[i], sizeof paths[i], "users/person%zu", i);
        tasks[i] = (struct engine_task){.path = paths[i], .bytes = paths[i], .length = 16};
    }
    if (error == HF_OK)
        engine_put_all(engine, tasks, count, until);
    for (size_t i = 0; error == HF_OK && i < count; i++)
        error = tasks[i].error;
    if (error == HF_OK)
        engine_get_all(engine, tasks, count, until);
    for (size_t i = 0; error == HF_OK && i < count; i++) {
        error = tasks[i].error;
        if (error == HF_OK && memcmp(tasks[i].object.bytes, paths[i], 16) != 0)
            error = HF_EALTERED;
        engine_object_clear(&tasks[i].object);
    }
    (void)object;
    free(tasks);
    free(paths);
    return error;
}

static enum hf_error run(struct engine *engine, const struct words *words, deadline_ms until,
                         struct engine_object *object)
{
    if (strcmp(words->command, "get") == 0)
        return try_get(engine, words, until, object);
    if (strcmp(words->command, "put") == 0)
        return try_put(engine, words, until, object);
    if (strcmp(words->command, "list") == 0)
        return engine_list(engine, words->path, until, show, NULL);
    return try_many(engine, words, until, object);
}

/* The section of that name; NULL: there is no such kind. */
static const struct site_engine *find_kind(const struct site_settings *settings, const char *name)
{
    for (int kind = 0; kind < ENGINE_KIND_COUNT; kind++)
        if (strcmp(engine_kind_name((enum engine_kind)kind), name) == 0)
            return &settings->engines[kind];
    return NULL;
}

static enum hf_error ask(char **argv, const struct words *words)
{
    struct site_settings settings;
    SCOPED(engine) struct engine *engine = NULL;
    SCOPED(engine_object) struct engine_object object = {0};
    struct settings_mistake mistake;
    enum hf_error error = settings_read_own(argv[1], &settings, &mistake);
    if (error != HF_OK) {
        printf("%s line %u\n", error_name(error), mistake.line);
        return error;
    }
    const struct site_engine *place = find_kind(&settings, argv[2]);
    TRY(place == NULL ? HF_ECONFIG : engine_start());
    TRY(engine_new(place, is_given(argv[4]) ? argv[4] : NULL, &engine));
    error = run(engine, words, clock_ms() + strtol(argv[3], NULL, 10), &object);
    fprintf(stderr, "%s\n", engine_reason(engine));
    printf("%s %s\n", error_name(error), object.version.text);
    if (object.length > 0)
        fwrite(object.bytes, 1, object.length, stdout);
    return error;
}

int main(int argc, char **argv)
{
    if (argc < FIXED_WORDS)
        return 2;
    const struct words words = {.command = argv[5],
                                .path = argc > 6 ? argv[6] : "",
                                .version = argc > 7 ? argv[7] : NULL,
                                .file = argc > 8 ? argv[8] : ""};
    return ask(argv, &words) == HF_OK ? 0 : 1;
}
