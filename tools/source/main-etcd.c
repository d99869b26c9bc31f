/* The source `etcd`: documents that an administrator publishes to etcd. */
#include "tools/source/modes.h"

int main(int argc, char **argv)
{
    return modes_main(ENGINE_ETCD, argc, argv);
}
