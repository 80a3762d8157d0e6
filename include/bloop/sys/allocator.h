/* The allocator that the library uses, for programs that bring their own and for tests that make allocations fail.
   A weaker promise than the rest of the API: it may change between minor versions. */
#ifndef BLOOP_SYS_ALLOCATOR_H
#define BLOOP_SYS_ALLOCATOR_H

#include <stddef.h>

#include <bloop/error.h>
#include <bloop/export.h>

BLOOP_BEGIN_C_

typedef struct bloop_allocator {
    void *context;                                                 /* handed to each function */
    void *(*allocate)(void *context, size_t size);                 /* size > 0; NULL when it can't */
    void *(*reallocate)(void *context, void *memory, size_t size); /* memory may be NULL; size > 0 */
    void (*release)(void *context, void *memory);                  /* memory is not NULL */
} bloop_allocator;

/* Sets the process's allocator; NULL brings malloc back. The struct is copied. Must be called while the library holds
   no memory (before its first use), since memory is released by the allocator in force at that moment; the exception
   is an allocator that passes everything on to malloc, which may be set and unset at any time by a single thread.
   Fails with BLOOP_INVALID_ARGUMENT when a function is missing. */
BLOOP_API bloop_status bloop_set_allocator(const bloop_allocator *allocator);

BLOOP_END_C_

#endif
