/* The source `folder`: documents that an administrator publishes to a folder that the site's own
 * means fill. */
#include "tools/source/modes.h"

int main(int argc, char **argv)
{
    return modes_main(ENGINE_FOLDER, argc, argv);
}
