#include <string.h>
#include <unistd.h>

#include "store/signed.h"
#include "tools/exit.h"
#include "tools/fleet/fleet.h"
#include "tools/intake.h"
#include "tools/line.h"
#include "tools/say.h"

#define PROMPT "Password of the fleet's keys: "

/* Bytes of a password below which it is told. */
#define PASSWORD_SHORT 12

/* The first line of the file; what is behind it is an error rather than a part of the password. */
static enum hf_error read_file(const char *path, struct secret **out_password)
{
    const struct file_rule rule = {
        .owner = geteuid(), .or_root = true, .forbidden = 077, .maximum = PASSWORD_MAX + 1};
    SCOPED(secret) struct secret *password = NULL;
    size_t length = 0;
    TRY(secret_new(PASSWORD_MAX + 1, &password));
    TRY(file_read_into(path, &rule, secret_bytes(password), &length));
    const uint8_t *bytes = secret_view(password), *end = memchr(bytes, '\n', length);
    if (end != NULL && (size_t)(end - bytes) + 1 != length)
        return HF_EFORMAT;
    length = end != NULL ? (size_t)(end - bytes) : length;
    if (end != NULL && length > 0 && bytes[length - 1] == '\r')
        length--;
    if (length == 0 || length > PASSWORD_MAX)
        return HF_EPASSWORD;
    secret_set_length(password, length);
    *out_password = TAKE(password);
    return HF_OK;
}

int fleet_password(const struct fleet *fleet, const char *prompt, const char *again,
                   struct secret **out_password)
{
    if (fleet->password_file == NULL)
        return intake_password(fleet->command, prompt, again, out_password);
    enum hf_error error = read_file(fleet->password_file, out_password);
    if (error == HF_OK)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, error,
                       "It holds the password in one line, and is yours alone: 0600.",
                       "%s: the file of --password-file", fleet->command);
}

void fleet_note_password(const struct fleet *fleet, const struct secret *password)
{
    if (secret_length(password) < PASSWORD_SHORT)
        say_note(
            "%s: this password is short: whoever has a copy of the folder can try all like it. "
            "A longer one: hf-tokenctl key password",
            fleet->command);
}

int fleet_confirm(const struct fleet *fleet, bool yes, const char *question)
{
    if (yes)
        return TOOL_OK;
    if (!line_interactive())
        return say_failure(TOOL_USAGE, HF_OK, "--yes does not ask.",
                           "%s: there is no terminal to ask on", fleet->command);
    if (line_yes(question))
        return TOOL_OK;
    say_note("%s: nothing was changed", fleet->command);
    return TOOL_FAILED;
}

static bool is_trusted(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->signers.count; i++)
        if (memcmp(fleet->signers.keys[i], fleet->signing.public_key, SIGNER_BYTES) == 0)
            return true;
    return false;
}

int fleet_unlock_with(struct fleet *fleet, const struct secret *password)
{
    enum hf_error error =
        identity_unwrap(FLEET_IDENTITY, &fleet->identity_file, password, &fleet->identity);
    if (error == HF_EPASSWORD)
        return say_failure(TOOL_FAILED, HF_OK, "Nothing was changed; try again.",
                           "%s: that is not the password of the fleet's keys", fleet->command);
    if (error == HF_OK)
        error = fleet_signing_key(&fleet->identity, &fleet->signing);
    if (error != HF_OK)
        return fleet_say(fleet, FLEET_IDENTITY_FILE, error);
    if (is_trusted(fleet))
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, "Bring it back as it was.",
                       "%s: " FLEET_SIGNERS_FILE " lacks the signer of " FLEET_IDENTITY_FILE,
                       fleet->command);
}

int fleet_unlock(struct fleet *fleet)
{
    SCOPED(secret) struct secret *password = NULL;
    int code = fleet_password(fleet, PROMPT, NULL, &password);
    return code == TOOL_OK ? fleet_unlock_with(fleet, password) : code;
}
