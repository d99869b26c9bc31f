#include "site/settings.h"

#include <ini.h>
#include <string.h>
#include <unistd.h>

#include "common/io.h"
#include "common/name.h"
#include "site/value.h"

#define DAY           86400u
#define KEYS_MAX      12
#define WANT_DEMAND   "nobody, all, session or group:NAME is wanted"
#define SECTION_COUNT (sizeof sections / sizeof sections[0])

static const struct site_settings defaults = {
    .engines = {[ENGINE_FOLDER] = {.kind = ENGINE_FOLDER},
                [ENGINE_HTTPS] = {.kind = ENGINE_HTTPS},
                [ENGINE_ETCD] = {.kind = ENGINE_ETCD, .prefix = "/hf-token/"}},
    .maximum_age = DAY,
    .lifetime = DAY,
    .demand = DEMAND_NOBODY,
    .demand_lifetime = 600,
};

const char *engine_kind_name(enum engine_kind kind)
{
    static const char *const names[ENGINE_KIND_COUNT] = {
        [ENGINE_FOLDER] = "folder", [ENGINE_HTTPS] = "https", [ENGINE_ETCD] = "etcd"};
    return names[kind];
}

static bool take_demand(const char *value, void *field)
{
    static const char *const names[] = {
        [DEMAND_NOBODY] = "nobody", [DEMAND_ALL] = "all", [DEMAND_SESSION] = "session"};
    static const char group[] = "group:";
    struct site_settings *settings = field;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i] != NULL && strcmp(value, names[i]) == 0) {
            settings->demand = (enum demand_policy)i;
            return true;
        }
    settings->demand = DEMAND_GROUP;
    return strncmp(value, group, strlen(group)) == 0 && user_name_valid(value + strlen(group)) &&
           value_text(value + strlen(group), settings->demand_group);
}

static bool take_address(const char *value, void *field, take_value *take)
{
    struct site_engine *engine = field;
    if (engine->address_count == SITE_ADDRESSES_MAX ||
        !take(value, engine->addresses[engine->address_count]))
        return false;
    engine->address_count++;
    return true;
}

static bool take_server(const char *value, void *field)
{
    return take_address(value, field, value_url);
}

static bool take_folder(const char *value, void *field)
{
    return take_address(value, field, value_path);
}

/* A key of a section: what it takes, and where that goes within the section's target. */
struct key {
    const char *name;
    take_value *take;
    const char *wanted; /* of a value that it does not take */
    size_t offset;
    bool many; /* it may stand there more than once */
};

#define OF_ENGINE(member)   offsetof(struct site_engine, member)
#define OF_SETTINGS(member) offsetof(struct site_settings, member)

static const struct key folder_keys[] = {
    {"path",    take_folder, WANT_PATH, 0,                  false},
    {"command", value_text,  WANT_TEXT, OF_ENGINE(command), false},
    {NULL,      NULL,        NULL,      0,                  false},
};

#define SERVER_KEYS                                                                                \
    {"authorities", value_path, WANT_PATH, OF_ENGINE(authorities), false},                         \
        {"certificate", value_path, WANT_PATH, OF_ENGINE(certificate), false},                     \
        {"key", value_path, WANT_PATH, OF_ENGINE(key), false},                                     \
        {"user", value_user, WANT_USER, OF_ENGINE(user), false},                                   \
    {                                                                                              \
        "password-file", value_path, WANT_PATH, OF_ENGINE(password_file), false                    \
    }

static const struct key https_keys[] = {
    {"url",           take_server, WANT_URL,  0,                        true },
    SERVER_KEYS,
    {"single-writer", value_flag,  WANT_FLAG, OF_ENGINE(single_writer), false},
    {NULL,            NULL,        NULL,      0,                        false},
};

static const struct key etcd_keys[] = {
    {"endpoint", take_server,  WANT_URL,    0,                 true },
    {"prefix",   value_prefix, WANT_PREFIX, OF_ENGINE(prefix), false},
    SERVER_KEYS,
    {NULL,       NULL,         NULL,        0,                 false},
};

static const struct key cache_keys[] = {
    {"maximum-age", value_duration, WANT_DURATION, OF_SETTINGS(maximum_age), false},
    {NULL,          NULL,           NULL,          0,                        false},
};

