/* The version of the library. */
#ifndef BLOOP_VERSION_H
#define BLOOP_VERSION_H

#include <bloop/export.h>

#define BLOOP_VERSION_MAJOR 0
#define BLOOP_VERSION_MINOR 1
#define BLOOP_VERSION_PATCH 0
#define BLOOP_VERSION       "0.1.0"

BLOOP_BEGIN_C_

/* The version of the library that runs, which may be newer than the header's: "0.1.0". A static string. */
BLOOP_API const char *bloop_version(void);

BLOOP_END_C_

#endif
