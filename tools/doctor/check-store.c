#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/files.h"
#include "store/hostkey.h"
#include "tools/doctor/doctor.h"
#include "tools/holdings/holdings.h"
#include "tools/holdings/own.h"
#include "tools/holdings/verdict.h"
#include "tools/say.h"

static void check_no_hostkey(struct doctor *doctor, const char *next)
{
    if (doctor_key_is_half())
        doctor_find_in(doctor, LEVEL_BAD, HF_KEY_FOLDER "/host.pub", 0, "As root: " HALF_KEY_BRING,
                       "the private key to it is gone");
    else
        doctor_find(doctor, LEVEL_WARN, next, "there is none: tokens are sealed with the password");
}

/* The private half is the key: init makes the public one from it. */
static void check_hostkey_public(struct doctor *doctor, const char *next)
{
    const char *const path = HF_KEY_FOLDER "/host.pub";
    const enum hf_error error = doctor->holdings->host_error;
    struct stat status;
    if (lstat(path, &status) != 0)
        doctor_find_in(doctor, LEVEL_BAD, path, 0, next,
                       "it is gone, so nothing can be sealed to this machine");
    else
        doctor_find_in(doctor, LEVEL_BAD, path, 0, "As root: remove it, then hf-tokenctl init",
                       "%s", error_text_open(error));
}

void check_hostkey(struct doctor *doctor)
{
    const char *const next = "As root: hf-tokenctl init";
    const char *const leaked = "As root: chmod 600; where others may have read it, make a new one.";
    enum hostkey_form form;
    enum hf_error error = hostkey_form(&form);
    (void)doctor_check_path(doctor, HF_KEY_FOLDER, 0, 022, next);
    (void)doctor_check_path(doctor, HF_KEY_FOLDER "/host.key", 0, 077, leaked);
    (void)doctor_check_path(doctor, HF_KEY_FOLDER "/host.cred", 0, 077, leaked);
    if (error == HF_ENOHOSTKEY)
        check_no_hostkey(doctor, next);
    else if (error != HF_OK)
        doctor_find_in(doctor, LEVEL_BAD, HF_KEY_FOLDER, 0, next, "%s", error_text(error));
    else if (doctor->holdings->host_error != HF_OK)
        check_hostkey_public(doctor, next);
    else
        doctor_find(doctor, LEVEL_OK, NULL, "this machine has one, as a %s",
                    form == HOSTKEY_FILE ? "file" : "credential of systemd-creds");
}

static void check_no_identity(struct doctor *doctor, const char *path)
{
    char next[NEXT_MAX];
    const struct holding *holding = holdings_sealed(doctor->holdings, SLOT_USER);
    if (holding == NULL)
        doctor_find(doctor, LEVEL_OK, NULL,
                    "there is none, because nothing was sealed with the login password");
    else
        doctor_find_in(doctor, LEVEL_BAD, path, 0,
                       say_next(next,
                                "Bring it back from a backup, or add the token again while you "
                                "have it: hf-token login --name %s",
                                holding->name),
                       "it is gone, and %s is sealed to it", holding->name);
}

void check_identity(struct doctor *doctor)
{
    struct store_path path = {0};
    const enum hf_error error = doctor->holdings->identity_error;
    const bool has_path = path_user_identity(&doctor->holdings->account, &path) == HF_OK;
    if (error == HF_OK)
        doctor_find(doctor, LEVEL_OK, NULL, "the login password has one to open");
    else if (error == HF_ENOTFOUND)
        check_no_identity(doctor, path.text);
    else if (has_path)
        doctor_find_in(doctor, LEVEL_BAD, path.text, 0, own_advice(error), "%s", error_text(error));
}

static void check_own_document(struct doctor *doctor, const struct account *account)
{
    struct store_path folder, path;
    SCOPED(document) struct document *document = NULL;
    if (path_user_folder(account, &folder) != HF_OK ||
        path_user_document(account, &path) != HF_OK) {
        doctor_find(doctor, LEVEL_BAD, NULL, "the home's path is not usable");
        return;
    }
    (void)doctor_check_path(doctor, folder.text, account->uid, 022, "chmod 700 this folder");
    enum hf_error error = document_read(account, &document);
    if (error == HF_OK)
        doctor_find_in(doctor, LEVEL_OK, path.text, 0, NULL, "%zu token%s", document->token_count,
                       document->token_count == 1 ? "" : "s");
    else if (error == HF_ENOTFOUND)
        doctor_find_in(doctor, LEVEL_OK, path.text, 0, NULL,
                       "there is none: no token of your own was added");
    else
        doctor_find_in(doctor, LEVEL_BAD, path.text, 0, own_advice(error), "%s", error_text(error));
}

