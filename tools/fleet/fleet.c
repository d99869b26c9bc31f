#include "tools/fleet/fleet.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/signed.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/fleet/names.h"
#include "tools/say.h"

/* How long another run on this folder is waited for. */
#define LOCK_PATIENCE 2000

/* SIGNERS_MAX lines of at most this many bytes. */
#define SIGNER_LINE_MAX 160

void fleet_clear(struct fleet *fleet)
{
    key_pair_clear(&fleet->identity);
    signing_key_clear(&fleet->signing);
    fd_scope_end(&fleet->lock);
    fleet->lock = -1;
}

bool fleet_option(struct fleet *fleet, int argument, const char *value)
{
    if (argument == OPTION_FLEET)
        fleet->folder_word = value;
    else if (argument == OPTION_PASSWORD_FILE)
        fleet->password_file = value;
    else
        return false;
    return true;
}

const char *key_text(const uint8_t key[static KEY_BYTES], char text[static KEY_TEXT_SIZE])
{
    return sodium_bin2base64(text, KEY_TEXT_SIZE, key, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
}

enum hf_error fleet_path(const struct fleet *fleet, const char *file, struct store_path *out_path)
{
    return text_format(out_path->text, sizeof out_path->text, "%s/%s", fleet->folder, file);
}

enum hf_error fleet_read(const struct fleet *fleet, const char *file, size_t maximum,
                         char **out_text, size_t *out_length)
{
    const struct file_rule rule = {.owner = geteuid(), .forbidden = 022, .maximum = maximum};
    struct store_path path;
    TRY(fleet_path(fleet, file, &path));
    return file_read(path.text, &rule, out_text, out_length);
}

enum hf_error fleet_write(const struct fleet *fleet, const char *file, const void *bytes,
                          size_t length)
{
    struct store_path path;
    TRY(fleet_path(fleet, file, &path));
    return file_replace(path.text, bytes, length, 0600);
}

enum hf_error fleet_write_lines(const struct fleet *fleet, const char *file,
                                const struct names *lines)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return HF_ENOMEM;
    for (size_t i = 0; i < lines->count; i++)
        fprintf(out, "%s\n", lines->all[i]);
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed != 0)
        return HF_ENOMEM;
    return fleet_write(fleet, file, text, length);
}

void fleet_remove(const struct fleet *fleet, const char *file)
{
    struct store_path path;
    if (fleet_path(fleet, file, &path) == HF_OK)
        (void)unlink(path.text);
}

bool fleet_has(const struct fleet *fleet, const char *file)
{
    struct store_path path;
    struct stat status;
    return fleet_path(fleet, file, &path) == HF_OK && lstat(path.text, &status) == 0;
}

int fleet_say(const struct fleet *fleet, const char *file, enum hf_error error)
{
    char path[FLEET_FOLDER_MAX + 1];
    const int system = errno;
    memcpy(path, fleet->folder, sizeof path);
    (void)say_clean(path);
    errno = system;
    return say_failure(TOOL_FAILED, error, NULL, "%s: %s/%s", fleet->command, path, file);
}

/* The folder as it was named, made absolute. */
static enum hf_error format_folder(struct fleet *fleet)
{
    const char *word = fleet->folder_word, *home = getenv("HOME");
    char here[FLEET_FOLDER_MAX + 1] = "";
    if (word == NULL)
        word = getenv("HF_TOKEN_FLEET");
    if (word == NULL || word[0] == '\0') {
        if (home == NULL || home[0] != '/')
            return HF_ENAME;
        return text_format(fleet->folder, sizeof fleet->folder, "%s/.config/hf-token-fleet", home);
    }
    if (word[0] == '/')
        return text_format(fleet->folder, sizeof fleet->folder, "%s", word);
    if (getcwd(here, sizeof here) == NULL)
        return HF_EIO;
    return text_format(fleet->folder, sizeof fleet->folder, "%s/%s", here, word);
}

int fleet_find(struct fleet *fleet)
{
    enum hf_error error = format_folder(fleet);
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error, "Name it: --fleet DIR", "%s: the fleet's folder",
                       fleet->command);
}

