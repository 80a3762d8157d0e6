/* Stores in tests: opened, checked, and failed with their own words. */
#ifndef BLOOP_TEST_STORES_H
#define BLOOP_TEST_STORES_H

#include <bloop/sys/check.h>
#include <bloop/sys/store.h>

/* Opens a store, or fails the test. */
bloop_backend *stores_open(const bloop_store_options *options);

/* Fails the test, with the last error, unless the status is BLOOP_OK. */
#define stores_ok(call) stores_expect((call), BLOOP_OK, #call, __FILE__, __LINE__)
/* Fails it unless the call gives this status and, for a failure, has a message. */
#define stores_fails(call, status) stores_expect((call), (status), #call, __FILE__, __LINE__)
void stores_expect(bloop_status got, bloop_status wanted, const char *call, const char *file, int line);

/* Runs the checker over a file and fails the test, with the problems, unless it is clean. */
bloop_check_counts stores_check(const char *path);

/* The problems that the checker finds, as text; to be freed. `counts` may be NULL. */
char *stores_problems(const char *path, bloop_status *status, bloop_check_counts *counts);

#endif
