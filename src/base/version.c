/* The version of the library that runs. */
#include <bloop/version.h>

const char *bloop_version(void)
{
    return BLOOP_VERSION;
}
