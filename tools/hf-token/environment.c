#include "tools/hf-token/environment.h"

#include <stdlib.h>
#include <string.h>

#include "common/secret.h"

bool environment_name_valid(const char *name)
{
    const char *const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    return name[0] != '\0' && !(name[0] >= '0' && name[0] <= '9') &&
           name[strspn(name, letters)] == '\0';
}

static bool entry_is_of(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return strncmp(entry, name, length) == 0 && entry[length] == '=';
}

static bool replaced(const char *entry, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (entry_is_of(entry, names[i]))
            return true;
    return false;
}

static bool named_before(const char *const *names, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(names[i], names[index]) == 0)
            return true;
    return false;
}

/* Writes NAME=TOKEN and its zero byte; gives what follows. */
static char *write_entry(char *to, const char *name, const struct secret *token)
{
    const size_t length = strlen(name);
    memcpy(to, name, length);
    to[length] = '=';
    memcpy(to + length + 1, secret_view(token), secret_length(token));
    to[length + 1 + secret_length(token)] = '\0';
    return to + length + secret_length(token) + 2;
}

enum hf_error environment_build(char *const *environment, const char *const *names, size_t count,
                                const struct secret *token, struct secret **out_entries,
                                char ***out_environment)
{
    size_t entries = 0, room = 0, kept = 0;
    struct secret *written = NULL;
    while (environment[entries] != NULL)
        entries++;
    for (size_t i = 0; i < count; i++)
        room += strlen(names[i]) + secret_length(token) + 2;
    TRY(secret_new(room, &written));
    char **built = malloc((entries + count + 1) * sizeof *built);
    if (built == NULL) {
        secret_free(written);
        return HF_ENOMEM;
    }
    for (size_t i = 0; i < entries; i++)
        if (!replaced(environment[i], names, count))
            built[kept++] = environment[i];
    char *to = (char *)secret_bytes(written);
    for (size_t i = 0; i < count; i++) {
        if (named_before(names, i))
            continue;
        built[kept++] = to;
        to = write_entry(to, names[i], token);
    }
    built[kept] = NULL;
    *out_entries = written;
    *out_environment = built;
    return HF_OK;
}
