/* This machine as one of a fleet: what it has set, whom it trusts, and whether the engine answers.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "site/settings.h"
#include "store/signers.h"
#include "store/switch.h"
#include "tools/doctor/doctor.h"
#include "tools/doctor/remedy.h"
#include "tools/refresh/ask.h"
#include "tools/refresh/pools.h"
#include "tools/say.h"

#define NEXT_FORM "hf-token.conf(5) has its form."
#define NEXT_ROOT "As root: a regular file, chown root:, chmod 644"
#define NEXT_SIGNERS                                                                               \
    "On the administrator's machine: hf-tokenctl key export; what it prints is this "              \
    "machine's " HF_SIGNERS_FILE
#define NEXT_OBJECT                                                                                \
    "The address must be that of what hf-tokenctl publish writes: hf-token-fleet(7)."

static bool asks_engine(const struct token_switch *token_switch)
{
    for (size_t i = 0; i < token_switch->entry_count; i++)
        if (source_asks_engine(token_switch->entries[i].source))
            return true;
    return false;
}

static void find_file(struct doctor *doctor, const char *file, enum hf_error error,
                      const struct settings_mistake *mistake)
{
    doctor_find_in(doctor, LEVEL_BAD, file, mistake->line,
                   mistake->line != 0 ? NEXT_FORM : NEXT_ROOT, "%s",
                   mistake->line != 0 ? mistake->why : error_text_open(error));
}

static bool names_source(const struct token_switch *token_switch, const char *source)
{
    for (size_t i = 0; i < token_switch->entry_count; i++)
        if (strcmp(token_switch->entries[i].source, source) == 0)
            return true;
    return false;
}

/* A section that nobody asks by, and a source that has none. */
static void check_sections(struct doctor *doctor, const struct token_switch *token_switch,
                           const struct site_settings *settings)
{
    char next[NEXT_MAX];
    for (size_t i = 0; i < ENGINE_KIND_COUNT; i++) {
        const char *const name = engine_kind_name((enum engine_kind)i);
        const bool named = names_source(token_switch, name);
        const bool there = settings->engines[i].address_count > 0;
        if (there && !named)
            doctor_find_in(doctor, LEVEL_WARN, HF_CONF_FILE, 0,
                           say_next(next, "To ask it: tokens: user host %s", name),
                           "tokens: does not name %s, for which " HF_FLEET_FILE " has a section",
                           name);
        else if (named && !there)
            doctor_find_in(doctor, LEVEL_BAD, HF_FLEET_FILE, 0, NEXT_FORM,
                           "there is no section [%s], which tokens: names", name);
        else if (named)
            doctor_find_in(doctor, LEVEL_OK, HF_FLEET_FILE, 0, NULL, "it has the section [%s]",
                           name);
    }
}

void check_machine_settings(struct doctor *doctor)
{
    struct token_switch token_switch;
    struct site_settings settings;
    struct settings_mistake mistake = {.why = "the line is malformed"};
    doctor_check_open(doctor, HF_CONF_FILE);
    enum hf_error error = switch_read(HF_CONF_FILE, &token_switch, &mistake.line);
    if (error != HF_OK) {
        find_file(doctor, HF_CONF_FILE, error, &mistake);
        return;
    }
    error = settings_read(&settings, &mistake);
    if (error != HF_OK) {
        find_file(doctor, HF_FLEET_FILE, error, &mistake);
        return;
    }
    if (!asks_engine(&token_switch))
        doctor_find(doctor, LEVEL_OK, NULL, "no source of this machine asks an engine");
    check_sections(doctor, &token_switch, &settings);
}

void check_machine_signers(struct doctor *doctor)
{
    struct signers signers;
    unsigned line = 0;
    const enum hf_error error = signers_read(&signers, &line);
    doctor_check_open(doctor, HF_SIGNERS_FILE);
    if (error == HF_ECONFIG)
        doctor_find_in(doctor, LEVEL_BAD, HF_SIGNERS_FILE, line, NEXT_SIGNERS,
                       "it is no signer's key");
    else if (error == HF_EEMPTY || (error == HF_OK && signers.count == 0))
        doctor_find_in(doctor, LEVEL_BAD, HF_SIGNERS_FILE, 0, NEXT_SIGNERS,
                       "it has no signer, so that nobody is trusted");
    else if (error != HF_OK)
        doctor_find_in(doctor, LEVEL_BAD, HF_SIGNERS_FILE, 0,
                       error == HF_ENOTFOUND ? NEXT_SIGNERS : NEXT_ROOT, "%s",
                       error_text_open(error));
    else
        doctor_find_in(doctor, LEVEL_OK, HF_SIGNERS_FILE, 0, NULL, "%zu signer%s trusted",
                       signers.count, signers.count == 1 ? " is" : "s are");
}

/* Of a source's files. */
struct finding_files {
    struct doctor *doctor;
    const char *source;
    struct account account;
    struct site_settings settings;
};

