/* The interface of area inject: all of it is public, in bloop/sys/inject.h. */
#ifndef BL_INJECT_H
#define BL_INJECT_H

#include <bloop/sys/inject.h>

#endif
