/* Sixteen writers, while conditions fail in the middle of groups, allocations fail here and there, and writes and syncs of
   the file fail at commits. The accounting is exact: a write that succeeded is there, one that failed is not, and one whose
   outcome is said to be unknown is there or not, wholly. BLOOP_FAILURE_CALLS sets how many calls each makes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include <pthread.h>
#include <cmocka.h>

#include <bloop/sys/allocator.h>

#include "crash/ledger.h"
#include "support/redirect.h"
#include "support/scratch.h"
#include "support/stores.h"

enum { WRITERS = LEDGER_LANES };

typedef ssize_t (*pwrite_function)(int fd, const void *data, size_t size, off_t offset);
typedef ssize_t (*writev_function)(int fd, const struct iovec *parts, int count);
typedef int (*sync_function)(int fd);

/* One in so many calls fails; 0: none. */
typedef struct odds {
    unsigned write, sync, allocation;
} odds;
static odds now;
static atomic_bool armed;
static _Atomic uint64_t dice;
static _Atomic size_t failed_writes, failed_syncs, failed_allocations;
static pwrite_function real_pwrite;
static writev_function real_writev;
static sync_function real_fdatasync;

typedef struct writer {
    bloop_backend *backend;
    unsigned number;
    size_t calls;
    ledger_lane lane;
    ledger_call unsure; /* the writes of the last call whose outcome is unknown */
    size_t counts[4];   /* of writes: done, refused by a condition, failed, unknown */
} writer;

enum { DONE, REFUSED, FAILED, UNKNOWN };

static void write_with_failures(odds chosen, size_t calls);
static void *write_lane(void *context);
static void check_call(writer *w, const ledger_call *call, const bloop_status *statuses);
static void settle_unsure(writer *w);
static bool fails(unsigned one_in, _Atomic size_t *count);
static bool redirect_failing(void);
static void *allocate(void *context, size_t size);
static void *reallocate(void *context, void *memory, size_t size);
static void release(void *context, void *memory);

static void test_failed_conditions_alone(void **state)
{
    (void)state;
    write_with_failures((odds){ 0 }, trial_count("BLOOP_FAILURE_CALLS", (trial_counts){ 30, 200, 2000 }));
}

static void test_failed_allocations(void **state)
{
    (void)state;
    write_with_failures((odds){ .allocation = 4 }, trial_count("BLOOP_FAILURE_CALLS", (trial_counts){ 30, 200, 2000 }));
    assert_true(failed_allocations > 0);
}

static void test_failed_writes_of_the_file(void **state)
{
    (void)state;
    if (!redirect_failing())
        skip();
    write_with_failures((odds){ .write = 12 }, trial_count("BLOOP_FAILURE_CALLS", (trial_counts){ 30, 200, 2000 }));
    assert_true(failed_writes > 0);
}

static void test_failed_syncs(void **state)
{
    (void)state;
    if (!redirect_failing())
        skip();
    write_with_failures((odds){ .sync = 6 }, trial_count("BLOOP_FAILURE_CALLS", (trial_counts){ 30, 200, 2000 }));
    assert_true(failed_syncs > 0);
}

static void test_everything_fails_at_times(void **state)
{
    (void)state;
    if (!redirect_failing())
        skip();
    write_with_failures((odds){ .write = 30, .sync = 20, .allocation = 200 },
                        trial_count("BLOOP_FAILURE_CALLS", (trial_counts){ 30, 200, 2000 }));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failed_conditions_alone),   cmocka_unit_test(test_failed_allocations),
        cmocka_unit_test(test_failed_writes_of_the_file), cmocka_unit_test(test_failed_syncs),
        cmocka_unit_test(test_everything_fails_at_times),
    };
    atomic_store(&dice, trial_seed());
    return cmocka_run_group_tests_name("crash/failures", tests, NULL, NULL);
}

static void write_with_failures(odds chosen, size_t calls)
{
    static const bloop_allocator failing = { .allocate = allocate, .reallocate = reallocate, .release = release };
    char path[PATH_MAX], what[256] = "";
    scratch s = scratch_new();
    static writer writers[WRITERS];
    pthread_t threads[WRITERS];
    ledger_lane lanes[WRITERS];
    size_t counts[4] = { 0 };
    now = chosen;
    bloop_backend *backend = stores_open(&(bloop_store_options){ .path = scratch_path(&s, "store", path) });
    ledger_create(backend);
    if (chosen.allocation)
        stores_ok(bloop_set_allocator(&failing));
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (writer){ .backend = backend, .number = i, .calls = calls };
        trial_check(pthread_create(&threads[i], NULL, write_lane, &writers[i]) == 0, "no thread");
    }
    atomic_store(&armed, true);
    for (unsigned i = 0; i < WRITERS; i++)
        (void)pthread_join(threads[i], NULL);
    atomic_store(&armed, false);
    stores_ok(bloop_set_allocator(NULL));
    for (unsigned i = 0; i < WRITERS; i++) {
        size_t wrong = ledger_compare(backend, i, &writers[i].lane, &writers[i].unsure, what, sizeof what);
        trial_check(wrong == 0, "%zu items of writer %u are not as they should be: %s", wrong, i, what);
        lanes[i] = writers[i].lane;
        for (size_t k = 0; k < 4; k++)
            counts[k] += writers[i].counts[k];
    }
    ledger_check_counts(backend, lanes, WRITERS);
    bloop_backend_close(backend);
    (void)stores_check(path);
    (void)printf("%zu writes done, %zu refused, %zu failed, %zu of unknown outcome\n", counts[DONE], counts[REFUSED],
                 counts[FAILED], counts[UNKNOWN]);
    trial_check(counts[DONE] > counts[REFUSED] && counts[REFUSED] > 0, "too little was written");
    trial_check(counts[FAILED] > 0 || (!chosen.allocation && !chosen.write), "no failure was told");
    trial_check(chosen.sync || chosen.write || counts[UNKNOWN] == 0, "a write has an unknown outcome without reason");
    scratch_remove(&s);
}

