/* The allocator that fails: passes on to malloc, and keeps every live block of its time in a hash table. */
#include "support/fail_alloc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <cmocka.h>

#include <bloop/sys/allocator.h>

enum { BUCKETS = 4096, MOST_ALLOCATIONS = 1000000 };

typedef struct block {
    struct block *next;
    const void *memory;
    size_t size;
    size_t number;
} block;

static struct {
    pthread_mutex_t lock;
    size_t allocations, failures, fail_at;
    fail_alloc_mode mode;
    block *buckets[BUCKETS];
} state = { .lock = PTHREAD_MUTEX_INITIALIZER };

static size_t fail_each(fail_alloc_case run, void *context, fail_alloc_mode mode);
static void check_failed_run(size_t number, bloop_status status, const fail_alloc_report *report);
static void *allocate(void *context, size_t size);
static void *reallocate(void *context, void *memory, size_t size);
static void release(void *context, void *memory);
static bool next_fails(void);
static void add_block(const void *memory, size_t size);
static const block *find_block(const void *memory);
static void remove_block(const void *memory);
static void forget_blocks(void);
static block **bucket_of(const void *memory);
static fail_alloc_report make_report(void);

size_t fail_alloc_every(fail_alloc_case run, void *context)
{
    size_t allocations = fail_each(run, context, FAIL_ALLOC_ONE);
    fail_each(run, context, FAIL_ALLOC_ALL_AFTER);
    return allocations;
}

void fail_alloc_begin(size_t fail_at, fail_alloc_mode mode)
{
    static const bloop_allocator allocator = { .allocate = allocate, .reallocate = reallocate, .release = release };
    bloop_set_allocator(NULL);
    pthread_mutex_lock(&state.lock);
    forget_blocks();
    state.allocations = 0;
    state.failures = 0;
    state.fail_at = fail_at;
    state.mode = mode;
    pthread_mutex_unlock(&state.lock);
    bloop_set_allocator(&allocator);
}

fail_alloc_report fail_alloc_so_far(void)
{
    pthread_mutex_lock(&state.lock);
    fail_alloc_report report = make_report();
    pthread_mutex_unlock(&state.lock);
    return report;
}

fail_alloc_report fail_alloc_end(void)
{
    bloop_set_allocator(NULL);
    pthread_mutex_lock(&state.lock);
    fail_alloc_report report = make_report();
    forget_blocks();
    pthread_mutex_unlock(&state.lock);
    return report;
}

static size_t fail_each(fail_alloc_case run, void *context, fail_alloc_mode mode)
{
    for (size_t number = 0; number < MOST_ALLOCATIONS; number++) {
        fail_alloc_begin(number, mode);
        bloop_status status = run(context);
        fail_alloc_report report = fail_alloc_end();
        if (report.failures > 0) {
            check_failed_run(number, status, &report);
            continue;
        }
        if (status != BLOOP_OK)
            fail_msg("no allocation failed, yet the case gave %s: %s", bloop_status_name(status),
                     bloop_last_error()->message);
        if (report.leaks)
            fail_msg("a run without a failure leaks %zu blocks of %zu bytes in all, the first from allocation %zu",
                     report.leaks, report.leaked_bytes, report.first_leak);
        return report.allocations;
    }
    fail_msg("more than %d allocations: the case does not come to an end", MOST_ALLOCATIONS);
    return 0;
}

static void check_failed_run(size_t number, bloop_status status, const fail_alloc_report *report)
{
    if (status != BLOOP_NO_MEMORY)
        fail_msg("allocation %zu failed, but the case gave %s", number, bloop_status_name(status));
    if (report->leaks)
        fail_msg("when allocation %zu fails, %zu blocks of %zu bytes in all leak, the first from allocation %zu",
                 number, report->leaks, report->leaked_bytes, report->first_leak);
}

static void *allocate(void *context, size_t size)
{
    (void)context;
    pthread_mutex_lock(&state.lock);
    void *memory = next_fails() ? NULL : malloc(size);
    if (memory)
        add_block(memory, size);
    state.allocations++;
    pthread_mutex_unlock(&state.lock);
    return memory;
}

/* Moves the block even where it could grow in place, so that the sanitizers see a pointer that was kept too long. */
static void *reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    pthread_mutex_lock(&state.lock);
    bool fails = next_fails();
    const block *known = find_block(memory);
    void *moved = fails ? NULL : known ? malloc(size) : realloc(memory, size);
    if (moved && known) {
        memcpy(moved, memory, known->size < size ? known->size : size);
        remove_block(memory);
        free(memory);
    }
    if (moved)
        add_block(moved, size);
    state.allocations++;
    pthread_mutex_unlock(&state.lock);
    return moved;
}

static void release(void *context, void *memory)
{
    (void)context;
    pthread_mutex_lock(&state.lock);
    remove_block(memory);
    pthread_mutex_unlock(&state.lock);
    free(memory);
}

static bool next_fails(void)
{
    bool fails =
        state.allocations == state.fail_at || (state.mode == FAIL_ALLOC_ALL_AFTER && state.allocations > state.fail_at);
    state.failures += fails;
    return fails;
}

static void add_block(const void *memory, size_t size)
{
    block *added = malloc(sizeof *added);
    if (!added)
        abort();
    block **bucket = bucket_of(memory);
    *added = (block){ .next = *bucket, .memory = memory, .size = size, .number = state.allocations };
    *bucket = added;
}

/* NULL for memory from before the beginning. */
static const block *find_block(const void *memory)
{
    for (const block *at = *bucket_of(memory); at; at = at->next) {
        if (at->memory == memory)
            return at;
    }
    return NULL;
}

static void remove_block(const void *memory)
{
    for (block **at = bucket_of(memory); *at; at = &(*at)->next) {
        if ((*at)->memory != memory)
            continue;
        block *found = *at;
        *at = found->next;
        free(found);
        return;
    }
}

static void forget_blocks(void)
{
    for (size_t i = 0; i < BUCKETS; i++) {
        while (state.buckets[i]) {
            block *next = state.buckets[i]->next;
            free(state.buckets[i]);
            state.buckets[i] = next;
        }
    }
}

static block **bucket_of(const void *memory)
{
    uintptr_t hash = (uintptr_t)memory >> 4;
    return &state.buckets[(hash ^ hash >> 12) % BUCKETS];
}

static fail_alloc_report make_report(void)
{
    fail_alloc_report report = { .allocations = state.allocations, .failures = state.failures, .first_leak = SIZE_MAX };
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const block *at = state.buckets[i]; at; at = at->next) {
            report.leaks++;
            report.leaked_bytes += at->size;
            if (at->number < report.first_leak)
                report.first_leak = at->number;
        }
    }
    return report;
}
