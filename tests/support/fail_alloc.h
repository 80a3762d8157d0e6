/* An allocator for tests: counts the library's allocations, fails those that it is told to, and knows what was not freed.

   The usual way, a case that does everything it tests and cleans up after itself:

       static bloop_status build(void *context) {
           bl_buffer buffer = { 0 };
           bl_buffer_text(&buffer, context);
           bloop_status status = buffer.status;
           bl_buffer_free(&buffer);
           return status;
       }
       ...
       fail_alloc_every(build, "text");

   The case runs with its first allocation failed, then with its second, and so on until it asks for no more; then once
   more with all from the first on failed, from the second on, and so on. The test fails unless each of these runs gives
   BLOOP_NO_MEMORY and leaves nothing allocated, and a run without a failure gives BLOOP_OK.

   What a case keeps on purpose, such as state that is made once in a process, counts as a leak: make it beforehand.
   Memory from before fail_alloc_begin may be used and freed meanwhile. Any number of threads may allocate. */
#ifndef BLOOP_TEST_FAIL_ALLOC_H
#define BLOOP_TEST_FAIL_ALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bloop/error.h>

typedef bloop_status (*fail_alloc_case)(void *context);

/* Fails the running cmocka test, with the number of the allocation, unless `run` holds as told above. Returns how many
   allocations a run makes, so that a test can see that the case reached what it is about. */
size_t fail_alloc_every(fail_alloc_case run, void *context);

/* The parts, for tests that need something else. */

#define FAIL_ALLOC_NEVER SIZE_MAX

typedef enum fail_alloc_mode {
    FAIL_ALLOC_ONE,      /* one allocation fails */
    FAIL_ALLOC_ALL_AFTER /* and so do all that follow */
} fail_alloc_mode;

typedef struct fail_alloc_report {
    size_t allocations;  /* asked for, reallocations included */
    size_t failures;     /* of these, refused */
    size_t leaks;        /* blocks that are still there */
    size_t leaked_bytes; /* in these */
    size_t first_leak;   /* the number of the allocation that the oldest of them came from, from 0 */
} fail_alloc_report;

/* Puts the allocator in place. Allocation number `fail_at`, counted from 0, fails. Not twice without an end between. */
void fail_alloc_begin(size_t fail_at, fail_alloc_mode mode);

/* What happened since the beginning, so far. */
fail_alloc_report fail_alloc_so_far(void);

/* Brings malloc back. Blocks that leaked stay allocated, so that a leak checker tells where they came from. */
fail_alloc_report fail_alloc_end(void);

#endif
