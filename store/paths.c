#include "store/paths.h"

#include "common/name.h"

#define USER_FOLDER ".local/share/hf-token"

enum hf_error path_user_folder(const struct account *account, struct store_path *out_path)
{
    if (account->home[0] != '/')
        return HF_ENAME;
    if (text_format(out_path->text, sizeof out_path->text, "%s/" USER_FOLDER, account->home) !=
        HF_OK)
        return HF_ENAME;
    return HF_OK;
}

static enum hf_error in_user_folder(const struct account *account, const char *file,
                                    struct store_path *out_path)
{
    struct store_path folder;
    TRY(path_user_folder(account, &folder));
    if (text_format(out_path->text, sizeof out_path->text, "%s/%s", folder.text, file) != HF_OK)
        return HF_ENAME;
    return HF_OK;
}

enum hf_error path_user_document(const struct account *account, struct store_path *out_path)
{
    return in_user_folder(account, "tokens.json", out_path);
}

enum hf_error path_user_identity(const struct account *account, struct store_path *out_path)
{
    return in_user_folder(account, "identity.json", out_path);
}

enum hf_error path_user_lock(const struct account *account, struct store_path *out_path)
{
    return in_user_folder(account, "lock", out_path);
}

enum hf_error path_user_refresh_lock(const struct account *account, struct store_path *out_path)
{
    return in_user_folder(account, "refresh.lock", out_path);
}

enum hf_error path_host_document(const char *user, struct store_path *out_path)
{
    if (!user_name_valid(user))
        return HF_ENAME;
    if (text_format(out_path->text, sizeof out_path->text, "%s/%s.json", HF_TOKENS_FOLDER, user) !=
        HF_OK)
        return HF_ENAME;
    return HF_OK;
}

struct file_rule rule_user_document(const struct account *account)
{
    return (struct file_rule){.owner = account->uid, .forbidden = 022, .maximum = DOCUMENT_MAX};
}

struct file_rule rule_user_identity(const struct account *account)
{
    return (struct file_rule){.owner = account->uid, .forbidden = 077, .maximum = DOCUMENT_MAX};
}

struct file_rule rule_host_document(void)
{
    return (struct file_rule){.owner = 0, .forbidden = 022, .maximum = DOCUMENT_MAX};
}
