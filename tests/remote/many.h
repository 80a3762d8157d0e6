/* What the tests of calls on many share: a backend before a peer that decides what each request meets. */
#ifndef BLOOP_TEST_REMOTE_MANY_H
#define BLOOP_TEST_REMOTE_MANY_H

#include "remote_test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "front.h"

enum { MANY = 300 };

/* What the requests meet, and what was seen of them. */
typedef struct fates {
    pthread_mutex_t lock;
    pthread_cond_t gathered;
    size_t gather, arrived; /* the first so many requests wait for each other */
    unsigned delay_us;
    const char *operation; /* NULL: every one */
    int fail_after;        /* so many requests pass, then all fail; -1: none fails */
    front_fate failure;
    char order[16 * MANY + 1]; /* what updates set, as they arrived, each with a space */
    atomic_int describes;
} fates;

/* A front, a peer before it, and a backend at that. The front's `decide` goes by the fates. */
typedef struct fixture {
    front front;
    fates fates;
    peer *peer;
    bloop_backend *backend;
    notation n;
} fixture;

/* A test's setup and teardown; *state is the fixture. */
int many_begin(void **state);
int many_end(void **state);

/* The next so many requests, other than DescribeTable, wait for each other. */
void many_gather(fixture *f, size_t count);

typedef struct writes {
    bloop_write_request requests[MANY];
    bloop_write_result results[MANY];
} writes;

/* Makes requests[at] an update of the item, which sets its mark. */
void many_add_update(fixture *f, writes *w, size_t at, const char *id, const char *mark);
void many_free_results(writes *w, size_t count);

#endif
