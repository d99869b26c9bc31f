/* The source `host`: the document that root keeps for the user on this machine. */
#include "store/source.h"

static enum hf_error place(const struct account *account, struct store_path *out_path,
                           struct file_rule *out_rule)
{
    *out_rule = rule_host_document();
    return path_host_document(account->name, out_path);
}

int main(int argc, char **argv)
{
    return source_main(argc, argv, place);
}
