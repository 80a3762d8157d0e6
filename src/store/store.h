/* The interface of area store: DynamoDB's semantics on an LMDB file. All of it is public: bloop/sys/store.h opens a
   backend, bloop/sys/check.h checks a file. */
#ifndef BL_STORE_H
#define BL_STORE_H

#include <bloop/sys/check.h>
#include <bloop/sys/store.h>

#endif