static void check_host_document(struct doctor *doctor, const struct account *account)
{
    const char *const next = "As root: hf-tokenctl init";
    struct store_path path;
    (void)doctor_check_path(doctor, HF_TOKENS_FOLDER, 0, 022, next);
    if (path_host_document(account->name, &path) != HF_OK ||
        !doctor_check_path(doctor, path.text, 0, 027,
                           "As root: chmod 640 it, and chgrp it to the user's group"))
        return;
    if (access(path.text, R_OK) != 0)
        doctor_find_in(doctor, LEVEL_BAD, path.text, 0,
                       "As root: chgrp it to the user's group, and chmod 640",
                       "you cannot read it: %s", strerror(errno));
    else
        doctor_find_in(doctor, LEVEL_OK, path.text, 0, NULL,
                       "the administrator has stored tokens for you");
}

void check_documents(struct doctor *doctor)
{
    check_own_document(doctor, &doctor->holdings->account);
    check_host_document(doctor, &doctor->holdings->account);
}

static void check_token(struct doctor *doctor, const struct holding *holding)
{
    char next[NEXT_MAX];
    switch (holding->state) {
    case TOKEN_LOCKED:
        doctor_find(doctor, LEVEL_WARN, "hf-token unlock", "%s waits for the login password",
                    holding->name);
        break;
    case TOKEN_EXPIRED:
        doctor_find(doctor, LEVEL_WARN,
                    say_next(next, "hf-token login --name %s, or hf-token logout %s", holding->name,
                             holding->name),
                    "%s has expired", holding->name);
        break;
    case TOKEN_ABSENT:
        doctor_find(doctor, LEVEL_WARN,
                    "Log in again. If it is not there then, the auth log says why.",
                    "%s is sealed to this machine, and not in the ring", holding->name);
        break;
    case TOKEN_FOREIGN:
        doctor_find(doctor, LEVEL_BAD, say_next(next, "hf-token login --name %s", holding->name),
                    "%s is sealed to another machine or identity", holding->name);
        break;
    case TOKEN_REVOKED:
        doctor_find(doctor, LEVEL_WARN,
                    "Ask for a new one: under this name it comes with the machine's next refresh.",
                    "the administrator has revoked %s", holding->name);
        break;
    case TOKEN_WITHDRAWN:
        doctor_find(doctor, LEVEL_WARN, "The administrator knows why.",
                    "%s was taken from this machine", holding->name);
        break;
    case TOKEN_CUT_OFF:
        doctor_find(doctor, LEVEL_BAD, "See to the network; then: hf-tokenctl refresh, as root",
                    "%s is gone, since the machine could not reach %s", holding->name,
                    holding->source);
        break;
    default:
        break;
    }
}

void check_tokens(struct doctor *doctor)
{
    const struct holdings *holdings = doctor->holdings;
    const char *name = holdings_default(holdings);
    const bool known = holdings->switch_error == HF_OK && holdings_trouble(holdings) == NULL;
    for (size_t i = 0; i < holdings->count; i++)
        check_token(doctor, &holdings->tokens[i]);
    if (holdings->count == 0 && !known)
        doctor_find(doctor, LEVEL_WARN, "First repair what is said of the sources, below.",
                    "it cannot be told whether there are any");
    else if (holdings->count == 0 && holdings_locked(holdings))
        doctor_find(doctor, LEVEL_WARN, VERDICT_LOCKED_NEXT, VERDICT_LOCKED);
    else if (holdings->count == 0 && holdings_engine(holdings) != NULL &&
             holdings->account.uid != 0)
        doctor_find(doctor, LEVEL_WARN, VERDICT_ENGINE_NEXT, "there are none yet");
    else if (holdings->count == 0)
        doctor_find(doctor, LEVEL_WARN, own_first_advice(), "there are none yet");
    else if (name[0] == '\0')
        doctor_find(doctor, LEVEL_WARN, "hf-token use NAME", "there is no default");
    else
        doctor_find(doctor, LEVEL_OK, NULL, "%zu, and the default is %s", holdings->count, name);
}
