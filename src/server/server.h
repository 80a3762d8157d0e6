/* The interface of area server: HTTP -> wire -> op, for any backend. All of it is public: bloop/sys/server.h. */
#ifndef BL_SERVER_H
#define BL_SERVER_H

#include <bloop/sys/server.h>

#endif
