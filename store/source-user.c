/* The source `user`: the document in the user's own home. */
#include "store/source.h"

static enum hf_error place(const struct account *account, struct store_path *out_path,
                           struct file_rule *out_rule)
{
    *out_rule = rule_user_document(account);
    return path_user_document(account, out_path);
}

int main(int argc, char **argv)
{
    return source_main(argc, argv, place);
}
