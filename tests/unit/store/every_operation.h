/* One call of each operation of a backend, on the table of store_fixture.h: for tests of what all of them, or all that
   write, have in common. */
#ifndef BLOOP_TEST_EVERY_OPERATION_H
#define BLOOP_TEST_EVERY_OPERATION_H

#include "store_fixture.h"

typedef struct store_operation {
    const char *name;
    bool writes;
    bloop_status (*call)(bloop_backend *backend);
} store_operation;

/* Reads succeed when table "things" has an item "a". A call that fails leaves its results empty, and tells each write of
   several its status and words: both are asserted. */
extern const store_operation store_operations[];
extern const size_t store_operation_count;

#endif