/* Whoever can write in it decides whom hosts trust. */
static enum hf_error check_folder(const struct fleet *fleet)
{
    struct stat status;
    if (stat(fleet->folder, &status) != 0)
        return errno == ENOENT ? HF_ENOTFOUND : HF_EIO;
    if (!S_ISDIR(status.st_mode))
        return HF_ETYPE;
    if (status.st_uid != geteuid())
        return HF_EOWNER;
    return (status.st_mode & 077) != 0 ? HF_EMODE : HF_OK;
}

static enum hf_error read_identity(struct fleet *fleet)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    TRY(fleet_read(fleet, FLEET_IDENTITY_FILE, DOCUMENT_MAX, &text, &length));
    return identity_parse(text, length, FLEET_IDENTITY, &fleet->identity_file);
}

static enum hf_error read_signers(struct fleet *fleet)
{
    SCOPED(text) char *text = NULL;
    size_t length = 0;
    unsigned line = 0;
    TRY(fleet_read(fleet, FLEET_SIGNERS_FILE, DOCUMENT_MAX, &text, &length));
    return signers_parse(text, length, &fleet->signers, &line);
}

static int say_none(const struct fleet *fleet)
{
    char path[FLEET_FOLDER_MAX + 1] = "that folder";
    if (!say_holds_token(fleet->folder))
        memcpy(path, fleet->folder, sizeof path);
    return say_failure(TOOL_FAILED, HF_OK,
                       "To make one: hf-tokenctl key init; one that is elsewhere: --fleet DIR",
                       "%s: there is no fleet in %s", fleet->command, say_clean(path));
}

int fleet_open(struct fleet *fleet)
{
    int code = fleet_find(fleet);
    if (code != TOOL_OK)
        return code;
    enum hf_error error = check_folder(fleet);
    if (error == HF_ENOTFOUND)
        return say_none(fleet);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "It must be yours, and 0700.",
                           "%s: the fleet's folder", fleet->command);
    error = read_identity(fleet);
    if (error == HF_ENOTFOUND)
        return say_none(fleet);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_IDENTITY_FILE, error);
    error = read_signers(fleet);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_SIGNERS_FILE, error);
}

int fleet_lock(struct fleet *fleet)
{
    struct store_path path;
    enum hf_error error = fleet_path(fleet, FLEET_LOCK_FILE, &path);
    if (error == HF_OK)
        error = lock_take(path.text, clock_ms() + LOCK_PATIENCE, &fleet->lock);
    if (error == HF_EDEADLINE)
        return say_failure(TOOL_FAILED, HF_OK, "Wait for its end, and try again.",
                           "%s: another hf-tokenctl is at work on this fleet", fleet->command);
    return error == HF_OK ? TOOL_OK : fleet_say(fleet, FLEET_LOCK_FILE, error);
}

int fleet_begin(struct fleet *fleet)
{
    int code = fleet_open(fleet);
    if (code == TOOL_OK)
        code = fleet_lock(fleet);
    if (code == TOOL_OK)
        fleet_remove(fleet, FLEET_NEXT_FILE);
    return code == TOOL_OK ? fleet_unlock(fleet) : code;
}

static enum hf_error add_signer(char *text, size_t size, const uint8_t key[static SIGNER_BYTES],
                                const char *comment)
{
    char line[KEY_TEXT_SIZE];
    const size_t used = strlen(text);
    return text_format(text + used, size - used, "%s %s\n", key_text(key, line), comment);
}

enum hf_error fleet_write_signers(const struct fleet *fleet,
                                  const uint8_t current[static SIGNER_BYTES],
                                  const struct signers *previous)
{
    char text[SIGNERS_MAX * SIGNER_LINE_MAX] = "";
    const size_t count = previous != NULL ? previous->count : 0;
    TRY(add_signer(text, sizeof text, current, "hf-token fleet"));
    for (size_t i = 0; i < count && i < SIGNERS_MAX - 1; i++)
        if (memcmp(previous->keys[i], current, SIGNER_BYTES) != 0)
            TRY(add_signer(text, sizeof text, previous->keys[i], "hf-token fleet, previous"));
    return fleet_write(fleet, FLEET_SIGNERS_FILE, text, strlen(text));
}
