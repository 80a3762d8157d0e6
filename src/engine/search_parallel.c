/* Scans on threads: segments are handed out one after the other to whichever thread is free. */
#include <signal.h>
#include <unistd.h>

#include "engine/search_private.h"

#define SEGMENTS_A_THREAD 8
#define MOST_SEGMENTS     1000000

/* What the threads share. */
typedef struct parallel_scan {
    const bloop_search *whole; /* only read */
    bloop_row_receiver receive;
    void *context;
    int32_t threads, segments;
    _Atomic int32_t next; /* the segment that nobody has taken yet */
    _Atomic bool stop;
    pthread_mutex_t lock; /* for what follows */
    bl_error_copy error;  /* the first failure */
    uint64_t count, scanned;
} parallel_scan;

typedef struct worker {
    parallel_scan *scan;
    int32_t number;
    pthread_t thread;
} worker;

static bloop_status scan_target(bloop_engine *engine, const void *target, const bloop_parallel_scan_options *options,
                                bloop_search *(*make)(bloop_engine *, const void *, const bloop_scan_options *));
static bloop_status check_options(const bloop_parallel_scan_options *options);
static bloop_status settle_numbers(const bloop_parallel_scan_options *options, parallel_scan *scan);
static bloop_status run(parallel_scan *scan);
static int32_t start_threads(worker *workers, int32_t count);
static void *work_on_thread(void *context);
static void work(const worker *self);
static bloop_status scan_segment(const worker *self, bloop_search *part, int32_t segment);
static bloop_status hand_over(const worker *self, void *row);
static void settle(parallel_scan *scan, const bloop_search *part, bloop_status status);

bloop_status bloop_scan_model_parallel(bloop_engine *engine, const void *model,
                                       const bloop_parallel_scan_options *options)
{
    return scan_target(engine, model, options, bloop_scan_model);
}

bloop_status bloop_scan_index_parallel(bloop_engine *engine, const void *index,
                                       const bloop_parallel_scan_options *options)
{
    return scan_target(engine, index, options, bloop_scan_index);
}

static bloop_status scan_target(bloop_engine *engine, const void *target, const bloop_parallel_scan_options *options,
                                bloop_search *(*make)(bloop_engine *, const void *, const bloop_scan_options *))
{
    static const bloop_parallel_scan_options defaults = { .size = sizeof defaults };
    if (!options)
        options = &defaults;
    parallel_scan scan = { .receive = options->receive, .context = options->context };
    bloop_status status = settle_numbers(options, &scan);
    bl_error_copy wrong;
    if (status != BLOOP_OK)
        bl_error_save(&wrong);
    /* Made in any case: the filter is consumed. */
    bloop_search *whole = make(engine, target,
                               &(bloop_scan_options){ .size = sizeof(bloop_scan_options),
                                                      .filter = options->filter,
                                                      .count = !options->receive,
                                                      .projection = options->projection,
                                                      .projection_names = options->projection_names,
                                                      .consistent = options->consistent,
                                                      .total_segments = status == BLOOP_OK ? scan.segments : 1,
                                                      .page_items = options->page_items });
    status = status == BLOOP_OK ? bloop_search_status(whole) : bl_error_restore(&wrong);
    if (status == BLOOP_OK) {
        scan.whole = whole;
        status = run(&scan);
    }
    bl_error_copy error;
    bl_error_save(&error);
    bloop_search_close(whole);
    if (status != BLOOP_OK)
        return bl_error_restore(&error);
    if (options->count)
        *options->count = scan.count;
    if (options->scanned)
        *options->scanned = scan.scanned;
    return BLOOP_OK;
}

static bloop_status settle_numbers(const bloop_parallel_scan_options *options, parallel_scan *scan)
{
    bloop_status status = check_options(options);
    if (status != BLOOP_OK)
        return status;
    scan->threads = options->threads;
    if (scan->threads == 0) {
        long processors = sysconf(_SC_NPROCESSORS_ONLN);
        scan->threads = processors < 1                        ? 1
                        : processors < BLOOP_MAX_SCAN_THREADS ? (int32_t)processors
                                                              : BLOOP_MAX_SCAN_THREADS;
    }
    scan->segments = options->segments ? options->segments : SEGMENTS_A_THREAD * scan->threads;
    if (scan->threads > scan->segments)
        scan->threads = scan->segments;
    return BLOOP_OK;
}

