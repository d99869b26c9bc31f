#include "tools/holdings/own.h"

#include <unistd.h>

#include "store/files.h"
#include "tools/exit.h"
#include "tools/say.h"

/* How long another command of the user may hold the lock: one that asks has not taken it yet. */
#define LOCK_PATIENCE 5000

static int say_document(const struct own *own, enum hf_error error, const char *next)
{
    struct store_path path;
    if (path_user_document(&own->account, &path) != HF_OK)
        return say_failure(TOOL_FAILED, error, next, "%s: the document", own->command);
    return say_failure(TOOL_FAILED, error, next, "%s: %s", own->command, say_clean(path.text));
}

const char *own_advice(enum hf_error error)
{
    switch (error) {
    case HF_EMODE:
        return "If what it holds is right: chmod 600 it.";
    case HF_EOWNER:
        return "If what it holds is right: chown it to this user.";
    default:
        return "Repair it, or move it away and add the tokens again.";
    }
}

const char *own_first_advice(void)
{
    return geteuid() == 0 ? "Run it as the user, without sudo" : "hf-token login";
}

int own_check_user(const char *command)
{
    if (geteuid() != 0)
        return TOOL_OK;
    return say_failure(TOOL_FAILED, HF_OK, own_first_advice(), "%s: nothing is placed for root",
                       command);
}

int own_open(const char *command, struct own *out_own)
{
    *out_own = (struct own){.command = command, .lock = -1};
    enum hf_error error = account_by_uid(geteuid(), &out_own->account);
    if (error != HF_OK)
        return say_failure(TOOL_FAILED, error, "hf-token doctor", "%s: the account", command);
    error = store_lock(&out_own->account, clock_ms() + LOCK_PATIENCE, &out_own->lock);
    if (error != HF_OK)
        return say_document(out_own, error, "Nothing was changed. hf-token doctor");
    error = document_read(&out_own->account, &out_own->document);
    if (error == HF_ENOTFOUND)
        error = document_new(out_own->account.name, &out_own->document);
    return error == HF_OK ? TOOL_OK : say_document(out_own, error, own_advice(error));
}

int own_save(struct own *own)
{
    enum hf_error error = document_write(&own->account, own->document);
    return error == HF_OK ? TOOL_OK
                          : say_document(own, error, "Nothing was changed. hf-token doctor");
}

void own_close(struct own *own)
{
    document_free(own->document);
    if (own->lock >= 0)
        close(own->lock);
    own->document = NULL;
    own->lock = -1;
}
