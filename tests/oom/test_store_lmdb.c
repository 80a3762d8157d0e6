/* The allocations of LMDB failed in turn, in everything the store does: an error each time, nothing lost, nothing half
   done. LMDB allocates what the store can't fail by its own allocator, so its calls of the C library are led elsewhere.
   BLOOP_LMDB_STEP sets how many are passed over from one that fails to the next. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pthread.h>
#include <cmocka.h>

#include "oom/store_cases.h"
#include "support/redirect.h"
#include "support/scratch.h"
#include "support/stores.h"
#include "support/trial.h"

typedef void *(*malloc_function)(size_t size);
typedef void *(*calloc_function)(size_t count, size_t size);
typedef void *(*realloc_function)(void *memory, size_t size);
typedef char *(*strdup_function)(const char *text);
typedef void (*free_function)(void *memory);

static malloc_function real_malloc;
static calloc_function real_calloc;
static realloc_function real_realloc;
static strdup_function real_strdup;
static free_function real_free;

static atomic_bool armed;
static _Atomic size_t asked, failed, fail_at;
static _Atomic long live; /* blocks that LMDB has */
static bool all_after;

static scratch folder;
static char ready[PATH_MAX], tried[PATH_MAX];

static bool lead_elsewhere(void);
static size_t count_allocations(const store_case *c, uint64_t *before, uint64_t *after);
static void fail_some(const store_case *c, size_t allocations, uint64_t before, uint64_t after);
static bloop_status run_armed(const store_case *c, size_t at);
static bool fails(void);

static void test_each_allocation_of_lmdb(void **state)
{
    (void)state;
    if (!lead_elsewhere())
        skip();
    size_t total = 0;
    for (size_t i = 0; i < store_case_count; i++) {
        uint64_t before = 0, after = 0;
        if (store_cases[i].flags & CASE_FORKS)
            continue;
        size_t allocations = count_allocations(&store_cases[i], &before, &after);
        for (int mode = 0; mode < 2; mode++) {
            all_after = mode;
            fail_some(&store_cases[i], allocations, before, after);
        }
        total += allocations;
    }
    (void)printf("%zu allocations of LMDB, %zu failed\n", total, (size_t)failed);
    assert_true(failed > store_case_count);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_allocation_of_lmdb),
    };
    (void)trial_seed();
    folder = scratch_new();
    (void)scratch_path(&folder, "ready", ready);
    (void)scratch_path(&folder, "tried", tried);
    store_cases_prepare(ready);
    int result = cmocka_run_group_tests_name("oom/store_lmdb", tests, NULL, NULL);
    store_cases_release();
    scratch_remove(&folder);
    return result;
}

static size_t count_allocations(const store_case *c, uint64_t *before, uint64_t *after)
{
    scratch_copy(ready, tried);
    *before = store_digest(ready);
    long live_before = live;
    bloop_status status = run_armed(c, SIZE_MAX);
    trial_check(status == BLOOP_OK, "%s: %s: %s", c->name, bloop_status_name(status), bloop_last_error()->message);
    trial_check(live == live_before, "%s: LMDB keeps %ld blocks", c->name, live - live_before);
    size_t allocations = asked;
    *after = store_digest(tried);
    return allocations;
}

static void fail_some(const store_case *c, size_t allocations, uint64_t before, uint64_t after)
{
    trial_random random = trial_stream(90);
    size_t step = trial_count("BLOOP_LMDB_STEP", (trial_counts){ 7, 4, 1 });
    for (size_t at = trial_below(&random, step); at < allocations; at += 1 + trial_below(&random, 2 * step - 1)) {
        scratch_copy(ready, tried);
        long live_before = live;
        bloop_status status = run_armed(c, at);
        trial_check(live == live_before, "%s: when LMDB's allocation %zu fails, %ld blocks leak", c->name, at,
                    live - live_before);
        trial_check(status == BLOOP_NO_MEMORY || status == BLOOP_OK,
                    "%s: LMDB's allocation %zu failed, and the case gave %s: %s", c->name, at,
                    bloop_status_name(status), bloop_last_error()->message);
        if (c->flags & CASE_OPENS)
            continue;
        uint64_t digest = store_digest(tried);
        bool right = status == BLOOP_OK ? digest == after : digest == before;
        trial_check(
            right || (status != BLOOP_OK && (c->flags & CASE_IS_MANY || (c->flags & CASE_GOES_ON && digest == after))),
            "%s: LMDB's allocation %zu failed, the case gave %s, and the store is otherwise", c->name, at,
            bloop_status_name(status));
        if (at % 8 == 0)
            (void)stores_check(tried);
    }
}

static bloop_status run_armed(const store_case *c, size_t at)
{
    atomic_store(&asked, 0);
    atomic_store(&fail_at, at);
    atomic_store(&armed, true);
    bloop_status status = store_case_run(c, tried);
    atomic_store(&armed, false);
    return status;
}

static bool fails(void)
{
    if (!atomic_load(&armed))
        return false;
    size_t number = atomic_fetch_add(&asked, 1);
    bool failing = number == fail_at || (all_after && number > fail_at);
    if (failing) {
        atomic_fetch_add(&failed, 1);
        errno = ENOMEM;
    }
    return failing;
}

static void *failing_malloc(size_t size)
{
    void *memory = fails() ? NULL : real_malloc(size);
    live += memory != NULL;
    return memory;
}

static void *failing_calloc(size_t count, size_t size)
{
    void *memory = fails() ? NULL : real_calloc(count, size);
    live += memory != NULL;
    return memory;
}

static void *failing_realloc(void *memory, size_t size)
{
    bool is_new = memory == NULL;
    void *moved = fails() ? NULL : real_realloc(memory, size);
    live += moved != NULL && is_new;
    return moved;
}

static char *failing_strdup(const char *text)
{
    char *copy = fails() ? NULL : real_strdup(text);
    live += copy != NULL;
    return copy;
}

static void counting_free(void *memory)
{
    live -= memory != NULL;
    real_free(memory);
}

static bool lead_elsewhere(void)
{
    real_malloc = (malloc_function)redirect(REDIRECT_LMDB, "malloc", (redirect_function)failing_malloc);
    real_calloc = (calloc_function)redirect(REDIRECT_LMDB, "calloc", (redirect_function)failing_calloc);
    real_realloc = (realloc_function)redirect(REDIRECT_LMDB, "realloc", (redirect_function)failing_realloc);
    real_strdup = (strdup_function)redirect(REDIRECT_LMDB, "strdup", (redirect_function)failing_strdup);
    real_free = (free_function)redirect(REDIRECT_LMDB, "free", (redirect_function)counting_free);
    return real_malloc && real_calloc && real_realloc && real_strdup && real_free;
}