static bloop_status check_options(const bloop_parallel_scan_options *options)
{
    if (options->size != sizeof *options)
        return bl_error(BLOOP_INVALID_ARGUMENT, "bloop_scan_parallel: .size must be that of the options struct");
    if (options->threads < 0 || options->threads > BLOOP_MAX_SCAN_THREADS)
        return bl_error(BLOOP_INVALID_SEARCH_MODE, "bloop_scan_parallel: .threads %d: must be 0 to %d",
                        (int)options->threads, BLOOP_MAX_SCAN_THREADS);
    if (options->segments < 0 || options->segments > MOST_SEGMENTS)
        return bl_error(BLOOP_INVALID_SEARCH_MODE, "bloop_scan_parallel: .segments %d: must be 0 to %d",
                        (int)options->segments, MOST_SEGMENTS);
    return BLOOP_OK;
}

static bloop_status run(parallel_scan *scan)
{
    worker *workers = bl_alloc_zeroed((size_t)scan->threads, sizeof *workers);
    if (!workers)
        return BLOOP_NO_MEMORY;
    pthread_mutex_init(&scan->lock, NULL);
    for (int32_t i = 0; i < scan->threads; i++)
        workers[i] = (worker){ .scan = scan, .number = i };
    int32_t started = start_threads(workers + 1, scan->threads - 1);
    work(&workers[0]);
    for (int32_t i = 1; i <= started; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_mutex_destroy(&scan->lock);
    bl_free(workers);
    return scan->error.status == BLOOP_OK ? BLOOP_OK : bl_error_restore(&scan->error);
}

/* Starts as many as the system allows. The program's handlers of Unix signals stay on threads of its own. */
static int32_t start_threads(worker *workers, int32_t count)
{
    sigset_t all, before;
    int32_t started = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (started < count && pthread_create(&workers[started].thread, NULL, work_on_thread, &workers[started]) == 0)
        started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void *work_on_thread(void *context)
{
    work(context);
    return NULL;
}

static void work(const worker *self)
{
    parallel_scan *scan = self->scan;
    bloop_search part;
    bl_search_part(scan->whole, &part);
    bloop_status status = BLOOP_OK;
    while (status == BLOOP_OK && !atomic_load_explicit(&scan->stop, memory_order_relaxed)) {
        int32_t segment = atomic_fetch_add_explicit(&scan->next, 1, memory_order_relaxed);
        if (segment >= scan->segments)
            break;
        status = scan_segment(self, &part, segment);
    }
    settle(scan, &part, status);
    bl_search_part_release(&part);
}

static bloop_status scan_segment(const worker *self, bloop_search *part, int32_t segment)
{
    parallel_scan *scan = self->scan;
    bl_search_part_begin(part, segment);
    while (!atomic_load_explicit(&scan->stop, memory_order_relaxed)) {
        void *row = bloop_next(part);
        if (!row)
            return bloop_search_status(part);
        bloop_status status = hand_over(self, row);
        if (status != BLOOP_OK)
            return status;
    }
    return BLOOP_OK;
}

/* The message is that of the bloop call that failed in the receiver, if that is where the status comes from. */
static bloop_status hand_over(const worker *self, void *row)
{
    bloop_status status = self->scan->receive(self->scan->context, self->number, row);
    if (status != BLOOP_OK && bl_error_status() != status)
        bl_error(status, "bloop_scan_parallel: the receiver returned %s", bloop_status_name(status));
    return status;
}

/* The thread's last error is the failure, if there is one. */
static void settle(parallel_scan *scan, const bloop_search *part, bloop_status status)
{
    pthread_mutex_lock(&scan->lock);
    scan->count += part->count;
    scan->scanned += part->scanned;
    if (status != BLOOP_OK && scan->error.status == BLOOP_OK)
        bl_error_save(&scan->error);
    pthread_mutex_unlock(&scan->lock);
    if (status != BLOOP_OK)
        atomic_store_explicit(&scan->stop, true, memory_order_relaxed);
}