static const struct key refresh_keys[] = {
    {"lifetime", value_duration, WANT_DURATION, OF_SETTINGS(lifetime), false},
    {NULL,       NULL,           NULL,          0,                     false},
};

static const struct key demand_keys[] = {
    {"allow",    take_demand,    WANT_DEMAND,   0,                            false},
    {"lifetime", value_duration, WANT_DURATION, OF_SETTINGS(demand_lifetime), false},
    {NULL,       NULL,           NULL,          0,                            false},
};

static const struct section {
    const char *name;
    const struct key *keys;
    enum engine_kind engine; /* ENGINE_KIND_COUNT: none, the settings themselves */
} sections[] = {
    {"folder",    folder_keys,  ENGINE_FOLDER    },
    {"https",     https_keys,   ENGINE_HTTPS     },
    {"etcd",      etcd_keys,    ENGINE_ETCD      },
    {"cache",     cache_keys,   ENGINE_KIND_COUNT},
    {"refresh",   refresh_keys, ENGINE_KIND_COUNT},
    {"on-demand", demand_keys,  ENGINE_KIND_COUNT},
};

/* What is parsed; inih asks for its lines one by one. */
struct parser {
    const char *at;
    unsigned line;
    struct settings_mistake mistake; /* the first */
    struct site_settings settings;
    bool seen[SECTION_COUNT][KEYS_MAX];
    unsigned last[SECTION_COUNT]; /* the last line of the section with a key */
};

static void fail(struct parser *parser, unsigned line, const char *why)
{
    if (parser->mistake.line == 0)
        parser->mistake = (struct settings_mistake){line, why};
}

static const struct section *find_section(const char *name, size_t length)
{
    for (size_t i = 0; i < SECTION_COUNT; i++)
        if (strlen(sections[i].name) == length && memcmp(sections[i].name, name, length) == 0)
            return &sections[i];
    return NULL;
}

/* inih takes what follows a space and ; for a comment: of a command that is the rest of it. */
static bool is_cut(const char *line, size_t length)
{
    for (size_t i = 1; i < length && line[0] != ';' && line[0] != '#' && line[0] != '['; i++)
        if (line[i] == ';' && (line[i - 1] == ' ' || line[i - 1] == '\t'))
            return true;
    return false;
}

/* What is wrong with a line; NULL: nothing. inih would cut a long one in two, take an indented one
   for more of the line before, and be silent about a section that has no key. */
static const char *check_line(const char *line, size_t length, size_t room)
{
    if (length >= room)
        return "it is too long";
    if (line[0] == ' ' || line[0] == '\t')
        return strspn(line, " \t\r\n") >= length ? NULL : "it must not begin with a space";
    if (is_cut(line, length))
        return "a semicolon behind a space would begin a comment";
    if (line[0] != '[')
        return NULL;
    const char *end = memchr(line, ']', length);
    return end != NULL && find_section(line + 1, (size_t)(end - line) - 1) != NULL
               ? NULL
               : "there is no section of that name";
}

/* As fgets(3). */
static char *next_line(char *line, int room, void *context)
{
    struct parser *parser = context;
    if (parser->mistake.line != 0 || *parser->at == '\0')
        return NULL;
    size_t length = strcspn(parser->at, "\n");
    length += parser->at[length] == '\n';
    parser->line++;
    const char *const why = check_line(parser->at, length, (size_t)room);
    if (why != NULL) {
        fail(parser, parser->line, why);
        return NULL;
    }
    memcpy(line, parser->at, length);
    line[length] = '\0';
    parser->at += length;
    return line;
}

/* What is wrong with the value or its name; NULL: nothing. */
static const char *take_key(struct parser *parser, const struct section *section, const char *name,
                            const char *value)
{
    const struct key *key = section->keys;
    size_t row = (size_t)(section - sections);
    while (key->name != NULL && strcmp(key->name, name) != 0)
        key++;
    if (key->name == NULL)
        return "its section has no setting of that name";
    bool *seen = &parser->seen[row][key - section->keys];
    if (*seen && !key->many)
        return "it is set twice";
    *seen = true;
    parser->last[row] = parser->line;
    char *target = section->engine == ENGINE_KIND_COUNT
                       ? (char *)&parser->settings
                       : (char *)&parser->settings.engines[section->engine];
    return key->take(value, target + key->offset) ? NULL : key->wanted;
}

