#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/io.h"
#include "store/hostkey.h"
#include "tools/arguments.h"
#include "tools/command.h"
#include "tools/exit.h"
#include "tools/hf-tokenctl/commands.h"
#include "tools/hf-tokenctl/init.h"
#include "tools/say.h"

/* How long systemd-creds may take; a TPM answers within a second or so. */
#define CREDS_PATIENCE 30000

#define LOSS "A cleared TPM2, or new firmware, loses it: then the tokens must be added again."

/* What a form of the key keeps from whom, said when it is made. */
static const struct form {
    const char *with; /* NULL: a file */
    const char *protects, *next;
} forms[] = {
    {.with = NULL,
     .protects = "the key is a file for root alone: without it, copies of documents do not open",
     .next = "Who has this disk has both: encrypt it, or --with tpm2. Leave it out of backups."},
    {.with = "host",
     .protects = "the key is a credential under the secret of this system, in /var/lib/systemd",
     .next = "Who has this disk has both: encrypt it, or --with tpm2."                         },
    {.with = "tpm2",
     .protects = "the key is a credential that this machine's TPM2 opens, and no copy of the disk",
     .next = LOSS                                                                              },
    {.with = "host+tpm2",
     .protects = "the key is a credential that needs this system's secret and this machine's TPM2",
     .next = LOSS                                                                              },
};

static const struct form *find_form(const char *with)
{
    for (size_t i = 1; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i].with, with) == 0)
            return &forms[i];
    return NULL;
}

static int say_mode(const char *path, mode_t before, mode_t mode)
{
    if (before != mode)
        say_note("init: %s: its mode was %04o and is %04o now", path, (unsigned)before,
                 (unsigned)mode);
    return TOOL_OK;
}

int prepare_folder(const char *path, mode_t mode, uid_t owner, gid_t group)
{
    struct stat status;
    const bool made = lstat(path, &status) != 0;
    if (made) {
        /* The umask of this program is 077; the mode is set below. */
        if (mkdir(path, mode) != 0 || lstat(path, &status) != 0)
            return say_failure(TOOL_FAILED, HF_EIO, NULL, "init: %s", path);
        say_note("init: made %s", path);
    }
    if (!S_ISDIR(status.st_mode) || (status.st_uid != 0 && status.st_uid != owner))
        return say_failure(TOOL_FAILED, HF_OK,
                           "Look into who made it, then remove it, and try again.",
                           "init: %s: it is not a folder of root's", path);
    if (owner != 0 && (status.st_uid != owner || status.st_gid != group) &&
        lchown(path, owner, group) != 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "init: %s", path);
    if ((status.st_mode & 07777) != mode && chmod(path, mode) != 0)
        return say_failure(TOOL_FAILED, HF_EIO, NULL, "init: %s", path);
    return made ? TOOL_OK : say_mode(path, status.st_mode & 07777, mode);
}

/* The folders of the state, from the outermost of ours: what lies above is the system's. */
static int prepare_folders(void)
{
    const char *const above = HF_TOKENS_FOLDER "/..";
    struct stat status;
    if (stat(above, &status) != 0) {
        char path[] = HF_TOKENS_FOLDER;
        *strrchr(path, '/') = '\0';
        int code = prepare_folder(path, 0755, 0, 0);
        if (code != TOOL_OK)
            return code;
    }
    int code = prepare_folder(HF_TOKENS_FOLDER, 0711, 0, 0);
    return code == TOOL_OK ? prepare_folder(HF_KEY_FOLDER, 0755, 0, 0) : code;
}

/* Whether both halves of the key can be used, and belong together. */
static enum hf_error check_key(void)
{
    SCOPED(key_pair) struct key_pair pair = {0};
    uint8_t public_key[KEY_BYTES];
    TRY(hostkey_load(clock_ms() + CREDS_PATIENCE, &pair));
    TRY(hostkey_public(public_key));
    return memcmp(public_key, pair.public_key, KEY_BYTES) == 0 ? HF_OK : HF_EALTERED;
}

/* A key is never replaced: what is sealed to it would be lost. So a wish for another form is
 * refused. */
static int keep_key(const struct form *form)
{
    enum hostkey_form found;
    enum hf_error error = hostkey_form(&found);
    if (error == HF_OK)
        error = check_key();
    if (error == HF_ENOHOSTKEY)
        return say_failure(TOOL_FAILED, HF_OK, HALF_KEY_NEXT,
                           "init: " HF_KEY_FOLDER "/host.pub is there without its private key");
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor; a wrong host.pub can be removed.",
                           "init: the key in " HF_KEY_FOLDER);
    if (form->with != NULL && found == HOSTKEY_FILE)
        return say_failure(TOOL_FAILED, HF_EEXISTS,
                           "To replace it, move host.* away; then all tokens must be sealed anew.",
                           "init: the key, which is a file");
    if (form->with != NULL)
        say_note("init: kept the key, which is a credential already; --with changes nothing");
    else
        say_note("init: kept the key, which is a %s",
                 found == HOSTKEY_FILE ? "file" : "credential");
    return TOOL_OK;
}

static int prepare_key(const struct form *form)
{
    enum hf_error error = hostkey_make(form->with, clock_ms() + CREDS_PATIENCE);
    if (error == HF_EEXISTS)
        return keep_key(form);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error,
                           form->with == NULL
                               ? NULL
                               : "systemd-creds makes it; is there a TPM2? systemd-creds has-tpm2",
                           "init: the key");
    return say_failure(TOOL_OK, HF_OK, form->next, "init: %s", form->protects);
}

static int prepare(const struct form *form, bool fleet)
{
    int code = root_check("init");
    if (code == TOOL_OK)
        code = prepare_folders();
    if (code == TOOL_OK)
        code = prepare_key(form);
    if (!fleet && !fleet_is_wanted())
        return code;
    if (code == TOOL_OK)
        code = fleet_prepare();
    return code == TOOL_OK ? fleet_tell() : code;
}

int init_command(struct arguments *arguments)
{
    const struct form *form = &forms[0];
    const char *value = "";
    bool fleet = false;
    int argument;
    while ((argument = arguments_next(arguments, &value)) != ARGUMENT_END) {
        if (argument == OPTION_FLEET) {
            fleet = true;
            continue;
        }
        if (argument != OPTION_WITH)
            return arguments_stop(arguments, argument);
        form = find_form(value);
        if (form == NULL)
            return arguments_wrong(arguments, "--with is host, tpm2 or host+tpm2");
    }
    return prepare(form, fleet);
}