static void find_line(const char *line, void *context)
{
    const struct finding_files *files = context;
    char next[NEXT_MAX];
    /* The source had nothing to say of a file. */
    if (line[0] != '[' && line[0] != '/') {
        doctor_find(files->doctor, LEVEL_BAD,
                    say_next(next,
                             "Try it: runuser -u " HF_ACCOUNT " -- " HF_HELPER_FOLDER
                             "/hf-token-source-%s check 5000 -; echo $?",
                             files->source),
                    "%s: %s", files->source, line);
        return;
    }
    doctor_find(files->doctor, LEVEL_BAD, remedy_of(line, &files->settings, &files->account, next),
                "%s", line);
}

static void check_source(struct doctor *doctor, const char *source)
{
    struct finding_files files = {.doctor = doctor, .source = source};
    struct settings_mistake mistake;
    if (ask_account(&files.account) != HF_OK || settings_read(&files.settings, &mistake) != HF_OK)
        return;
    if (ask_check(source, &files.account, find_line, &files) == 0)
        doctor_find(doctor, LEVEL_OK, NULL, "%s: the account " HF_ACCOUNT " can use what it names",
                    source);
}

static bool is_bad(const struct doctor *doctor, const char *file)
{
    for (size_t i = 0; i < doctor->count; i++) {
        const struct finding *finding = &doctor->findings[i];
        if (finding->level == LEVEL_BAD && finding->file != NULL &&
            strcmp(finding->file, file) == 0)
            return true;
    }
    return false;
}

/* What is wrong with all of them has been said. */
static bool is_ready(const struct doctor *doctor)
{
    static const char *const files[] = {HF_FLEET_FILE, HF_SIGNERS_FILE};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (is_bad(doctor, files[i]))
            return false;
    return true;
}

void check_machine_sources(struct doctor *doctor)
{
    struct token_switch token_switch;
    unsigned line = 0;
    if (switch_read(HF_CONF_FILE, &token_switch, &line) != HF_OK)
        return;
    for (size_t i = 0; i < token_switch.entry_count; i++) {
        const char *const source = token_switch.entries[i].source;
        const size_t bad = doctor_count(doctor, LEVEL_BAD);
        if (doctor_check_source(doctor, source) && source_asks_engine(source) && is_ready(doctor))
            check_source(doctor, source);
        if (doctor_count(doctor, LEVEL_BAD) > bad)
            doctor->unusable |= 1u << i;
    }
}

/* What a server with another error lacks is its own administrator's to find. */
static const char *next_of(enum hf_error error, const char *why)
{
    switch (error) {
    case HF_EUNSIGNED:
        return strstr(why, error_text(error)) != NULL ? NEXT_SIGNERS : NEXT_OBJECT;
    case HF_EUNTRUSTED:
        return "authorities in " HF_FLEET_FILE " must name the authority that signed the server's "
               "certificate, and the address be one that it is for.";
    case HF_EFUTURE:
        return "Set this machine's clock, or the administrator's.";
    default:
        return "hf-token-fleet(7) has the engines.";
    }
}

static void check_engine(struct doctor *doctor, const char *source)
{
    struct account account;
    char reason[SOURCE_REASON_MAX + 1], bytes[SOURCE_REASON_MAX + 1];
    size_t length = 0;
    const struct ask_question question = {source, "head", "-", &account};
    if (ask_account(&account) != HF_OK)
        return;
    const enum hf_error error = ask_source(&question, bytes, sizeof bytes, &length);
    source_reason(bytes, error != HF_OK ? length : 0, reason);
    if (error == HF_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "%s answers, with what a trusted signer published",
                    source);
    else if (error == HF_ENOTFOUND)
        doctor_find(doctor, LEVEL_WARN, "On the administrator's machine: hf-tokenctl publish",
                    "%s answers, and nothing is published there yet", source);
    else {
        const char *const why = reason[0] != '\0' ? reason : error_text(error);
        doctor_find(doctor, LEVEL_BAD, next_of(error, why), "%s: %s", source, why);
    }
}

/* Not where a file of the source is wrong: it would be the same again. */
void check_machine_engines(struct doctor *doctor)
{
    struct token_switch token_switch;
    unsigned line = 0;
    if (!is_ready(doctor) || switch_read(HF_CONF_FILE, &token_switch, &line) != HF_OK)
        return;
    for (size_t i = 0; i < token_switch.entry_count; i++)
        if (source_asks_engine(token_switch.entries[i].source) && (doctor->unusable & 1u << i) == 0)
            check_engine(doctor, token_switch.entries[i].source);
}

void check_machine_pools(struct doctor *doctor)
{
    size_t count = 0;
    const enum hf_error error = pools_check_kept(&count);
    if (error == HF_EPOOL)
        doctor_find_in(doctor, LEVEL_BAD, HF_POOLS_FOLDER, 0, POOLS_NEXT_REPLACE,
                       "a pool's key is sealed to an earlier key of this machine, or altered");
    else if (error != HF_OK)
        doctor_find_in(doctor, LEVEL_BAD, HF_POOLS_FOLDER, 0, NULL, "%s", error_text(error));
    else if (count == 0)
        doctor_find(
            doctor, LEVEL_WARN,
            "Here: hf-tokenctl refresh. If that brings none, on the administrator's machine: "
            "hf-tokenctl key pool join POOL HOST; then again",
            "this machine has the key of no pool");
    else
        doctor_find(doctor, LEVEL_OK, NULL, "this machine has the keys of %zu pool%s", count,
                    count == 1 ? "" : "s");
}