static void *write_lane(void *context)
{
    writer *w = context;
    trial_random random = trial_stream(500 + w->number);
    for (size_t i = 0; i < w->calls; i++) {
        bloop_status statuses[LEDGER_GROUP];
        ledger_call call = ledger_plan(&w->lane, &random);
        for (uint32_t k = 0; k < call.count; k++)
            call.ops[k].doomed = trial_chance(&random, 15);
        (void)ledger_run(w->backend, w->number, &call, statuses);
        check_call(w, &call, statuses);
        if (w->unsure.count)
            settle_unsure(w);
    }
    return NULL;
}

/* What each write says of itself. */
static void check_call(writer *w, const ledger_call *call, const bloop_status *statuses)
{
    w->unsure.count = 0;
    for (uint32_t i = 0; i < call->count; i++) {
        const ledger_op *op = &call->ops[i];
        switch (statuses[i]) {
        case BLOOP_OK:
            trial_check(!op->doomed, "a condition was met that was not to be");
            ledger_apply_op(&w->lane, op);
            w->counts[DONE]++;
            break;
        case BLOOP_CONSTRAINT_VIOLATION:
            trial_check(op->doomed, "a condition was not met: writer %u, slot %u", w->number, op->slot);
            w->counts[REFUSED]++;
            break;
        case BLOOP_UNKNOWN_OUTCOME:
            if (!op->doomed)
                w->unsure.ops[w->unsure.count++] = *op;
            w->counts[UNKNOWN]++;
            break;
        default:
            trial_check(statuses[i] == BLOOP_NO_MEMORY || statuses[i] == BLOOP_IO || statuses[i] == BLOOP_DISK_FULL,
                        "a write gave %s: %s", bloop_status_name(statuses[i]), bloop_last_error()->message);
            w->counts[FAILED]++;
        }
    }
}

/* Reads what became of them. */
static void settle_unsure(writer *w)
{
    char what[256] = "";
    size_t wrong = ledger_compare(w->backend, w->number, &w->lane, &w->unsure, what, sizeof what);
    trial_check(wrong == 0, "after an unknown outcome: %s", what);
    w->unsure.count = 0;
}

static bool fails(unsigned one_in, _Atomic size_t *count)
{
    if (one_in == 0 || !atomic_load(&armed))
        return false;
    trial_random random = { atomic_fetch_add(&dice, UINT64_C(0x9E3779B97F4A7C15)) };
    bool failing = trial_below(&random, one_in) == 0;
    if (failing)
        atomic_fetch_add(count, 1);
    return failing;
}

static ssize_t failing_pwrite(int fd, const void *data, size_t size, off_t offset)
{
    if (!fails(now.write, &failed_writes))
        return real_pwrite(fd, data, size, offset);
    errno = failed_writes % 2 ? EIO : ENOSPC;
    return -1;
}

static ssize_t failing_writev(int fd, const struct iovec *parts, int count)
{
    if (!fails(now.write, &failed_writes))
        return real_writev(fd, parts, count);
    errno = failed_writes % 2 ? EIO : ENOSPC;
    return -1;
}

static int failing_fdatasync(int fd)
{
    if (!fails(now.sync, &failed_syncs))
        return real_fdatasync(fd);
    errno = EIO;
    return -1;
}

static bool redirect_failing(void)
{
    if (!redirect_is_possible())
        return false;
    real_pwrite = (pwrite_function)redirect(REDIRECT_LMDB, "pwrite", (redirect_function)failing_pwrite);
    real_writev = (writev_function)redirect(REDIRECT_LMDB, "writev", (redirect_function)failing_writev);
    real_fdatasync = (sync_function)redirect(REDIRECT_LMDB, "fdatasync", (redirect_function)failing_fdatasync);
    return real_pwrite && real_writev && real_fdatasync;
}

/* The test's own builders use these too. */
static void *allocate(void *context, size_t size)
{
    (void)context;
    return ledger_is_calling && fails(now.allocation, &failed_allocations) ? NULL : malloc(size);
}

static void *reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    return ledger_is_calling && fails(now.allocation, &failed_allocations) ? NULL : realloc(memory, size);
}

static void release(void *context, void *memory)
{
    (void)context;
    free(memory);
}
