/* The source `user`: the document in the user's own home. */
#include "store/source.h"

static enum hf_error place(const char *user, struct store_path *out_path,
                           struct file_rule *out_rule)
{
    struct account account;
    TRY(account_by_name(user, &account));
    *out_rule = rule_user_document(&account);
    return path_user_document(&account, out_path);
}

int main(int argc, char **argv)
{
    return source_main(argc, argv, place);
}
