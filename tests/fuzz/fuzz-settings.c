/* The settings of a fleet: what is accepted has https addresses and absolute paths alone; a mistake
 * has its line. */
#include <string.h>

#include "common/character.h"
#include "site/settings.h"
#include "tests/fuzz/fuzz.h"

static void must_be_text(const char text[static SITE_TEXT_MAX + 1])
{
    MUST(strnlen(text, SITE_TEXT_MAX + 1) <= SITE_TEXT_MAX && character_all_shown(text));
}

static void must_be_path(const char text[static SITE_TEXT_MAX + 1])
{
    must_be_text(text);
    MUST(text[0] == '\0' || text[0] == '/');
}

static void must_be_engine(const struct site_engine *engine)
{
    MUST(engine->address_count <= SITE_ADDRESSES_MAX);
    for (size_t i = 0; i < engine->address_count; i++) {
        must_be_text(engine->addresses[i]);
        MUST(strncmp(engine->addresses[i], engine->kind == ENGINE_FOLDER ? "/" : "https://",
                     engine->kind == ENGINE_FOLDER ? 1 : 8) == 0);
        MUST(engine->kind == ENGINE_FOLDER || strpbrk(engine->addresses[i], "@?# %\\") == NULL);
    }
    must_be_path(engine->authorities);
    must_be_path(engine->certificate);
    must_be_path(engine->key);
    must_be_path(engine->password_file);
    must_be_text(engine->prefix);
    must_be_text(engine->user);
    must_be_text(engine->command);
    MUST((engine->certificate[0] == '\0') == (engine->key[0] == '\0'));
    MUST((engine->user[0] == '\0') == (engine->password_file[0] == '\0'));
    MUST(engine->kind != ENGINE_ETCD || engine->prefix[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct site_settings settings;
    struct settings_mistake mistake = {0};
    unsigned lines = 1;
    char *text = malloc(length + 1);
    MUST(text != NULL);
    if (length > 0)
        memcpy(text, bytes, length);
    text[length] = '\0';
    for (const char *at = text; *at != '\0'; at++)
        lines += *at == '\n';
    const enum hf_error error = settings_parse(text, &settings, &mistake);
    free(text);
    if (error != HF_OK) {
        MUST(error == HF_ECONFIG && mistake.line >= 1 && mistake.line <= lines);
        MUST(mistake.why[0] != '\0');
        return 0;
    }
    MUST(mistake.line == 0 && settings.maximum_age > 0 && settings.lifetime > 0);
    MUST(settings.demand <= DEMAND_SESSION && settings.demand_lifetime > 0);
    for (size_t kind = 0; kind < ENGINE_KIND_COUNT; kind++) {
        MUST(settings.engines[kind].kind == (enum engine_kind)kind);
        must_be_engine(&settings.engines[kind]);
    }
    return 0;
}