/* inih's handler: 0 is a mistake. */
static int take_pair(void *context, const char *section_name, const char *name, const char *value)
{
    struct parser *parser = context;
    const struct section *section = find_section(section_name, strlen(section_name));
    if (parser->mistake.line != 0)
        return 0;
    const char *const why = section == NULL
                                ? "it stands in no section"
                                : take_key(parser, section, name, value == NULL ? "" : value);
    if (why != NULL)
        fail(parser, parser->line, why);
    return why == NULL;
}

/* What only the whole section tells; NULL: nothing is missing. */
static const char *find_missing(const struct site_engine *engine)
{
    static const char *const addresses[ENGINE_KIND_COUNT] = {
        [ENGINE_FOLDER] = "path is missing in its section",
        [ENGINE_HTTPS] = "url is missing in its section",
        [ENGINE_ETCD] = "endpoint is missing in its section"};
    if (engine->address_count == 0)
        return addresses[engine->kind];
    if ((engine->certificate[0] == '\0') != (engine->key[0] == '\0'))
        return "of certificate and key one is missing in its section";
    if ((engine->user[0] == '\0') != (engine->password_file[0] == '\0'))
        return "of user and password-file one is missing in its section";
    return NULL;
}

static void check_sections(struct parser *parser)
{
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (parser->last[i] == 0 || sections[i].engine == ENGINE_KIND_COUNT)
            continue;
        const char *const why = find_missing(&parser->settings.engines[sections[i].engine]);
        if (why != NULL)
            fail(parser, parser->last[i], why);
    }
}

enum hf_error settings_parse(const char *text, struct site_settings *out_settings,
                             struct settings_mistake *out_mistake)
{
    struct parser parser = {.at = text, .settings = defaults};
    int result = ini_parse_stream(next_line, &parser, take_pair, &parser);
    *out_mistake = (struct settings_mistake){0};
    if (result < 0)
        return HF_ENOMEM;
    if (result > 0)
        fail(&parser, (unsigned)result, "it is no NAME = VALUE");
    if (parser.mistake.line == 0)
        check_sections(&parser);
    *out_mistake = parser.mistake;
    if (parser.mistake.line != 0)
        return HF_ECONFIG;
    *out_settings = parser.settings;
    return HF_OK;
}

static unsigned count_lines(const char *text)
{
    unsigned count = 1;
    for (const char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n'))
        count++;
    return count;
}

/* A zero byte would hide what is behind it. */
static enum hf_error parse_whole(const char *text, size_t length,
                                 struct site_settings *out_settings,
                                 struct settings_mistake *out_mistake)
{
    TRY(settings_parse(text, out_settings, out_mistake));
    if (strlen(text) == length)
        return HF_OK;
    *out_mistake = (struct settings_mistake){count_lines(text), "it has a zero byte"};
    return HF_ECONFIG;
}

static enum hf_error read_and_parse(const char *path, uid_t owner,
                                    struct site_settings *out_settings,
                                    struct settings_mistake *out_mistake)
{
    const struct file_rule rule = {
        .owner = owner, .or_root = true, .forbidden = 022, .maximum = DOCUMENT_MAX};
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    struct site_settings settings;
    *out_mistake = (struct settings_mistake){0};
    enum hf_error error = file_read(path, &rule, &text, &length);
    if (error == HF_EEMPTY)
        return settings_parse("", out_settings, out_mistake);
    TRY(error);
    TRY(parse_whole(text, length, &settings, out_mistake));
    *out_settings = settings;
    return HF_OK;
}

enum hf_error settings_read(struct site_settings *out_settings,
                            struct settings_mistake *out_mistake)
{
    enum hf_error error = read_and_parse(HF_FLEET_FILE, 0, out_settings, out_mistake);
    return error == HF_ENOTFOUND ? settings_parse("", out_settings, out_mistake) : error;
}

enum hf_error settings_read_own(const char *path, struct site_settings *out_settings,
                                struct settings_mistake *out_mistake)
{
    return read_and_parse(path, geteuid(), out_settings, out_mistake);
}
