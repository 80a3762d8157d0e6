/* The interface of area remote: a DynamoDB endpoint as a backend. All of it is public: bloop/remote.h. */
#ifndef BL_REMOTE_H
#define BL_REMOTE_H

#include <bloop/remote.h>

#endif
