/* The source `host`: the document that root keeps for the user on this machine. */
#include "store/source.h"

/* The name alone tells the file: no name service is asked. */
static enum hf_error place(const char *user, struct store_path *out_path,
                           struct file_rule *out_rule)
{
    *out_rule = rule_host_document();
    return path_host_document(user, out_path);
}

int main(int argc, char **argv)
{
    return source_main(argc, argv, place);
}
