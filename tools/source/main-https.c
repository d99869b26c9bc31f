/* The source `https`: documents that an administrator publishes to a web server. */
#include "tools/source/modes.h"

int main(int argc, char **argv)
{
    return modes_main(ENGINE_HTTPS, argc, argv);
}
